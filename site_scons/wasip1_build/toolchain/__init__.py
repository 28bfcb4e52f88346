"""Which programs build and run the modules, where they are, and exactly which bytes they are."""

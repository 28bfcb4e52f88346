"""The module as bytes: what it contains, imports and exports, read without running it."""

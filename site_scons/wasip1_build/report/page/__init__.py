"""The build as a page to look at: BUILD-DIR/report/index.html, one file that loads nothing."""

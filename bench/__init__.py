"""Benchmarks of this project itself: ratios between tools that were measured in one run."""

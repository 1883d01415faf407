"""Benchmarks, run by `make bench`: each prints ratios taken in one run, never asserts a time."""

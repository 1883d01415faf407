"""Insurance for customers."""

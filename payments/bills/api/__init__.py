"""Bills for customers."""

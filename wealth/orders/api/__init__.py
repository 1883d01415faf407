"""Orders for customers."""

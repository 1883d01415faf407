"""Fixed terms for customers."""

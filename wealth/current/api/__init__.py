"""Money funds for customers."""

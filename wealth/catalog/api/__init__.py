"""The catalogue for customers."""

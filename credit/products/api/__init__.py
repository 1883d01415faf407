"""Credit products for customers."""

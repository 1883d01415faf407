"""Credit lines for customers."""

"""Ways in for customers and merchants' programs."""

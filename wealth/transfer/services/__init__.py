"""What changes offers and trades."""

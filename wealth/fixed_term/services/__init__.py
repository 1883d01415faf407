"""What changes lots."""

"""Every write of orders."""

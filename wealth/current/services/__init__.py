"""Every write of money funds."""

"""Every write of credit lines."""

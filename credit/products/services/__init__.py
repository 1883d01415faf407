"""Every write of credit products."""

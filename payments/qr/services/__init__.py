"""Every write of payments by code."""

"""Every write of insurance."""

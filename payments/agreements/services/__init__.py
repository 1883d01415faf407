"""Every write of agreements and deductions."""

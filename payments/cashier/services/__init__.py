"""Every write of the cashier."""

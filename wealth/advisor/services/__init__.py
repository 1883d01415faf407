"""Every write of plans, goals and regular investments."""

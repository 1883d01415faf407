"""Every write of crowdfunding."""

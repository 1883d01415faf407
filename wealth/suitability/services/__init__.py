"""Every write of suitability."""

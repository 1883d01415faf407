"""Settling merchants: what a business day comes to, and paying it out."""

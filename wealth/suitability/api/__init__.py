"""Suitability for customers."""

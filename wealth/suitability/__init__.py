"""Suitability: what risk a customer can bear by their own answers, and whether a product fits it."""

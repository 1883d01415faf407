"""Sharing what an order paid with others: receivers, splits, and what they give back."""

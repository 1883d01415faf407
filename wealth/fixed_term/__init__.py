"""Deposits for a term: lots with their interest, maturity and early exit."""

"""Paying by code: the payer's code read by a merchant, a merchant's order shown as a code, and codes printed for a store."""

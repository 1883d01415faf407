"""Reconciliation: what the channels say they did, against what we asked for and what we booked; the bank account cleared by it."""

"""Debts over HTTP."""

"""Addresses of refunds: for merchants, their owners and payers."""

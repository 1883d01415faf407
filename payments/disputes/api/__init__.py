"""Addresses of disputes: for payers, merchants' programs and owners."""

"""Agreements: what a customer lets a merchant take from time to time, within caps and without a PIN each time, and each such deduction."""

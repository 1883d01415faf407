"""Disputes: a payer or a bank wants money of a paid order back; it is frozen until that is decided."""

"""Refunds: what goes back of a paid order, leg by leg, to the fen."""

"""Merchants: who sells here, their stores, apps and keys, what they pay, and the signed server API they call."""

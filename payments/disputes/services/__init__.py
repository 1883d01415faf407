"""Writes of disputes: opening and freezing, answering, deciding."""

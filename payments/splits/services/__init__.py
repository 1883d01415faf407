"""Writes of splits."""

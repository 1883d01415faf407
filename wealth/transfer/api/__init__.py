"""Transfers for customers."""

"""Portfolios for customers."""

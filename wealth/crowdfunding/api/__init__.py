"""Crowdfunding to customers."""

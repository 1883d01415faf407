"""Advice: model portfolios, plans, goals and regular investing."""

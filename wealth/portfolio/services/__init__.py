"""Every write of portfolios."""

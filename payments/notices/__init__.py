"""Notices: what merchants' programs are told of their orders, refunds, disputes, splits, agreements, settlements and keys."""

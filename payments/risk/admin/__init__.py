"""Risk at the desk: the review queue, decisions, lists and rules."""

from payments.risk.admin import decisions, lists, reviews, rules

__all__ = ["decisions", "lists", "reviews", "rules"]

"""Scoring and decision: a points table that is data, rules before it, and what both come to. No learning library is needed to run it."""

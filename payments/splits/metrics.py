"""Splits' money counters."""

from core.observe.metrics import counts_money

counts_money("split.done", product="split", outcome="done")

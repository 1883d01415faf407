"""Settlement's money counters."""

from core.observe.metrics import counts_money

counts_money("settlement.paid", product="settlement", outcome="paid")
counts_money("settlement.returned", product="settlement", outcome="returned")

"""The disputes' money counters."""

from core.observe.metrics import counts_money

counts_money("dispute.opened", product="dispute", outcome="opened")
counts_money("dispute.won", product="dispute", outcome="won")
counts_money("dispute.lost", product="dispute", outcome="lost")
counts_money("dispute.withdrawn", product="dispute", outcome="withdrawn")

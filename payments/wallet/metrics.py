"""The wallet's money counters."""

from core.observe.metrics import counts_money

counts_money("top_up.succeeded", product="top_up", outcome="succeeded")
counts_money("top_up.failed", product="top_up", outcome="failed")
counts_money("top_up.refunded", product="top_up", outcome="refunded")
counts_money("top_up.credited", product="top_up", outcome="credited")
counts_money("withdrawal.paid", product="withdrawal", outcome="paid")
counts_money("withdrawal.failed", product="withdrawal", outcome="failed")
counts_money("withdrawal.returned", product="withdrawal", outcome="returned")
counts_money("transfer.succeeded", product="transfer", outcome="succeeded")
counts_money("transfer.accepted", product="transfer", outcome="accepted")
counts_money("transfer.declined", product="transfer", outcome="declined")
counts_money("transfer.expired", product="transfer", outcome="expired")
counts_money("transfer.refused", product="transfer", outcome="refused")

"""The refunds' money counters."""

from core.observe.metrics import counts_money

counts_money("refund.asked", product="refund", outcome="asked")
counts_money("refund.succeeded", product="refund", outcome="succeeded")
counts_money("refund.refused", product="refund", outcome="refused")
counts_money("refund.failed", product="refund", outcome="failed")

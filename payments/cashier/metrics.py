"""The cashier's money counters."""

from core.observe.metrics import counts_money

counts_money("order.paid", product="order", outcome="paid")
counts_money("order.attempt_failed", product="order", outcome="attempt_failed")
counts_money("order.closed", product="order", outcome="closed")
counts_money("order.paid_late", product="order", outcome="paid_late")
counts_money("order.late_refunded", product="order", outcome="late_refunded")

"""The orders' money counters."""

from core.observe.metrics import counts_money

counts_money("wealth.order_paid", product="wealth_order", outcome="paid")
counts_money("wealth.order_cash_paid", product="wealth_order", outcome="cash_paid", amount="cash_fen")
counts_money("wealth.order_fast_paid", product="wealth_order", outcome="fast_paid")
counts_money("wealth.order_refunded", product="wealth_order", outcome="refunded")

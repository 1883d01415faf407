"""The bills' money counters."""

from core.observe.metrics import counts_money

counts_money("bill.settled", product="bill", outcome="settled")
counts_money("bill.refused", product="bill", outcome="refused")
counts_money("bill.refunded", product="bill", outcome="refunded")

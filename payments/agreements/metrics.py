"""The money counters of deductions."""

from core.observe.metrics import counts_money

counts_money("deduction.paid", product="deduction", outcome="paid")
counts_money("deduction.failed", product="deduction", outcome="failed")

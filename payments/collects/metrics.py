"""The collects' money counter."""

from core.observe.metrics import counts_money

counts_money("collect.paid", product="collect", outcome="paid", amount="share_fen")

"""The money counter of the transfer market."""

from core.observe.metrics import counts_money

counts_money("wealth.transfer_sold", product="transfer", outcome="sold", amount="price_fen")

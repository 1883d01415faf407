"""The red packets' money counters."""

from core.observe.metrics import counts_money

counts_money("red_packet.sent", product="red_packet", outcome="sent")
counts_money("red_packet.taken", product="red_packet", outcome="taken", amount="share_fen")
counts_money("red_packet.returned", product="red_packet", outcome="returned", amount="rest_fen")

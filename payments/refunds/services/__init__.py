"""Writes of refunds: asking for one, its end by the channel, its end by hand."""

"""The wallet: money in from a card, out to a card, to another customer, and the statement of it all."""

"""Ways in for payers, owners and merchants' programs."""

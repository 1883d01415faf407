"""Credit lines: how much a customer may owe on one product."""

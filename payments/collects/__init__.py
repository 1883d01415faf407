"""Group collects: one customer asks several for their part, chases who has not paid, and closes it."""

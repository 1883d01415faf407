"""The catalogue: products, their reviewed versions, what of them is left to sell, and what a person asks before buying."""

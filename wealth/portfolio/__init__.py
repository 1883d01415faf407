"""Everything a customer has, in one view and over time."""

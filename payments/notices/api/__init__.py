"""The log of notices: for a merchant's programs and for its owner."""

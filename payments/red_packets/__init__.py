"""Red packets: money in shares fixed at creation, for one customer or for whoever holds the link; what nobody takes goes back."""

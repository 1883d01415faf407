"""Every write of the wallet, one module per kind of movement."""

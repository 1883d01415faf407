"""Transfers: holdings of fixed terms sold by one customer to another before their day."""

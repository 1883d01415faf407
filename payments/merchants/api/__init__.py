"""The ways in: the owner's pages and the signed server API."""

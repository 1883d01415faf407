"""The ways in for merchants and their owners."""

"""The way in for merchants' programs."""

"""The API of advice."""

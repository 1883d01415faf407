"""What the rooms above ask of issuers."""

from wealth.issuers.services.submitting import IssuerOff, submit

__all__ = ["IssuerOff", "submit"]

"""What the rooms above ask of issuers."""

from wealth.issuers.refusals import IssuerOff
from wealth.issuers.services.submitting import submit

__all__ = ["IssuerOff", "submit"]

"""What issuers plug in: the sandbox issuer, also as a follower of the clock, and the event of their money."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from accounts.ledger.sockets import BOOKS
from core.business_day.sockets import ARRIVALS
from core.clock.sockets import FOLLOWERS
from wealth.issuers import books
from wealth.issuers.arriving import FromIssuers
from wealth.issuers.sandbox_issuer.adapter import SandboxIssuerMaker
from wealth.issuers.sandbox_issuer.connect import IssuerClock
from wealth.issuers.sockets import ISSUER_ADAPTERS

BOOKS.plug("wealth.issuers", books.LINES)
ISSUER_ADAPTERS.plug("sandbox_issuer", SandboxIssuerMaker())
ARRIVALS.plug("wealth.issuers", FromIssuers())
if settings.SANDBOX_ISSUER_URL:
    FOLLOWERS.plug("sandbox_issuer", IssuerClock())


@register
def no_sandbox_in_production(**_: Any) -> list[Error]:
    """A production system that knows a sandbox issuer does not start."""
    if not (settings.PRODUCTION and settings.SANDBOX_ISSUER_URL):
        return []
    return [Error("SANDBOX_ISSUER_URL is set in production: the sandbox issuer is for development only.", id="wealth.E001")]

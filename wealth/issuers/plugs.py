"""What issuers plug in: the sandbox issuer, also as a follower of the clock, and the event of their money."""

from django.conf import settings

from accounts.ledger.sockets import BOOKS
from core.clock.sockets import FOLLOWERS
from wealth.issuers import books
from wealth.issuers.sandbox_issuer.adapter import SandboxIssuerMaker
from wealth.issuers.sandbox_issuer.connect import IssuerClock
from wealth.issuers.sockets import ISSUER_ADAPTERS

BOOKS.plug("wealth.issuers", books.LINES)
ISSUER_ADAPTERS.plug("sandbox_issuer", SandboxIssuerMaker())
if settings.SANDBOX_ISSUER_URL:
    FOLLOWERS.plug("sandbox_issuer", IssuerClock())

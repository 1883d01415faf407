"""What the merchants' sandbox asks of the installation it is in."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register
def no_sandbox_in_production(**_: Any) -> list[Error]:
    """A production system that knows a sandbox bank does not start."""
    if not (settings.PRODUCTION and settings.SANDBOX_BANK_URL):
        return []
    return [Error("SANDBOX_BANK_URL is set in production: the sandbox bank is for development only.", id="payments.E001")]

"""Whether the merchants' sandbox is there."""

from django.conf import settings


def on() -> bool:
    """Never in production, whatever else is set."""
    return bool(settings.SANDBOX_BANK_URL) and not settings.PRODUCTION

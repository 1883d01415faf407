"""Our own addresses as channels are told them."""

from django.conf import settings


def notice_url(channel: str) -> str:
    """Where a channel sends its notices."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/v1/payments/notices/{channel}"

"""Where a request comes from, behind as many proxies as the settings say to trust."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address TRUSTED_PROXIES hops away; with 0 the peer itself, whatever headers say."""
    peer: str = request.META.get("REMOTE_ADDR", "")
    hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    trusted: int = settings.TRUSTED_PROXIES
    if trusted == 0 or len(hops) < trusted:
        return peer
    return hops[-trusted]

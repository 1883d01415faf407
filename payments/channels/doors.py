"""Which channels would take a call now, for many cards at once: what `services.place` would say, without placing anything."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef

from core.errors import DomainError
from payments.channels.breaker import ChannelResting
from payments.channels.models import Breaker, Channel, ChannelCredential, MaintenanceWindow
from payments.channels.services import ChannelNotConnected, ChannelOff, ChannelUnderMaintenance

Door = tuple[str, str]
"""A channel and a bank behind it."""


def shut(doors: Collection[Door], at: datetime) -> dict[Door, DomainError]:
    """The doors that are shut, and what a customer is told there. Three queries, whatever the number of doors."""
    codes = {channel for channel, _ in doors}
    live = ChannelCredential.objects.filter(channel_id=OuterRef("code"), retired_at=None)
    found = {row.code: row for row in Channel.objects.filter(code__in=codes).annotate(connected=Exists(live))}
    windows = list(MaintenanceWindow.objects.filter(channel_id__in=codes, starts_at__lte=at, ends_at__gt=at).order_by("-ends_at"))
    resting = {row.channel_id: row for row in Breaker.objects.filter(channel_id__in=codes, retry_at__gt=at)}
    refusals = {door: refusal(door, found[door[0]], windows, resting.get(door[0]), at) for door in doors}
    return {door: refused for door, refused in refusals.items() if refused is not None}


def refusal(door: Door, channel: Channel, windows: list[MaintenanceWindow], resting: Breaker | None, at: datetime) -> DomainError | None:
    """Why one door is shut; None when it is open."""
    if not channel.enabled:
        return ChannelOff()
    window = next((one for one in windows if one.channel_id == door[0] and one.bank_code in ("", door[1])), None)
    if window is not None:
        return ChannelUnderMaintenance(until=window.ends_at.isoformat(), words_en=window.words_en, words_zh=window.words_zh)
    if not channel.connected:  # type: ignore[attr-defined]
        return ChannelNotConnected()
    if resting is not None and resting.retry_at is not None:
        return ChannelResting(retry_after=int((resting.retry_at - at).total_seconds()) + 1)
    return None

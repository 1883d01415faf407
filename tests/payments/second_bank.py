"""A second channel of the sandbox bank's kind: the same bank knows the platform under another merchant, with agreements of its own."""

import uuid
from datetime import date
from typing import Any

from core.clock import queries as clock
from core.ids import new_id
from payments.cards.models import CardLimit
from payments.channels.models import Channel, ErrorRule, RouteRule
from payments.channels.sandbox_bank.connect import connect
from tests.payments.world import AT

SECOND = "second_bank"


def rule(**changes: Any) -> RouteRule:
    values = {"channel_id": SECOND, "operation": "pay", "effective_on": date(2026, 1, 1), "created_at": AT}
    return RouteRule.objects.create(**(values | changes))


def second_channel(**terms: int) -> Channel:
    """Off, with the first one's limits and routes of its own (half its price unless told)."""
    made = Channel.objects.create(
        code=SECOND, adapter="sandbox_bank", name_en="Second bank", name_zh="第二银行", enabled=False, created_at=AT, changed_at=AT
    )
    for operation in ("pay", "payout", "sign_start"):
        rule(operation=operation, **({"cost_bp": 10} | terms))
    ErrorRule.objects.create(
        channel=made, code="MAINTENANCE", action="next_channel", definite=True, words_en="w", words_zh="w",
        effective_on=date(2026, 1, 1), created_at=AT,
    )  # fmt: skip
    for limit in CardLimit.objects.filter(channel_id="sandbox_bank"):
        limit.id, limit.channel_id = new_id(), SECOND
        limit.save(force_insert=True)
    return made


def connect_second(**terms: int) -> None:
    """The second channel, connected and switched on."""
    second_channel(**terms)
    connect(merchant=f"banyan-{uuid.uuid4().hex[:12]}", notify_url="", at=clock.now(), channel=SECOND)

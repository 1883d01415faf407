"""How calls to channels read at the desk, on their own page and on those of what they were made for."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.desk.shown import badge, link, money, plainly, when
from payments.channels.models import ChannelRequest

CALL_COLUMNS = (
    _("Request"),
    _("Operation"),
    _("Amount (yuan)"),
    _("State"),
    _("Result code"),
    _("Times asked"),
    _("Placed"),
    _("Settled"),
)


def call_rows(made: Iterable[ChannelRequest]) -> list[list[object]]:
    return [
        [
            link("payments.channelrequest", one.pk, one.public_id),
            f"{one.channel_id} {one.operation}",
            money(one.amount_fen),
            badge(one.state),
            plainly(one.code),
            one.queries,
            when(one.created_at),
            when(one.settled_at),
        ]
        for one in made
    ]

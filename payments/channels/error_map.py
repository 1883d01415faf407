"""The error map: what a channel's refusal comes to, by the dated rows of the day (ErrorRule)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.db.models import F, Q

from payments.channels.models import ErrorRule
from payments.channels.port import Failed, Unknown

Action = ErrorRule.Action


def rule(channel: str, code: str, operation: str, on: date) -> ErrorRule | None:
    """The row for a code on a day: the channel's own before that of all channels, then the operation's own before that of all."""
    rows = ErrorRule.objects.filter(Q(channel_id=channel) | Q(channel=None), code=code, operation__in={"", operation}, effective_on__lte=on)
    return rows.order_by(F("channel_id").asc(nulls_last=True), "-operation", "-effective_on").first()


def rules(pairs: Collection[tuple[str, str]], operation: str, on: date) -> dict[tuple[str, str], ErrorRule]:
    """`rule` for several (channel, code), in one query."""
    codes = {code for _channel, code in pairs}
    rows = ErrorRule.objects.filter(code__in=codes, operation__in={"", operation}, effective_on__lte=on)
    best: dict[tuple[str, str], ErrorRule] = {}
    for row in rows.order_by(F("channel_id").desc(nulls_first=True), "operation", "effective_on"):
        best |= {pair: row for pair in pairs if pair[1] == row.code and row.channel_id in (None, pair[0])}
    return best


def verdict(result: Failed, found: ErrorRule | None) -> Failed | Unknown:
    """A refusal as its row reads it; without a row as the adapter does. Pure."""
    if found is None:
        return replace(result, verdict=hinted(result))
    if not found.definite:
        return Unknown(result.code)
    action = Action(found.action)
    return replace(result, verdict=action, retryable=action == Action.RETRY_SAME, user_fixable=action in (Action.ASK_USER, Action.STEP_UP))


def hinted(result: Failed) -> Action:
    """What an adapter's own reading comes to; never another channel, which only a row says."""
    if result.retryable:
        return Action.RETRY_SAME
    return Action.ASK_USER if result.user_fixable else Action.STOP

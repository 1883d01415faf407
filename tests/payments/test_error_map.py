"""The error map as data: which row reads a code, what it makes of a refusal, and what is kept of it."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.clock import queries as clock
from core.ids import new_id
from core.moves import advance
from payments.channels import error_map, outcomes, queries
from payments.channels.models import ChannelRequest, ErrorRule
from payments.channels.port import Failed, Unknown
from payments.channels.states import REQUEST_MOVES
from tests.factories import customer
from tests.payments.ledgerless import BUSINESS, Counter, counting
from tests.payments.world import AT
from tests.rules import newer

pytestmark = pytest.mark.django_db
BANK = "sandbox_bank"
DAY = date(2026, 3, 2)


@pytest.fixture
def counter() -> Iterator[Counter]:
    with counting() as made:
        yield made


def row(channel: str | None, code: str, action: str, **changes: Any) -> ErrorRule:
    values = {"words_en": f"{channel} {action}", "words_zh": "词", "effective_on": date(2026, 1, 1), "created_at": AT, "definite": True}
    return ErrorRule.objects.create(channel_id=channel, code=code, action=action, **(values | changes))


def asked(operation: str, code: str, state: str = "sent", **hints: Any) -> ChannelRequest:
    """A request that was refused, after it left unless told."""
    owner = customer(verified_class=None)
    reference = {"reference": "test", "amount_fen": 1} if operation in ("pay", "payout") else {}
    made = ChannelRequest.objects.create(
        request_no=str(new_id()), channel_id=BANK, operation=operation, business=BUSINESS, business_id=uuid.uuid4(),
        customer=owner, shard=0, created_at=AT, changed_at=AT, **reference,
    )  # fmt: skip
    if state == "sent":
        advance(made, state, moves=REQUEST_MOVES, at=AT, sent_at=AT)
    return outcomes.conclude(request_id=made.id, result=Failed(code, **hints), source="answer", at=AT)


def test_what_is_said_of_a_channel_goes_before_what_is_said_of_all_and_an_operation_before_the_rest() -> None:
    assert error_map.rule(BANK, "X", "pay", DAY) is None
    rows = [row(None, "X", "stop"), row(None, "X", "step_up", operation="pay")]
    rows += [row(BANK, "X", "ask_user"), row(BANK, "X", "next_channel", operation="pay"), row("alipay", "X", "retry_same")]

    def read(channel: str, operation: str) -> str:
        found = error_map.rule(channel, "X", operation, DAY)
        assert found is not None
        return found.action

    assert [read(BANK, "pay"), read(BANK, "payout"), read("wechat_v3", "pay"), read("wechat_v3", "refund")] == [
        "next_channel",
        "ask_user",
        "step_up",
        "stop",
    ]
    newer(rows[2], action="stop", effective_on="2026-03-02")
    newer(rows[2], action="step_up", effective_on="2026-03-03")
    assert read(BANK, "payout") == "stop"


def test_the_verdict_is_kept_with_the_refusal_as_the_map_of_the_day_has_it(counter: Counter) -> None:
    row(BANK, "NO_ROUTE", "next_channel", operation="pay")
    row(BANK, "NO_ROUTE", "stop")
    assert [asked("pay", code).verdict for code in ("NO_ROUTE", "RISK_REFUSED", "INSUFFICIENT_FUNDS", "CARD_CLOSED", "MAINTENANCE")] == [
        "next_channel",
        "step_up",
        "ask_user",
        "stop",
        "next_channel",
    ]
    assert asked("payout", "NO_ROUTE").verdict == "stop"
    assert counter.told[0] == ("failed", "NO_ROUTE")


def test_a_code_without_a_row_is_read_by_its_adapter_and_never_leads_to_another_channel(counter: Counter) -> None:
    assert asked("pay", "NEW_CODE").verdict == "stop"
    assert asked("pay", "NEW_CODE", user_fixable=True).verdict == "ask_user"
    assert error_map.verdict(Failed("NEW_CODE", retryable=True), None) == Failed("NEW_CODE", retryable=True, verdict="retry_same")


def test_a_code_that_proves_nothing_leaves_the_request_open_without_a_verdict(counter: Counter) -> None:
    row(BANK, "ODD", "query", definite=False)
    found = asked("pay", "ODD")
    assert (found.state, found.code, found.verdict) == ("unknown", "ODD", "")
    assert error_map.verdict(Failed("ODD"), error_map.rule(BANK, "ODD", "pay", DAY)) == Unknown("ODD")
    assert counter.told == []
    assert asked("pay", "ODD", state="new").verdict == "stop", "what never left is not done, whatever a row says"


def test_customers_read_the_words_of_the_operation_and_of_the_platforms_own_codes() -> None:
    row(BANK, "X", "stop", words_en="of all")
    row(BANK, "X", "stop", operation="refund", words_en="of refunds")

    def words(channel: str, code: str, operation: str = "") -> str:
        found = queries.explain(channel, code, AT, operation=operation)
        assert found is not None
        return found.en

    assert (words(BANK, "X", "refund"), words(BANK, "X", "pay"), words(BANK, "X")) == ("of refunds", "of all", "of all")
    assert words("alipay", "channel_off").startswith("This bank channel is switched off")
    assert words("alipay", "NEVER_SEEN") == queries.OTHERWISE[0]
    assert queries.explain(BANK, "", AT) is None


def test_the_database_keeps_one_row_a_code_operation_and_day_and_no_doubtful_way_to_another_channel(counter: Counter) -> None:
    def refused(name: str, **changes: Any) -> None:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row(changes.pop("channel", None), "not_sent", changes.pop("action", "stop"), **changes)

    refused("payments_errorrule_dated", effective_on="2020-01-01")
    refused("payments_errorrule_operation", operation="dance")
    refused("payments_errorrule_failover", action="next_channel", definite=False, operation="pay")
    failed = asked("pay", "CARD_CLOSED")
    open_one = asked("pay", "SYSTEM_ERROR")
    for request, verdict in ((failed, "query"), (open_one, "stop")):
        with pytest.raises(IntegrityError, match="payments_request_verdict"), transaction.atomic():
            ChannelRequest.objects.filter(pk=request.pk).update(verdict=verdict)


def test_every_channel_has_its_map_from_the_first_day() -> None:
    day = clock.local_day(AT)
    for channel in ("sandbox_bank", "wechat_v3", "alipay"):
        assert error_map.rule(channel, "unreachable", "pay", day) is not None
        assert error_map.rule(channel, "channel_resting", "pay", day) is not None

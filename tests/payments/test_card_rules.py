"""Using cards within their limits, unbinding, and the forms of numbers."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.approvals.services import ApprovalNeeded, applying
from core.business_day import services as business_day
from core.card_numbers import contains_card_number, luhn_valid
from core.crypto.blind_index import blind_index
from core.limits.queries import used
from core.limits.services import LimitReached
from payments.cards import queries, rules, services
from payments.cards.models import Card, CardLimit
from payments.cards.sockets import OPEN_USES
from payments.channels.models import Channel, ChannelCredential, ChannelRequest
from tests.factories import customer, plugged
from tests.payments.ledgerless import counting, placed
from tests.payments.world import AT
from tests.together import wait_until_blocked


def made_card(owner: uuid.UUID, *, kind: str = "debit", number: str = "1", default: bool = False) -> Card:
    card = Card(
        customer_id=owner,
        channel_id="sandbox_bank",
        token=f"AG{number}",
        token_index=services.token_index(f"AG{number}"),
        fingerprint=blind_index(number, purpose="card_number"),
        bank_id="ICBC",
        kind=kind,
        bin="990110",
        last4="0017",
        is_default=default,
        created_at=AT,
        changed_at=AT,
    )
    card.save(force_insert=True)
    return card


@pytest.fixture
def card(db: None) -> Card:
    business_day.open_first_day(at=AT)
    Channel.objects.update(enabled=True)
    ChannelCredential.objects.create(
        channel_id="sandbox_bank", merchant="m", private_key_pem="k", bank_public_key_pem="", bank_key_id="", created_at=AT
    )
    return made_card(customer(verified_class=None).id, default=True)


def limited(single: int | None, day: int | None, month: int | None) -> None:
    CardLimit.objects.create(
        channel_id="sandbox_bank", bank_id="ICBC", kind="debit", scene="top_up", single_fen=single, day_fen=day, month_fen=month,
        effective_on=date(2026, 3, 1), created_at=AT,
    )  # fmt: skip


def test_the_single_limit_is_refused_one_fen_over_and_counts_nothing(card: Card) -> None:
    limited(100, 1_000, 10_000)
    with pytest.raises(services.OverSingleLimit):
        services.check_limit(card=card, scene="top_up", amount_fen=101, at=AT)
    assert used(counter="card:top_up:day", owner=card.id, period="2026-03-02") == 0
    services.check_limit(card=card, scene="top_up", amount_fen=100, at=AT)
    assert used(counter="card:top_up:day", owner=card.id, period="2026-03-02") == 100
    assert used(counter="card:top_up:month", owner=card.id, period="2026-03") == 100


def test_day_and_month_limits_turn_in_shanghai_and_what_failed_is_given_back(card: Card) -> None:
    limited(None, 300, 500)
    last_second = AT.replace(hour=15, minute=59, second=59)
    services.check_limit(card=card, scene="top_up", amount_fen=300, at=last_second)
    with transaction.atomic(), pytest.raises(LimitReached):
        services.check_limit(card=card, scene="top_up", amount_fen=1, at=last_second)
    midnight = last_second + timedelta(seconds=1)
    with pytest.raises(LimitReached), transaction.atomic():
        services.check_limit(card=card, scene="top_up", amount_fen=201, at=midnight)
    services.check_limit(card=card, scene="top_up", amount_fen=200, at=midnight)
    services.give_back_limit(card_id=card.id, scene="top_up", amount_fen=300, taken_at=last_second)
    assert used(counter="card:top_up:month", owner=card.id, period="2026-03") == 200
    assert used(counter="card:top_up:day", owner=card.id, period="2026-03-02") == 0


def test_a_newer_limit_row_takes_over_on_its_day(card: Card) -> None:
    before = queries.limit(channel="sandbox_bank", bank="ICBC", kind="debit", scene="top_up", on=date(2026, 3, 1))
    limited(7, None, None)
    after = queries.limit(channel="sandbox_bank", bank="ICBC", kind="debit", scene="top_up", on=date(2026, 3, 1))
    earlier = queries.limit(channel="sandbox_bank", bank="ICBC", kind="debit", scene="top_up", on=date(2026, 2, 28))
    assert before is not None
    assert after is not None
    assert earlier is not None
    assert (before.single_fen, after.single_fen, earlier.single_fen) == (50_000_00, 7, 50_000_00)


def test_a_credit_card_does_not_top_up(card: Card) -> None:
    credit = made_card(card.customer_id, kind="credit", number="2")
    with pytest.raises(services.SceneNotOffered):
        services.check_limit(card=credit, scene="top_up", amount_fen=1, at=AT)


class Busy:
    words_en, words_zh = "a withdrawal", "提现"

    def count(self, *, card_id: uuid.UUID) -> int:
        return 1


def test_a_card_in_use_elsewhere_or_at_the_bank_is_not_unbound(card: Card) -> None:
    with plugged(OPEN_USES, Busy()), pytest.raises(services.CardInUse):
        services.unbind(customer_id=card.customer_id, card_id=card.id, at=AT)
    with counting(), plugged(OPEN_USES, Free()):
        placed(card)
        with pytest.raises(services.CardInUse):
            services.unbind(customer_id=card.customer_id, card_id=card.id, at=AT)
    card.refresh_from_db()
    assert card.state == "active"
    assert ChannelRequest.objects.filter(operation="unsign").count() == 0


class Free(Busy):
    def count(self, *, card_id: uuid.UUID) -> int:
        return 0


def test_unbinding_the_default_makes_the_next_in_order_the_default(card: Card) -> None:
    second = made_card(card.customer_id, number="2")
    services.unbind(customer_id=card.customer_id, card_id=card.id, at=AT)
    second.refresh_from_db()
    assert second.is_default is True
    with pytest.raises(queries.CardNotUsable):
        services.unbind(customer_id=card.customer_id, card_id=card.id, at=AT)
    with pytest.raises(queries.CardNotUsable):
        queries.usable(card.customer_id, card.id)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ending", ["unbind", "end_dead", "end_by_bank"])
def test_a_card_that_ends_and_another_made_the_default_meet_without_a_deadlock(card: Card, ending: str) -> None:
    """The default is the last in order of id: who locks it first and the next default after crosses who locks all in order."""
    Card.objects.filter(pk=card.pk).update(is_default=False)
    second, last = made_card(card.customer_id, number="2"), made_card(card.customer_id, number="3", default=True)
    ends = {
        "unbind": lambda: services.unbind(customer_id=last.customer_id, card_id=last.id, at=AT),
        "end_dead": lambda: services.end_dead(card_id=last.id, at=AT),
        "end_by_bank": lambda: services.end_by_bank(channel="sandbox_bank", token="AG3", at=AT),
    }

    with ThreadPoolExecutor(max_workers=2) as pool:
        with transaction.atomic():
            Card.objects.select_for_update().get(pk=card.pk)
            jobs = [pool.submit(alone, lambda: services.make_default(customer_id=card.customer_id, card_id=second.id, at=AT))]
            wait_until_blocked(1)
            jobs.append(pool.submit(alone, ends[ending]))
            wait_until_blocked(2)
        assert [job.exception(60) for job in jobs] == [None, None]
    assert {row.id: row.is_default for row in queries.live_cards(card.customer_id)} == {card.id: False, second.id: True}


def alone(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        connection.close()


def test_a_suspended_card_is_seen_and_not_used_until_it_is_resumed(card: Card) -> None:
    services.suspend(card_id=card.id, at=AT)
    assert [row.state for row in queries.live_cards(card.customer_id)] == ["suspended"]
    with pytest.raises(queries.CardNotUsable):
        queries.usable(card.customer_id, card.id)
    with pytest.raises(ApprovalNeeded):
        services.resume(card_id=card.id, at=AT)
    with applying("card.resume", maker="staff:max", checker="staff:cara"):
        services.resume(card_id=card.id, at=AT)
    assert queries.usable(card.customer_id, card.id) == card


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4111 1111 1111 1111", True),
        ("my card is 9901100000000000017!", True),
        ("４１１１１１１１１１１１１１１１", True),
        ("4111-1111-1111-1111", True),
        ("x0000411111111111111100x", True),
        ("4111 1111 1111 1112", False),
        ("salary 2026", False),
        ("19900000001", False),
        ("411111111111", False),
    ],
)
def test_card_numbers_are_known_in_free_text(text: str, found: bool) -> None:
    assert contains_card_number(text) is found


@given(st.text("0123456789", min_size=12, max_size=18))
def test_every_number_with_its_check_digit_is_a_card_number_and_with_another_digit_is_none(payload: str) -> None:
    digits = [f"{payload}{digit}" for digit in range(10)]
    valid = [number for number in digits if luhn_valid(number)]
    assert len(valid) == 1
    assert contains_card_number(f"a {valid[0]} b")
    assert rules.card_number(valid[0]) == valid[0]
    assert [rules.card_number(number) for number in digits if number != valid[0]] == [None] * 9


def test_mobiles_and_their_masks() -> None:
    assert rules.mobile("+86 199-0000-0001") == "19900000001"
    assert rules.mobile("0199") is None
    assert rules.masked_mobile("19900000001") == "199****0001"


def test_what_a_customer_who_leaves_called_their_cards_goes_and_nobody_elses(card: Card) -> None:
    other = made_card(customer(verified_class=None).id, number="2")
    for one in (card, other):
        services.rename(customer_id=one.customer_id, card_id=one.id, nickname="salary", at=AT)
    services.erase(customer_id=card.customer_id, at=AT)
    names = dict(Card.objects.values_list("customer_id", "nickname"))
    assert names == {card.customer_id: "", other.customer_id: "salary"}

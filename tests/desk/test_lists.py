"""What lists say to somebody who reads them at night: whose a row is, amounts in yuan, and nothing to reset where nothing is filtered."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.urls import reverse

from accounts.identity.models import Customer
from core.desk.shown import column_words
from core.ids import new_id, public_id
from core.limits import services as limits
from core.outbox import services as outbox
from core.outbox.models import OutboxEvent
from tests.desk.people import staff, verified
from tests.factories import customer

pytestmark = pytest.mark.django_db
AT = datetime.now(UTC)
COUNTERS, OUTBOX = reverse("admin:core_limitcounter_changelist"), reverse("admin:core_outboxevent_changelist")


def customer_page(customer_id: UUID) -> str:
    return f'href="{reverse("admin:accounts_customer_change", args=[customer_id])}">{public_id("cus", customer_id)}<'


@pytest.fixture
def lin() -> Customer:
    return customer(verified_class=None)


def test_limits_used_name_their_customer_or_card_and_say_amounts_in_yuan(lin: Customer) -> None:
    card_id, hashed = new_id(), new_id()
    taken = (("withdrawal_free", lin.id, 123456), ("card:top_up:day", card_id, 5000), ("pin_free", lin.id, 3), ("codes:phone", hashed, 7))
    for counter, owner, amount in taken:
        limits.take(counter=counter, owner=owner, period="2026", amount=amount, cap=10**6)
    page = verified(staff("sue", "support")).get(COUNTERS).content.decode()
    assert page.count(customer_page(lin.id)) == 2
    assert f'href="{reverse("admin:payments_card_change", args=[card_id])}">{public_id("crd", card_id)}<' in page
    assert str(hashed) in page
    assert [text in page for text in (">1,234.56<", ">50.00<", ">3<", ">7<")] == [True] * 4
    assert "123456" not in page


def test_an_event_leads_to_its_customer_only_when_it_names_them(lin: Customer) -> None:
    client, other = verified(staff("sue", "support")), new_id()
    before = client.get(OUTBOX).content.decode().count(customer_page(lin.id))
    outbox.publish(topic="t.customer", owner=lin.id, payload={"customer": str(lin.id)}, at=AT)
    outbox.publish(topic="t.payer", owner=lin.id, payload={"payer": lin.public_id}, at=AT)
    outbox.publish(topic="t.other", owner=other, payload={"customer": str(lin.id)}, at=AT)
    outbox.publish(topic="t.words", owner=other, payload={}, key="business_day", at=AT)
    page = client.get(OUTBOX).content.decode()
    assert (page.count(customer_page(lin.id)) - before, str(other) in page, "business_day" in page) == (2, True, True)
    OutboxEvent.objects.filter(topic="t.payer").update(state="done", done_at=AT)
    found = client.get(OUTBOX, {"q": lin.public_id}).content.decode()
    assert [topic in found for topic in ("t.customer", "t.payer", "t.other")] == [True, False, False]


def test_an_empty_list_offers_to_reset_filters_only_where_some_are_set() -> None:
    client = verified(staff("sue", "support"))
    empty, filtered, searched = (client.get(OUTBOX, query).content.decode() for query in ({}, {"state__exact": "dead"}, {"q": "cus_1"}))
    assert ["Reset filters" in page for page in (empty, filtered, searched)] == [False, True, True]
    assert "Nothing here." in empty


def test_a_form_says_what_to_type() -> None:
    page = verified(staff("max", "finance_maker")).get(reverse("admin:payments_breakerrule_add")).content.decode()
    for words in ("In force from then on, until a later row begins.", "5000 is half", "Bad share (bp)", "Window (s)"):
        assert words in page


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cap_fen", "cap (yuan)"),
        ("free_fen_per_month", "free (yuan) per month"),
        ("bad_share_bp", "bad share (bp)"),
        ("total_timeout_ms", "total timeout (ms)"),
        ("name_zh", "name (Chinese)"),
        ("words_en", "words (English)"),
        ("account_class", "account class"),
        ("s", "s"),
    ],
)
def test_a_columns_words_name_its_unit_or_language(name: str, words: str) -> None:
    assert column_words(name) == words

"""The lists and the switches: stricter by one person, looser by two; one standing entry each; and rules as whole rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.approvals.services import ApprovalNeeded
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from payments.risk import queries
from payments.risk.models import RiskListEntry, RiskRule
from payments.risk.services import lists, switching
from tests.factories import customer
from tests.payments.risk.world import Listener, act, by_two, rule, verdict
from tests.rules import newer
from tests.together import together

pytestmark = pytest.mark.django_db


def block(who: Any, *, until: Any = None) -> RiskListEntry:
    return lists.block(target=lists.named("customer", who.public_id), why="a test", until=until, by="staff:rita", at=clock.now())


def allowing(who: Any, **changes: str) -> dict[str, str]:
    own = {"target": who.public_id, "what": "customer", "key": who.id.bytes.hex(), "shown": who.public_id, "why": "known", "until": ""}
    return own | changes


def test_one_person_blocks_and_two_unblock() -> None:
    who = customer(verified_class=None)
    entry = block(who)
    with pytest.raises(lists.AlreadyListed, match=entry.public_id):
        block(who)
    with pytest.raises(ApprovalNeeded):
        lists.end_block(entry_id=entry.id, at=clock.now())
    with pytest.raises(Invalid):
        lists.end_allow(entry_id=entry.id, by="staff:rita", at=clock.now())
    by_two(lists.UNBLOCK, {"target": entry.public_id})
    entry.refresh_from_db()
    assert entry.ended_by.count("staff:") == 2
    with pytest.raises(lists.EntryEnded):
        by_two(lists.UNBLOCK, {"target": entry.public_id})
    assert block(who).ended_at is None


def test_two_people_allow_and_one_takes_it_back() -> None:
    who = customer(verified_class=None)
    with pytest.raises(ApprovalNeeded):
        lists.allow(target=lists.named("customer", who.public_id), why="w", until=None, at=clock.now())
    by_two(lists.ALLOW, allowing(who))
    entry = RiskListEntry.objects.get(effect="allow")
    assert lists.end_allow(entry_id=entry.id, by="staff:rita", at=clock.now()).ended_at is not None


def test_a_time_to_end_lies_ahead_and_an_entry_that_is_over_makes_room() -> None:
    who, at = customer(verified_class=None), clock.now()
    with pytest.raises(Invalid):
        block(who, until=at - timedelta(seconds=1))
    with pytest.raises(Invalid):
        by_two(lists.ALLOW, allowing(who, until=at.isoformat()))
    first = lists.block(target=lists.named("customer", who.public_id), why="w", until=at + timedelta(hours=1), by="b", at=at)
    again = {"target": lists.named("customer", who.public_id), "why": "w", "until": None, "by": "b"}
    assert lists.block(**again, at=at + timedelta(hours=1)).pk != first.pk


@pytest.mark.parametrize(
    ("what", "text"), [("customer", "cus_x"), ("device", "dev_1"), ("card", "crd_06a1m5x9q0e7z8r2k4w6t1y3v5"), ("merchant", "m")]
)
def test_what_nobody_is_called_is_not_listed(what: str, text: str) -> None:
    with pytest.raises(NotFound):
        lists.named(what, text)
    with pytest.raises(Invalid):
        lists.named("phone", "12")


def test_an_entry_is_ended_and_otherwise_stays_as_it_was_made() -> None:
    block(customer(verified_class=None))
    for act_on in (lambda: RiskListEntry.objects.update(why="else"), lambda: RiskListEntry.objects.all().delete()):
        with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
            act_on()
    with pytest.raises(IntegrityError, match="payments_risklist_ended"), transaction.atomic():
        RiskListEntry.objects.update(ended_by="staff:rita")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_block_the_same_at_once_one_does() -> None:
    who = customer(verified_class=None)
    ended = together(lambda _: block(who), 8)
    assert sum(isinstance(end, RiskListEntry) for end in ended) == 1
    assert sum(isinstance(end, lists.AlreadyListed) for end in ended) == 7


def test_two_people_switch_a_rule_off_and_on_at_once(room: Listener) -> None:
    rule("amount", amount_fen=0)
    with pytest.raises(ApprovalNeeded):
        switching.switch(code="amount", active=False, at=clock.now())
    with pytest.raises(switching.RuleSwitchedAlready):
        by_two(switching.SWITCH, {"target": "amount", "active": True})
    with pytest.raises(NotFound):
        by_two(switching.SWITCH, {"target": "nothing", "active": False})
    for active, expected in ((False, "allow"), (True, "review")):
        by_two(switching.SWITCH, {"target": "amount", "active": active})
        assert verdict(act(customer(verified_class=None)), at=clock.now()) == expected
    assert RiskRule.objects.count() == 3


def test_the_latest_row_of_a_rule_is_in_force_and_one_to_come_is_not_yet(room: Listener) -> None:
    first, at = rule("amount", amount_fen=1_000), clock.now()
    newer(first, amount_fen=10, starts_at=at + timedelta(hours=1))
    who = customer(verified_class=None)
    assert [verdict(act(who), at=at + timedelta(hours=hours)) for hours in (0, 1)] == ["allow", "review"]
    assert queries.latest_rule("amount", at).amount_fen == 1_000


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"kind": "amount", "most": 1, "amount_fen": 1}, "parameters"),
        ({"kind": "amount"}, "parameters"),
        ({"kind": "shared_device", "most": 1}, "parameters"),
        ({"kind": "horoscope", "amount_fen": 1}, "(kind|parameters)"),
        ({"kind": "amount", "amount_fen": 1, "verdict": "step_up", "factors": 3}, "factors"),
        ({"kind": "amount", "amount_fen": 1, "factors": 1}, "factors"),
        ({"kind": "amount", "amount_fen": -1}, "range"),
        ({"kind": "new_payee", "amount_fen": 1, "hours": 721}, "range"),
        ({"kind": "velocity_count", "most": 1, "window": "year"}, "window"),
        ({"kind": "amount", "amount_fen": 1, "scenes": []}, "scenes"),
        ({"kind": "amount", "amount_fen": 1, "verdict": "maybe"}, "verdict"),
    ],
)
def test_the_database_keeps_rules_whole(room: Listener, changes: dict[str, Any], name: str) -> None:
    facts = {"scenes": ["test"]} | changes
    with pytest.raises(Exception, match=f"payments_riskrule_{name}|value too long"), transaction.atomic():
        rule(**facts)


@pytest.mark.parametrize(
    "changes", [{"scenes": ["nobody"]}, {"most": 3}, {"amount_fen": None}, {"factors": 1}, {"verdict": "step_up"}, {"kind": "night"}]
)
def test_a_form_says_what_a_rule_lacks(room: Listener, changes: dict[str, Any]) -> None:
    row = rule("amount", amount_fen=1)
    row.full_clean(exclude=["code"])
    for name, value in changes.items():
        setattr(row, name, value)
    refused: Callable[[], None] = row.clean
    with pytest.raises(ValidationError):
        refused()

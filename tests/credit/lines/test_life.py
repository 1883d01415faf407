"""A line from an offer to its end: what the customer says, what people at the desk do, what the days bring."""

from datetime import timedelta
from itertools import product as pairs
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from accounts.identity import services as identity
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.errors import DomainError
from core.outbox.models import OutboxEvent
from core.work.models import WorkItem
from credit.lines import queries, states, sweeps
from credit.lines.closing import Lines
from credit.lines.models import CreditLine, LineEvent, LineRaise
from credit.lines.refusals import (
    InvitationOver,
    LineExists,
    LineNotOpen,
    LineTooHigh,
    NotEligible,
    NotFrozenSo,
    NothingToLower,
    TemporaryDates,
)
from credit.lines.services import changing, opening, raising
from credit.lines.states import Freeze, LineState
from credit.products.refusals import GradeNotPriced
from credit.products.services import reviewing
from tests import factories
from tests.credit.lines.world import LIMIT, activated, by_two, fresh, intent, invited
from tests.credit.products.world import cash, on_offer
from tests.factories import api
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
WHO = {"why": "seen by us", "by": "staff:ria"}


def person() -> Any:
    return factories.customer(pin=factories.PIN)


def changes(line: CreditLine) -> list[str]:
    return list(LineEvent.objects.filter(line=line).order_by("at", "id").values_list("change", flat=True))


def test_an_offered_line_is_seen_and_said_yes_to_with_a_proof_of_its_limit() -> None:
    who = person()
    line, client = invited(who), api(who)
    seen = client.get("/v1/credit/lines").json()["items"]
    assert [(one["id"], one["state"], one["limit"], one["interest_percent"]) for one in seen] == [(line.public_id, "invited", LIMIT, None)]
    where = f"/v1/credit/lines/{line.public_id}/activate"
    without = client.post(where, {"limit": LIMIT})
    assert (without.status_code, without.json()["code"], without.json()["payee"]) == (403, "step_up_needed", line.public_id)
    other = client.post(where, {"limit": LIMIT + 1})
    assert (other.status_code, other.json()["code"]) == (409, "credit_line_changed")
    needed = {name: without.json()[name] for name in ("purpose", "amount", "payee")}
    given = client.post("/v1/accounts/step-up/proofs", needed | {"nonce": "k", "method": "pin", "secret": factories.PIN}).json()["proof"]
    done = client.post(where, {"limit": LIMIT, "proof": given}, key="k")
    assert (done.status_code, done.json()["state"]) == (200, "active")
    again = client.post(where, {"limit": LIMIT, "proof": given}, key="k")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (done.content, "true")
    whole = client.get(f"/v1/credit/lines/{line.public_id}").json()
    assert [one["change"] for one in whole["history"]] == ["activated", "invited"]
    assert set(OutboxEvent.objects.filter(key=line.public_id).values_list("topic", flat=True)) == {
        "credit.line_invited", "credit.line_activated",
    }  # fmt: skip


def test_an_offer_is_said_no_to_or_lapses_after_its_last_day() -> None:
    who, at = person(), clock.now()
    first, second = invited(who, days=0), invited(who, days=3)
    opening.decline(customer_id=who.id, line_id=first.id, at=at)
    with pytest.raises(InvitationOver):
        opening.decline(customer_id=who.id, line_id=first.id, at=at)
    last = start_of_day(second.valid_until) + timedelta(hours=23, minutes=59)
    assert sweeps.go_on(shard=second.shard, at=last) == 0
    after = last + timedelta(minutes=1)
    with pytest.raises(InvitationOver):
        opening.activate(intent=intent(who, second), line_id=second.id, shown_fen=LIMIT, at=after)
    assert queries.due_shards(after) == [second.shard]
    assert (sweeps.go_on(shard=second.shard, at=after), sweeps.go_on(shard=second.shard, at=after)) == (1, 0)
    assert (fresh(first).state, fresh(second).state) == ("declined", "lapsed")


def test_nobody_is_offered_what_their_product_does_not_have() -> None:
    who, product, priced = person(), on_offer(), cash()
    for wrong, refusal in (
        ({"limit_fen": 5_000_001}, LineTooHigh),
        ({"limit_fen": 1}, LineTooHigh),
        ({"grade": "A"}, GradeNotPriced),
        ({"days": -1}, InvitationOver),
    ):
        with pytest.raises(refusal):
            invited(who, product, **wrong)
    with pytest.raises(GradeNotPriced):
        invited(who, priced)
    assert invited(who, priced, grade="B").grade == "B"
    with pytest.raises(LineExists):
        invited(who, priced, grade="A")
    reviewing.suspend(product_id=priced.pk, reason="no funds left", at=clock.now())
    line = CreditLine.objects.get()
    with pytest.raises(DomainError) as refused:
        opening.activate(intent=intent(who, line), line_id=line.id, shown_fen=LIMIT, at=clock.now())
    assert refused.value.code == "credit_product_not_offered"


def test_nobody_is_offered_a_line_who_is_not_active_proven_and_of_age() -> None:
    product, today = on_offer(), clock.local_day(clock.now())
    young, grown = (factories.id_number(None, day.replace(year=day.year - 18, day=min(day.day, 28))) for day in (today + 40 * DAY, today))
    frozen = person()
    identity.freeze(customer_id=frozen.id, reason="a stolen phone", at=clock.now())
    for who in (factories.customer(verified_class=None), factories.customer(number=young), frozen):
        with pytest.raises(NotEligible):
            invited(who, product)
    assert invited(factories.customer(number=grown), product).state == "invited"


def test_a_raise_leaves_room_for_what_is_temporary() -> None:
    line, today = activated(person()), clock.local_day(clock.now())
    by_two(changing.TEMPORARY, target=line.public_id, amount_fen=1_000_000, since=today.isoformat(), until=(today + DAY).isoformat())
    with pytest.raises(LineTooHigh):
        by_two(changing.RAISE, target=line.public_id, limit_fen=4_000_001)
    by_two(changing.RAISE, target=line.public_id, limit_fen=4_000_000)


def test_limits_go_up_by_two_people_down_by_one_and_up_for_some_days() -> None:
    who = person()
    line = activated(who)
    by_two(changing.RAISE, target=line.public_id, limit_fen=2_000_000)
    changing.lower(line_id=line.id, limit_fen=1_500_000, at=clock.now(), **WHO)
    today = clock.local_day(clock.now())
    days = {"since": (today + DAY).isoformat(), "until": (today + 3 * DAY).isoformat()}
    by_two(changing.TEMPORARY, target=line.public_id, amount_fen=300_000, **days)
    row = fresh(line)
    limits = [queries.limit_on(row, today + number * DAY) for number in range(5)]
    assert limits == [1_500_000, 1_800_000, 1_800_000, 1_800_000, 1_500_000]
    assert changes(line) == ["invited", "activated", "raised", "lowered", "temporary"]
    assert LineEvent.objects.get(line=line, change="raised").by == "staff:ria"
    for wrong, refusal in (
        ({"since": (today - DAY).isoformat(), "until": today.isoformat()}, TemporaryDates),
        ({"since": today.isoformat(), "until": (today + 91 * DAY).isoformat()}, TemporaryDates),
        ({"amount_fen": 5_000_000}, LineTooHigh),
    ):
        with pytest.raises(refusal):
            by_two(changing.TEMPORARY, **({"target": line.public_id, "amount_fen": 1} | days | wrong))
    with pytest.raises(NothingToLower):
        changing.lower(line_id=line.id, limit_fen=1_500_000, at=clock.now(), **WHO)
    with pytest.raises(LineTooHigh):
        by_two(changing.RAISE, target=line.public_id, limit_fen=5_000_001)


def test_a_line_is_frozen_for_several_reasons_and_lends_once_the_last_is_gone() -> None:
    line, at = activated(person()), clock.now()
    for reason in (Freeze.RISK, Freeze.CUSTOMER, Freeze.RISK):
        changing.freeze(line_id=line.id, reason=reason, at=at, **WHO)
    assert (fresh(line).state, fresh(line).freezes) == ("frozen", ["customer", "risk"])
    changing.unfreeze(line_id=line.id, reason=Freeze.RISK, at=at, **WHO)
    assert (fresh(line).state, fresh(line).freezes) == ("frozen", ["customer"])
    with pytest.raises(NotFrozenSo):
        changing.unfreeze(line_id=line.id, reason=Freeze.RISK, at=at, **WHO)
    changing.unfreeze(line_id=line.id, reason=Freeze.CUSTOMER, at=at, **WHO)
    assert (fresh(line).state, fresh(line).freezes) == ("active", [])
    assert changes(line)[2:] == ["frozen", "frozen", "unfrozen", "unfrozen"]


def test_a_line_that_is_due_for_review_lends_nothing_until_somebody_looked_at_it() -> None:
    line = activated(person())
    assert line.review_on is not None
    before, at = (start_of_day(line.review_on - number * DAY) for number in (1, 0))
    assert sweeps.go_on(shard=line.shard, at=before) == 0
    assert (sweeps.go_on(shard=line.shard, at=at), sweeps.go_on(shard=line.shard, at=at)) == (1, 0)
    assert (fresh(line).freezes, WorkItem.objects.get(target=line.public_id).finished_at) == (["review"], None)
    changing.reviewed(line_id=line.id, at=at, **WHO)
    row = fresh(line)
    assert (row.state, row.review_on, WorkItem.objects.get(target=line.public_id).finished_by) == (
        "active", line.review_on + timedelta(days=365), "staff:ria",
    )  # fmt: skip


def test_a_raise_is_asked_for_granted_by_less_refused_or_withdrawn() -> None:
    who = person()
    line, client = activated(who), api(who)
    where = f"/v1/credit/lines/{line.public_id}/raises"
    small = client.post(where, {"amount": LIMIT})
    assert (small.status_code, small.json()["code"]) == (422, "credit_raise_too_small")
    first = client.post(where, {"amount": 3_000_000}).json()
    assert client.post(where, {"amount": 3_000_000}).json()["code"] == "credit_raise_open"
    by_two(raising.GRANT, target=first["id"], limit_fen=2_000_000)
    second = client.post(where, {"amount": 3_000_000}).json()
    raising.refuse(raise_id=LineRaise.objects.get(state="open").id, at=clock.now(), **WHO)
    third = client.post(where, {"amount": 3_000_000}).json()
    assert client.post(f"/v1/credit/raises/{third['id']}/withdraw").json()["state"] == "withdrawn"
    shown = {one["id"]: (one["state"], one["granted"], one["why"]) for one in client.get("/v1/credit/raises").json()["items"]}
    assert shown == {
        first["id"]: ("granted", 2_000_000, "as agreed"), second["id"]: ("refused", 0, "seen by us"), third["id"]: ("withdrawn", 0, ""),
    }  # fmt: skip
    assert fresh(line).limit_fen == 2_000_000
    assert not WorkItem.objects.filter(finished_at=None).exists()
    with pytest.raises(DomainError):
        by_two(raising.GRANT, target=second["id"], limit_fen=2_500_000)


def test_a_closed_line_ends_what_is_asked_for_of_it_and_a_new_one_may_be_offered() -> None:
    who = person()
    line, client = activated(who), api(who)
    client.post(f"/v1/credit/lines/{line.public_id}/raises", {"amount": 3_000_000})
    changing.freeze(line_id=line.id, reason=Freeze.RISK, at=clock.now(), **WHO)
    assert [one.code for one in Lines().obstacles(customer_id=who.id, at=clock.now())] == ["credit_line_open"]
    done = client.post(f"/v1/credit/lines/{line.public_id}/close")
    assert (done.status_code, done.json()["state"], done.json()["freezes"]) == (200, "closed", [])
    assert LineRaise.objects.get().state == "withdrawn"
    assert not WorkItem.objects.filter(finished_at=None).exists()
    assert Lines().obstacles(customer_id=who.id, at=clock.now()) == []
    with pytest.raises(LineNotOpen):
        changing.freeze(line_id=line.id, reason=Freeze.RISK, at=clock.now(), **WHO)
    assert client.post(f"/v1/credit/lines/{line.public_id}/close").json()["code"] == "credit_line_not_open"
    other = activated(who, line.product)
    by_two(changing.CLOSE, target=other.public_id)
    assert fresh(other).state == "closed"


def test_nobody_sees_or_moves_anothers_line() -> None:
    line, other = activated(person()), api(person())
    invitation = invited(person())
    asked = raising.ask(customer_id=line.customer_id, line_id=line.id, amount_fen=2_000_000, at=clock.now())
    where = f"/v1/credit/lines/{line.public_id}"
    assert other.get(where).status_code == 404
    assert other.get("/v1/credit/lines").json()["items"] == other.get("/v1/credit/raises").json()["items"] == []
    acts = {f"{where}/close": {}, f"{where}/raises": {"amount": 2_000_000}, f"/v1/credit/raises/{asked.public_id}/withdraw": {}}
    acts |= {f"/v1/credit/lines/{invitation.public_id}/{one}": {"limit": LIMIT} for one in ("activate", "decline")}
    assert {other.post(path, body).status_code for path, body in acts.items()} == {404}


def test_one_offer_said_yes_and_no_to_at_the_same_moment_is_one_of_both() -> None:
    who = person()
    line = invited(who)
    intents = [intent(who, line) for _ in range(3)]

    def act(number: int) -> Any:
        if number == 3:
            return opening.decline(customer_id=who.id, line_id=line.id, at=clock.now())
        return opening.activate(intent=intents[number], line_id=line.id, shown_fen=LIMIT, at=clock.now())

    answers = together(act, 4)
    assert sum(isinstance(one, CreditLine) for one in answers) == 1, answers
    assert len(changes(line)) == 2


def test_a_raise_granted_and_withdrawn_at_the_same_moment_is_one_of_both() -> None:
    who = person()
    line = activated(who)
    asked = raising.ask(customer_id=who.id, line_id=line.id, amount_fen=2_000_000, at=clock.now())

    def act(number: int) -> Any:
        if number:
            return raising.withdraw(customer_id=who.id, raise_id=asked.id, at=clock.now())
        return by_two(raising.GRANT, target=asked.public_id, limit_fen=2_000_000)

    together(act, 2)
    state = LineRaise.objects.get().state
    assert (state, fresh(line).limit_fen) in [("granted", 2_000_000), ("withdrawn", LIMIT)]


TABLES = [(states.LineState, states.LINE_MOVES, 7), (states.RaiseState, states.RAISE_MOVES, 3)]


@pytest.mark.parametrize(("names", "moves", "allowed"), TABLES)
def test_the_tables_allow_what_they_say_and_nothing_else(names: Any, moves: Any, allowed: int) -> None:
    found = [(start, to) for start, to in pairs(names.values, repeat=2) if moves.allowed(start, to)]
    assert (sorted(found), len(found)) == (moves.transitions(), allowed)


WRONG: list[dict[str, Any]] = [
    {"limit_fen": 0},
    {"temporary_fen": 5},
    {"temporary_fen": 5, "temporary_from": "2026-01-02", "temporary_until": "2026-01-01"},
    {"freezes": ["risk"]},
    {"state": LineState.FROZEN},
    {"state": LineState.FROZEN, "freezes": ["weather"]},
    {"activated_at": None},
    {"review_on": None},
    {"state": LineState.INVITED},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_the_database_refuses_a_line_that_contradicts_itself(wrong: dict[str, Any]) -> None:
    line = activated(person())
    with pytest.raises(DatabaseError), transaction.atomic():
        CreditLine.objects.filter(pk=line.pk).update(**wrong)


def test_the_database_keeps_events_and_one_living_line() -> None:
    who = person()
    line = activated(who)
    for act in (lambda: LineEvent.objects.update(reason="another"), lambda: LineEvent.objects.all().delete(), line.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        CreditLine(
            customer_id=who.id, shard=line.shard, product=line.product, version=line.version, limit_fen=1, valid_until=line.valid_until,
            created_at=clock.now(), changed_at=clock.now(),
        ).save(force_insert=True)  # fmt: skip

"""Acts are counted in rolling windows, one after the other whoever asks at once, and forgotten when they come to nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from core.clock import queries as clock
from payments.risk.models import RiskDecision, RiskPayee, RiskTally
from payments.risk.rules import Tally, Window
from payments.risk.services import forgetting
from tests.factories import customer
from tests.payments.risk.world import OTHER, SCENE, Listener, act, known, rule, ruling, verdict
from tests.query_counts import queries_of
from tests.together import together

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def seen(who: object, fen: int, at: datetime) -> Tally:
    with transaction.atomic():
        return known(act(who, fen), at).facts.tallies[SCENE]


@pytest.mark.django_db
def test_windows_roll_and_never_forget_an_act_too_early(room: Listener) -> None:
    who = customer(verified_class=None)
    seen(who, 100, START)
    for later, counts in [
        (timedelta(minutes=59, seconds=59), {"hour": 2, "day": 2, "week": 2}),
        (timedelta(minutes=70), {"hour": 2, "day": 3, "week": 3}),
        (timedelta(hours=23, minutes=59), {"hour": 1, "day": 4, "week": 4}),
        (timedelta(hours=26), {"hour": 1, "day": 2, "week": 5}),
        (timedelta(days=6, hours=23), {"hour": 1, "day": 1, "week": 6}),
        (timedelta(days=30), {"hour": 1, "day": 1, "week": 1}),
    ]:
        found = seen(who, 100, START + later)
        assert dict(found.counts) == counts
        assert dict(found.sums_fen) == {window: 100 * number for window, number in counts.items()}


@pytest.mark.django_db
def test_time_that_goes_back_counts_into_the_newest_slot(room: Listener) -> None:
    who = customer(verified_class=None)
    seen(who, 100, START)
    assert seen(who, 50, START - 2 * DAY).sums_fen[Window.HOUR] == 150
    assert RiskTally.objects.get().last_at == START


@pytest.mark.django_db
def test_an_act_that_comes_to_nothing_is_not_counted(room: Listener) -> None:
    who, payee = customer(verified_class=None), customer(verified_class=None)
    rule("amount", verdict="refuse", amount_fen=999)
    assert verdict(act(who, 1_000, payee=payee.id)) == "risk_refused"
    assert not RiskTally.objects.exists()
    assert not RiskPayee.objects.exists()
    assert seen(who, 1, START).counts[Window.DAY] == 1


@pytest.mark.django_db
def test_other_scenes_are_told_of_with_their_windows_turned(room: Listener) -> None:
    who = customer(verified_class=None)
    with transaction.atomic():
        known(act(who, 70, business=OTHER), START)
        found = known(act(who, 100), START + 2 * HOUR).facts.tallies
    assert (found[OTHER].counts[Window.HOUR], found[OTHER].sums_fen[Window.DAY]) == (0, 70)


@pytest.mark.django_db
def test_an_act_is_asked_about_in_one_statement_whatever_the_history(room: Listener) -> None:
    rule("velocity_count", window="week", most=10_000)
    who, payees = customer(verified_class=None), [customer(verified_class=None) for _ in range(3)]
    for number in range(120):
        ruling(act(who, 1, payee=payees[number % 3].id), at=START + number * HOUR)
    with transaction.atomic():
        assert len(queries_of(lambda: known(act(who, payee=payees[0].id), START + 120 * HOUR))) == 1
    assert (RiskTally.objects.count(), RiskPayee.objects.count(), RiskDecision.objects.count()) == (1, 3, 0)


@pytest.mark.django_db
def test_every_fact_is_found_by_the_index_that_is_named_for_it() -> None:
    named = {"payments_risktally_once", "payments_riskpayee_once", "payments_risklist_once", "payments_riskrule_dated"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [[*named, "accounts_device_shared"]])
        found = dict(cursor.fetchall())
    assert set(found) == {*named, "accounts_device_shared"}
    leading = {name: text.partition("USING btree (")[2].split(",")[0].rstrip(")") for name, text in found.items()}
    assert leading == {
        "payments_risktally_once": "customer_id",
        "payments_riskpayee_once": "customer_id",
        "payments_risklist_once": "key",
        "payments_riskrule_dated": "code",
        "accounts_device_shared": "installation_index",
    }


@pytest.mark.django_db
def test_an_account_that_closes_is_forgotten(room: Listener) -> None:
    who, other = customer(verified_class=None), customer(verified_class=None)
    for one in (who, other):
        ruling(act(one, payee=customer(verified_class=None).id))
    forgetting.erase(customer_id=who.id)
    assert RiskTally.objects.get().customer_id == RiskPayee.objects.get().customer_id == other.id


@pytest.mark.django_db
def test_a_tally_has_whole_rings(room: Listener) -> None:
    seen(customer(verified_class=None), 1, START)
    with pytest.raises(IntegrityError, match="payments_risktally_rings"), transaction.atomic():
        RiskTally.objects.update(hour_counts=[1])


@pytest.mark.django_db(transaction=True)
def test_of_forty_acts_at_once_exactly_as_many_pass_as_the_rule_lets_through(room: Listener) -> None:
    """The customer's very first acts, half of them in another scene: a count read before the others are written would let all pass."""
    rule("velocity_count", verdict="refuse", window="hour", most=7)
    who = customer(verified_class=None)
    at = clock.now()
    ended = together(lambda number: verdict(act(who, business=(SCENE, OTHER)[number % 2]), at=at), 40)
    assert sorted(ended) == ["allow"] * 7 + ["risk_refused"] * 33
    assert RiskDecision.objects.filter(verdict="refuse").count() == 33
    assert verdict(act(who), at=at + timedelta(minutes=70)) == "allow"


@pytest.mark.django_db(transaction=True)
def test_of_many_small_amounts_at_once_the_sum_stays_below_the_bound(room: Listener) -> None:
    rule("velocity_sum", verdict="refuse", window="day", amount_fen=1_000)
    who = customer(verified_class=None)
    assert together(lambda _: verdict(act(who, 130)), 20).count("allow") == 7


@pytest.mark.django_db(transaction=True)
def test_a_new_payee_paid_by_many_at_once_is_new_once(room: Listener) -> None:
    rule("new_payee", verdict="refuse", hours=24, amount_fen=500)
    who, payee = customer(verified_class=None), customer(verified_class=None)
    assert together(lambda _: verdict(act(who, 100, payee=payee.id)), 12).count("allow") == 5
    assert RiskPayee.objects.get().total_fen == 500

"""The limits of account classes: at the fen, at day and year turn in Shanghai, under a hundred threads at once, and given back."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.identity.models import Customer
from accounts.privacy import services as privacy
from accounts.verification import queries, services
from accounts.verification.models import OutflowLimit
from accounts.verification.services import NotVerified, OutflowLimitReached
from core.limits.models import LimitCounter
from tests.factories import AT, PIN, api, customer, new_phone, open_session, proof, unique_id_number
from tests.together import together

YEAR_END = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai


def pay(made: object, amount_fen: int, *, factors: int = 2, at: datetime = AT) -> int:
    return services.count_outflow(customer_id=made.id, amount_fen=amount_fen, factors=factors, at=at)


def spread(made: object, total_fen: int, *, at: datetime) -> None:
    """Pay `total_fen` out within a year, at most a day's cap a day."""
    while total_fen:
        part = min(total_fen, 500_000)
        pay(made, part, at=at)
        total_fen -= part
        at += timedelta(days=1)


@pytest.mark.django_db
def test_the_unverified_pay_nothing() -> None:
    with pytest.raises(NotVerified):
        pay(customer(verified_class=None, at=AT), 1)


@pytest.mark.django_db
def test_class_one_pays_a_thousand_yuan_in_its_life_and_not_a_fen_more() -> None:
    made = customer(verified_class=1, at=AT)
    pay(made, 99_999)
    pay(made, 1)
    with pytest.raises(OutflowLimitReached) as refused:
        pay(made, 1, at=AT + timedelta(days=3650))
    assert refused.value.members == {
        "account_class": 1,
        "period": "life",
        "one_factor": False,
        "cap_fen": 100_000,
        "remaining_fen": 0,
    }
    assert queries.outflow_used(made.id, AT)["life", False] == 100_000


@pytest.mark.django_db
@pytest.mark.parametrize(("account_class", "cap_fen"), [(2, 10_000_000), (3, 20_000_000)])
def test_the_year_cap_holds_to_the_fen_and_turns_at_midnight_in_shanghai(account_class: int, cap_fen: int) -> None:
    made = customer(verified_class=account_class, at=AT)
    spread(made, cap_fen - 1, at=datetime(2026, 1, 2, tzinfo=UTC))
    with pytest.raises(OutflowLimitReached) as refused:
        pay(made, 2, at=YEAR_END)
    assert (refused.value.members["period"], refused.value.members["remaining_fen"]) == ("year", 1)
    pay(made, 1, at=YEAR_END)
    with pytest.raises(OutflowLimitReached):
        pay(made, 1, at=YEAR_END)
    assert pay(made, 1, at=YEAR_END + timedelta(seconds=1)) == account_class


@pytest.mark.django_db
def test_a_day_takes_five_thousand_with_two_factors_and_one_thousand_with_one() -> None:
    made = customer(verified_class=2, at=AT)
    pay(made, 100_000, factors=1)
    with pytest.raises(OutflowLimitReached) as refused:
        pay(made, 1, factors=1)
    assert refused.value.members["one_factor"] is True
    pay(made, 400_000, factors=2)
    with pytest.raises(OutflowLimitReached):
        pay(made, 1, factors=2)
    late = datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)
    with pytest.raises(OutflowLimitReached):
        pay(made, 1, factors=2, at=late)
    pay(made, 500_000, factors=2, at=late + timedelta(seconds=1))


@pytest.mark.django_db
def test_a_refused_payment_counts_nowhere() -> None:
    made = customer(verified_class=2, at=AT)
    with pytest.raises(OutflowLimitReached):
        pay(made, 100_001, factors=1)
    assert set(queries.outflow_used(made.id, AT).values()) == {0}


@pytest.mark.django_db
def test_what_is_returned_may_be_paid_again_in_its_own_day() -> None:
    made = customer(verified_class=1, at=AT)
    pay(made, 100_000, factors=1)
    services.return_outflow(customer_id=made.id, amount_fen=40_000, factors=1, at=AT)
    assert set(queries.outflow_used(made.id, AT).values()) == {60_000}
    pay(made, 40_000, factors=1)
    with pytest.raises(OutflowLimitReached):
        pay(made, 1, factors=1)


@pytest.mark.django_db
def test_a_class_that_rises_keeps_what_was_counted() -> None:
    made = customer(verified_class=1, at=AT)
    pay(made, 100_000)
    for place in range(2):
        services.record_evidence(customer_id=made.id, kind="card", source=f"bank:{place}", reference=str(place), at=AT)
    pay(made, 400_000)
    assert queries.outflow_used(made.id, AT)["year", False] == 500_000


@pytest.mark.django_db
def test_a_later_row_changes_the_cap_from_its_day_on() -> None:
    made = customer(verified_class=1, at=AT)
    tomorrow = (AT + timedelta(days=1)).date()
    OutflowLimit.objects.create(account_class=1, period="life", starts_on=tomorrow, cap_fen=50_000, source="test", created_at=AT)
    pay(made, 50_000)
    with pytest.raises(OutflowLimitReached):
        pay(made, 1, at=AT + timedelta(days=1))


def close(made: Customer) -> None:
    session = open_session(made, at=AT).session
    token = proof(made, session, purpose="close_account", at=AT)
    privacy.close_account(customer_id=made.id, session_id=session.id, reason="", proof=token, nonce="n", at=AT)


@pytest.mark.django_db
def test_who_closes_the_account_and_opens_another_goes_on_where_they_were() -> None:
    phone, number = new_phone(), unique_id_number()
    first = customer(phone=phone, number=number, verified_class=1, pin=PIN, at=AT)
    pay(first, 99_999, factors=1)
    close(first)
    again = customer(phone=phone, number=number, verified_class=1, at=AT)
    assert set(queries.outflow_used(again.id, AT).values()) == {99_999}
    with pytest.raises(OutflowLimitReached) as refused:
        pay(again, 2, at=AT + timedelta(days=400))
    assert (refused.value.members["period"], refused.value.members["remaining_fen"]) == ("life", 1)
    pay(again, 1)


@pytest.mark.django_db
def test_another_person_with_the_phone_of_a_closed_account_begins_at_nothing() -> None:
    phone = new_phone()
    first = customer(phone=phone, verified_class=1, pin=PIN, at=AT)
    pay(first, 100_000)
    close(first)
    assert pay(customer(phone=phone, verified_class=1, at=AT), 100_000) == 1


@pytest.mark.django_db
def test_what_is_left_of_a_closed_account_names_neither_the_account_nor_the_number() -> None:
    number = unique_id_number()
    made = customer(number=number, verified_class=1, pin=PIN, at=AT)
    pay(made, 500)
    close(made)
    kept = LimitCounter.objects.filter(counter__startswith="outflow")
    assert sorted(kept.values_list("counter", "used")) == [("outflow:day", 500), ("outflow:life", 500), ("outflow:year", 500)]
    assert set(kept.values_list("owner", flat=True)) == {uuid.UUID(bytes=services.id_index(number)[:16])}
    assert not kept.filter(owner=made.id).exists()


CROSSINGS = [(1, 2, 3_000, 33, "life", 100_000), (2, 2, 15_000, 33, "day", 500_000), (2, 1, 3_000, 33, "day", 100_000)]


@pytest.mark.xdist_group("a hundred connections")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("account_class", "factors", "each_fen", "fitting", "period", "cap_fen"), CROSSINGS)
def test_a_hundred_threads_never_cross_the_cap(
    account_class: int, factors: int, each_fen: int, fitting: int, period: str, cap_fen: int
) -> None:
    made = customer(verified_class=account_class, at=AT)
    outcomes = together(lambda turn: pay(made, each_fen, factors=factors), 100)
    refused = [outcome for outcome in outcomes if isinstance(outcome, OutflowLimitReached)]
    assert (outcomes.count(account_class), len(refused)) == (fitting, 100 - fitting)
    assert {(one.members["period"], one.members["cap_fen"], one.members["one_factor"]) for one in refused} == {
        (period, cap_fen, factors == 1)
    }
    assert queries.outflow_used(made.id, AT)[period, factors == 1] == fitting * each_fen


@pytest.mark.django_db
def test_the_api_shows_each_cap_with_what_is_used_and_when_it_turns() -> None:
    made = customer(verified_class=1)
    services.count_outflow(customer_id=made.id, amount_fen=2_500, factors=1, at=made.created_at)
    shown = api(made).get("/v1/accounts/limits").json()
    life = next(row for row in shown["limits"] if row["period"] == "life")
    assert life == {"period": "life", "one_factor": False, "cap": 100_000, "used": 2_500, "remaining": 97_500, "renews_at": None}
    assert [row["cap"] for row in shown["limits"]] == [500_000, 100_000, 100_000]
    assert shown["next"]["checks_missing"] == 2


@pytest.mark.django_db
@pytest.mark.parametrize("bad", [{"account_class": 4}, {"period": "week"}, {"cap_fen": -1}, {"period": "year", "one_factor": True}])
def test_the_database_itself_refuses_a_limit_out_of_range(bad: dict[str, object]) -> None:
    good = {"account_class": 1, "period": "day", "starts_on": AT.date(), "cap_fen": 1, "source": "test", "created_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        OutflowLimit.objects.create(**(good | bad))

"""The real-name check: its states, one person one account, classes from evidence, and its API."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.verification import classes, queries, services
from accounts.verification.id_numbers import check_character, read_id_number
from accounts.verification.models import IdentityClaim, RealName, RealNameCheck
from accounts.verification.sockets import VERIFIERS, VerifyResult
from accounts.verification.tasks import ask_due
from core.errors import Invalid, TooManyRequests
from core.outbox.models import OutboxEvent
from core.outbox.services import publish, run_pending
from tests.factories import AT, NAMES, RecordingVerifier, api, customer, id_number, plugged, unique_id_number
from tests.together import together


@pytest.fixture(autouse=True)
def verifier() -> Iterator[RecordingVerifier]:
    with plugged(VERIFIERS, RecordingVerifier()) as authority:
        yield authority


def requested(made: object, *, number: str | None = None, at: object = AT) -> RealNameCheck:
    return services.request_check(customer_id=made.id, name=NAMES[0], id_number=number or unique_id_number(), at=at)


def test_the_check_character_follows_iso_7064() -> None:
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


@pytest.mark.parametrize(
    "bad",
    [
        "110105194912310021",
        "11010519491331002X",
        "1101051949123100",
        "010105194912310020",
        "11010529491231002X",
        "１１０１０５19491231002X",
    ],
)
def test_a_number_of_wrong_shape_check_or_birthday_is_refused_without_echoing_it(bad: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_id_number(bad, today=date(2026, 3, 2))
    assert refused.value.field == "id_number"
    assert bad not in str(refused.value)


def test_age_turns_on_the_birthday() -> None:
    number = read_id_number(id_number(1, date(2010, 3, 2)), today=date(2026, 3, 2))
    assert (number.age_on(date(2026, 3, 1)), number.age_on(date(2026, 3, 2))) == (15, 16)


@pytest.mark.django_db
def test_somebody_of_fifteen_is_refused_and_nothing_is_asked(verifier: RecordingVerifier) -> None:
    made = customer(verified_class=None, at=AT)
    with pytest.raises(services.TooYoung):
        requested(made, number=id_number(1, date(2010, 3, 3)))
    requested(made, number=id_number(1, date(2010, 3, 2)))
    assert verifier.asked == []


@pytest.mark.django_db
def test_a_match_proves_the_name_and_gives_class_one(verifier: RecordingVerifier) -> None:
    made = customer(verified_class=None, at=AT)
    check = requested(made)
    done = services.ask(check_id=check.id, at=AT)
    assert (done.state, queries.account_class(made.id)) == ("matched", 1)
    assert queries.real_name(made.id).name == NAMES[0]
    assert verifier.asked == [{"name": NAMES[0], "id_number": check.id_number, "mobile": made.phone, "request_no": check.id.hex}]
    with pytest.raises(services.AlreadyVerified):
        requested(made)


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [VerifyResult.MISMATCH, VerifyResult.NOT_FOUND])
def test_a_mismatch_proves_nothing_and_the_customer_may_try_again(answer: VerifyResult, verifier: RecordingVerifier) -> None:
    made = customer(verified_class=None, at=AT)
    verifier.answer = answer
    done = services.ask(check_id=requested(made).id, at=AT)
    assert (done.state, done.code, queries.account_class(made.id)) == ("mismatched", answer.value, 0)
    assert requested(made).state == "created"


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [VerifyResult.UNAVAILABLE, VerifyResult.UNKNOWN])
def test_no_answer_is_asked_for_again_with_the_same_number_by_the_job(answer: VerifyResult, verifier: RecordingVerifier) -> None:
    made = customer(verified_class=None)
    check = requested(made, at=made.created_at)
    verifier.answer = answer
    asked = services.ask(check_id=check.id, at=made.created_at)
    assert (asked.state, asked.next_attempt_at) == (answer.value, made.created_at + timedelta(minutes=1))
    assert ask_due() == 0, "not before its time"
    RealNameCheck.objects.update(next_attempt_at=made.created_at)
    verifier.answer = VerifyResult.MATCH
    assert ask_due() == 1
    assert queries.account_class(made.id) == 1
    assert {asked["request_no"] for asked in verifier.asked} == {check.id.hex}


@dataclass
class StumblingVerifier(RecordingVerifier):
    """Breaks on one person's check and answers all others."""

    stumbles_over: str = ""

    def verify(self, *, name: str, id_number: str, mobile: str, request_no: str) -> VerifyResult:
        if mobile == self.stumbles_over:
            raise RuntimeError("a plug with a bug")
        return super().verify(name=name, id_number=id_number, mobile=mobile, request_no=request_no)


@pytest.mark.django_db
def test_a_check_the_verifier_breaks_on_stops_no_other() -> None:
    people = [customer(verified_class=None) for _ in range(3)]
    checks = [requested(made, at=made.created_at) for made in people]
    RealNameCheck.objects.update(next_attempt_at=people[0].created_at)
    for broken in (people[0], people[2]):
        with plugged(VERIFIERS, StumblingVerifier(stumbles_over=broken.phone)):
            ask_due()
    states = {check.id: check.state for check in RealNameCheck.objects.all()}
    assert [states[check.id] for check in checks] == ["sent", "matched", "matched"]


@pytest.mark.django_db
def test_a_check_whose_asker_died_is_asked_again_after_two_minutes(verifier: RecordingVerifier) -> None:
    check = requested(customer(verified_class=None, at=AT))
    services.mark_sent(check.id, AT)
    early = services.ask(check_id=check.id, at=AT + timedelta(seconds=119))
    assert (early.state, verifier.asked) == ("sent", [])
    assert services.ask(check_id=check.id, at=AT + timedelta(seconds=120)).state == "matched"


@pytest.mark.django_db
def test_a_check_never_answered_ends_abandoned(verifier: RecordingVerifier) -> None:
    check, at = requested(customer(verified_class=None, at=AT)), AT
    verifier.answer = VerifyResult.UNKNOWN
    for _ in range(8):
        row = services.ask(check_id=check.id, at=at)
        at += timedelta(days=2)
    assert (row.state, row.next_attempt_at, len(verifier.asked)) == ("abandoned", None, 7)


@pytest.mark.django_db
def test_one_identity_number_has_one_verified_account() -> None:
    number = unique_id_number()
    first, second = customer(verified_class=1, number=number, at=AT), customer(verified_class=None, at=AT)
    done = services.ask(check_id=requested(second, number=number).id, at=AT)
    assert (done.state, done.code, queries.account_class(second.id)) == ("mismatched", "identity_taken", 0)
    assert queries.account_class(first.id) == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_accounts_claiming_one_identity_at_once_one_is_verified() -> None:
    number = unique_id_number()
    checks = [requested(customer(verified_class=None, at=AT), number=number) for _ in range(8)]
    outcomes = together(lambda turn: services.ask(check_id=checks[turn].id, at=AT), 8)
    assert sorted(row.state for row in outcomes) == ["matched"] + ["mismatched"] * 7
    assert (RealName.objects.count(), IdentityClaim.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_check_asked_by_six_at_once_reaches_the_verifier_once(verifier: RecordingVerifier) -> None:
    check = requested(customer(verified_class=None, at=AT))
    together(lambda turn: services.ask(check_id=check.id, at=AT), 6)
    assert len(verifier.asked) == 1


@pytest.mark.django_db
def test_the_verifier_is_never_called_inside_a_transaction() -> None:
    check = requested(customer(verified_class=None, at=AT))
    with transaction.atomic(), pytest.raises(RuntimeError):
        services.ask(check_id=check.id, at=AT)


@pytest.mark.django_db
def test_a_second_open_check_is_refused_also_by_the_database_and_five_a_day_are_enough(verifier: RecordingVerifier) -> None:
    made = customer(verified_class=None, at=AT)
    check = requested(made)
    with pytest.raises(services.CheckRunning):
        requested(made)
    copy = RealNameCheck.objects.get()
    copy.pk = services.new_id()
    copy.name = copy.id_number = "x"
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)
    verifier.answer = VerifyResult.MISMATCH
    services.ask(check_id=check.id, at=AT)
    for _ in range(4):
        services.ask(check_id=requested(made).id, at=AT)
    with pytest.raises(TooManyRequests):
        requested(made)


@pytest.mark.django_db
def test_the_database_itself_refuses_a_move_that_is_not_in_the_table() -> None:
    requested(customer(verified_class=None, at=AT))
    with pytest.raises(IntegrityError), transaction.atomic():
        RealNameCheck.objects.update(state="matched")


@pytest.mark.parametrize(("banks", "expected"), [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_the_class_counts_independent_sources(banks: int, expected: int) -> None:
    rules = {1: classes.Rule(1, 16, ""), 2: classes.Rule(3, 16, ""), 3: classes.Rule(5, 16, "")}
    checks = [classes.Check("real_name", "verifier", AT), *(classes.Check("card", f"bank:{place}", AT) for place in range(banks))]
    assert classes.class_of(checks, rules) == expected
    assert classes.class_of([*checks, *checks[1:]], rules) == expected, "a second card of one bank adds nothing"
    assert classes.class_of(checks[1:], rules) == 0, "without a proven name there is no class"


@pytest.mark.django_db
def test_bound_cards_raise_the_class_and_an_unbound_one_lowers_it_once_however_often_told() -> None:
    made = customer(verified_class=1, at=AT)
    for place in range(2):
        publish(
            topic="card.bound", owner=made.id, payload={"customer_id": str(made.id), "card_id": f"c{place}", "bank": f"B{place}"}, at=AT
        )
    run_pending(at=AT)
    run_pending(at=AT)
    assert queries.account_class(made.id) == 2
    publish(topic="card.unbound", owner=made.id, payload={"customer_id": str(made.id), "card_id": "c0", "bank": "B0"}, at=AT)
    run_pending(at=AT)
    assert queries.account_class(made.id) == 1
    told = OutboxEvent.objects.filter(topic__in=["customer.verified", "customer.class_lowered"]).order_by("id")
    assert [(event.topic, event.payload["account_class"]) for event in told] == [
        ("customer.verified", 1),
        ("customer.verified", 2),
        ("customer.class_lowered", 1),
    ]


@pytest.mark.django_db
def test_the_api_proves_a_name_and_tells_what_is_missing_for_the_next_class() -> None:
    client = api(customer(verified_class=None))
    before = client.get("/v1/accounts/verification").json()
    assert (before["account_class"], before["next"]["what_to_do"], before["latest_check"]) == (0, ["verify_real_name"], None)
    number = unique_id_number()
    answer = client.post("/v1/accounts/verification", {"name": NAMES[0], "id_number": number})
    assert (answer.status_code, answer.json()["state"]) == (201, "matched")
    after = client.get("/v1/accounts/verification").json()
    assert (after["account_class"], after["name"], after["id_number"]) == (1, "**满", f"1{'*' * 16}{number[-1]}")
    assert after["next"] | {"rule": ""} == {
        "account_class": 2,
        "checks_needed": 3,
        "checks_missing": 2,
        "what_to_do": ["bind_card_of_another_bank"],
        "rule": "",
    }


@pytest.mark.django_db
def test_a_repeated_request_is_answered_again_and_asks_nobody(verifier: RecordingVerifier) -> None:
    client = api(customer(verified_class=None))
    body = {"name": NAMES[0], "id_number": unique_id_number()}
    first = client.post("/v1/accounts/verification", body, key="one")
    again = client.post("/v1/accounts/verification", body, key="one")
    assert (first.content, again.headers["Idempotent-Replayed"], len(verifier.asked)) == (again.content, "true", 1)

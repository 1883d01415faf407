"""Every effect happens once: the promises of the Idempotency-Key, over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from rest_framework.test import APIClient

from core.clock import queries as clock
from core.clock import services as clock_services
from core.idempotency import services
from core.idempotency.models import IdempotencyRecord
from core.idempotency.tasks import forget_old
from core.limits import queries as limits
from core.limits.services import take
from core.transactions import in_one_transaction
from tests.core.effect_urls import ANSWERS, EFFECTS, MEETING, OTHERS, OUTSIDE_SAYS, effects
from tests.together import together

pytestmark = [pytest.mark.urls("tests.core.effect_urls"), pytest.mark.django_db]
ADDITIONS = "/v1/tests/additions"
OUTSIDE = "/v1/tests/outside"


@pytest.fixture(autouse=True)
def outside_answers() -> Iterator[None]:
    clock.offset.forget()
    ANSWERS["outside"] = "success"
    OUTSIDE_SAYS.clear()
    yield
    clock.offset.forget()


def post(key: str | None, amount: Any = 5, *, path: str = ADDITIONS, who: str = "cus:a") -> Any:
    client = APIClient(raise_request_exception=False)
    headers = {"X-Principal": who} | ({"Idempotency-Key": key} if key is not None else {})
    return client.post(path, {"amount_fen": amount}, format="json", headers=headers)


def keys() -> int:
    return IdempotencyRecord.objects.count()


def test_a_repeat_is_answered_byte_for_byte_and_says_so() -> None:
    first, second = post("k1"), post("k1")
    assert (first.status_code, second.status_code, effects()) == (201, 201, 5)
    assert second.content == first.content
    assert "转账成功".encode() in second.content
    assert second["Content-Type"] == first["Content-Type"]
    assert (first.get("Idempotent-Replayed"), second["Idempotent-Replayed"]) == (None, "true")


def test_the_answer_and_the_effect_are_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(**_: Any) -> None:
        raise RuntimeError("the process ends between effect and answer")

    with monkeypatch.context() as patch:
        patch.setattr(services, "finish", break_down)
        assert post("k1").status_code == 500
    assert (effects(), keys()) == (0, 0)
    assert post("k1").status_code == 201
    assert effects() == 5


def test_another_body_with_the_same_key_is_refused() -> None:
    post("k1", 5)
    answer = post("k1", 6)
    assert (answer.status_code, answer.json()["code"], effects()) == (422, "idempotency_key_reused", 5)


def test_another_address_with_the_same_key_is_refused() -> None:
    post("k1")
    answer = post("k1", path="/v1/tests/others")
    assert (answer.status_code, answer.json()["code"], effects()) == (422, "idempotency_key_reused", 5)


def test_the_same_key_of_another_person_is_another_key_and_leaks_nothing() -> None:
    mine, theirs = post("k1", 5, who="cus:a"), post("k1", 7, who="cus:b")
    assert (theirs.status_code, effects()) == (201, 12)
    assert theirs.get("Idempotent-Replayed") is None
    assert mine.json()["id"] not in theirs.content.decode()
    assert post("k1", 5, who="cus:b").status_code == 422


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_missing"),
        ("x" * 256, "idempotency_key_malformed"),
        ("line\tbreak", "idempotency_key_malformed"),
    ],
)
def test_a_missing_or_malformed_key_is_refused_before_anything_happens(key: str | None, code: str) -> None:
    answer = post(key)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert (effects(), keys()) == (0, 0)


def test_a_key_of_255_characters_is_taken() -> None:
    assert post("x" * 255).status_code == 201


def test_a_validation_error_does_not_burn_the_key() -> None:
    refused = post("k1", 0)
    assert (refused.status_code, refused.json()["code"], keys()) == (422, "validation_failed", 0)
    assert refused.json()["errors"][0]["field"] == "amount_fen"
    assert (post("k1", 5).status_code, effects()) == (201, 5)


def test_a_refusal_does_not_burn_the_key() -> None:
    refused = post("k1", 1001)
    assert (refused.status_code, refused.json()["code"], refused.json()["remaining"]) == (409, "limit_reached", 1000)
    assert (effects(), keys()) == (0, 0)
    assert (post("k1", 5).status_code, effects()) == (201, 5)


def test_a_stranger_is_refused_before_the_key_is_looked_at() -> None:
    answer = APIClient().post(ADDITIONS, {"amount_fen": 5}, format="json", headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["code"], keys(), effects()) == (401, "not_authenticated", 0, 0)


@pytest.mark.django_db(transaction=True)
def test_fifty_threads_with_one_key_have_one_effect_and_the_rest_replays_or_is_told_to_wait(live_server: Any) -> None:
    def send(_: int) -> httpx.Response:
        headers = {"X-Principal": "cus:a", "Idempotency-Key": "race"}
        return httpx.post(f"{live_server.url}{ADDITIONS}", json={"amount_fen": 5}, headers=headers, timeout=50)

    live_server.thread.httpd.socket.listen(128)
    answers = together(send, 50)
    done = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    fresh = [answer for answer in done if "Idempotent-Replayed" not in answer.headers]
    assert (len(done) + len(waiting), len(fresh), effects(), keys()) == (50, 1, 5, 1)
    assert {answer.content for answer in done} == {fresh[0].content}
    assert {answer.json()["code"] for answer in waiting} <= {"idempotency_key_running"}
    assert send(0).headers["Idempotent-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_a_key_held_by_a_slow_transaction_is_answered_409_in_time_and_replayed_afterwards(live_server: Any) -> None:
    headers = {"X-Principal": "cus:a", "Idempotency-Key": "slow"}
    with transaction.atomic():
        services.claim(owner="cus:a", key="slow", fingerprint=b"x" * 32, at=clock.now())
        answer = httpx.post(f"{live_server.url}{ADDITIONS}", json={"amount_fen": 5}, headers=headers, timeout=30)
        transaction.set_rollback(True)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_running")
    assert answer.elapsed < timedelta(seconds=10)
    assert httpx.post(f"{live_server.url}{ADDITIONS}", json={"amount_fen": 5}, headers=headers, timeout=30).status_code == 201
    assert effects() == 5


@pytest.mark.django_db(transaction=True)
def test_an_effect_that_waits_too_long_for_a_lock_is_answered_503_and_may_be_repeated(live_server: Any) -> None:
    headers = {"X-Principal": "cus:a", "Idempotency-Key": "k1"}
    post("first", 5)
    with transaction.atomic():
        take(counter="tests.effects", owner=EFFECTS, period="life", amount=1, cap=1000)
        answer = httpx.post(f"{live_server.url}{ADDITIONS}", json={"amount_fen": 5}, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "unavailable", "1")
    assert (effects(), keys()) == (6, 1)
    assert httpx.post(f"{live_server.url}{ADDITIONS}", json={"amount_fen": 5}, headers=headers, timeout=30).status_code == 201
    assert effects() == 11


@pytest.mark.django_db(transaction=True)
def test_an_effect_with_an_outside_party_is_replayed_with_what_the_outside_said() -> None:
    first, second = post("k1", path=OUTSIDE), post("k1", path=OUTSIDE)
    assert (first.status_code, first.json()["outside"], second.content, effects()) == (201, "success", first.content, 5)
    assert second["Idempotent-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_an_abandoned_run_is_still_running_for_sixty_seconds_and_then_picked_up_without_a_second_effect() -> None:
    ANSWERS["outside"] = "crash"
    assert post("k1", path=OUTSIDE).status_code == 500
    record = IdempotencyRecord.objects.get()
    assert (record.state, effects()) == ("running", 5)
    ANSWERS["outside"] = "unknown"
    early = post("k1", path=OUTSIDE)
    assert (early.status_code, early.json()["code"]) == (409, "idempotency_key_running")
    clock_services.move_to(at=record.started_at + timedelta(seconds=61))
    late = post("k1", path=OUTSIDE)
    assert (late.status_code, late.json()["outside"], late.json()["id"], effects()) == (201, "unknown", record.resource, 5)
    assert late.get("Idempotent-Replayed") is None
    again = post("k1", path=OUTSIDE)
    assert (again.content, again["Idempotent-Replayed"], effects()) == (late.content, "true", 5)


@pytest.mark.django_db(transaction=True)
def test_ten_threads_that_find_an_abandoned_run_pick_it_up_once() -> None:
    ANSWERS["outside"] = "crash"
    post("k1", path=OUTSIDE)
    ANSWERS["outside"] = "success"
    clock_services.move_to(at=clock.now() + timedelta(seconds=61))
    answers = together(lambda _: post("k1", path=OUTSIDE), 10)
    fresh = [answer for answer in answers if answer.status_code == 201 and not answer.get("Idempotent-Replayed")]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert (len(fresh), effects()) == (1, 5)


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_was_given_is_not_overwritten_by_a_run_that_was_slower() -> None:
    ANSWERS["outside"] = "crash"
    post("k1", path=OUTSIDE)
    slow = IdempotencyRecord.objects.get()
    clock_services.move_to(at=slow.started_at + timedelta(seconds=61))
    ANSWERS["outside"] = "success"
    given = post("k1", path=OUTSIDE)
    assert services.finish(record=slow, status=201, body="{}") is False
    assert services.answer(record=slow).record.body.encode() == given.content
    assert post("k1", path=OUTSIDE).content == given.content


@pytest.mark.django_db(transaction=True)
def test_a_run_overtaken_while_it_asked_outside_answers_what_was_answered_first() -> None:
    answered: dict[str, Any] = {}

    def overtaken() -> str:
        ANSWERS["outside"] = "quick"
        clock_services.move_to(at=clock.now() + timedelta(seconds=61))
        answered["first"] = post("k1", path=OUTSIDE)
        return "slow"

    OUTSIDE_SAYS.append(overtaken)
    late = post("k1", path=OUTSIDE)
    assert answered["first"].json()["outside"] == "quick"
    assert (late.content, late["Idempotent-Replayed"], effects()) == (answered["first"].content, "true", 5)


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_of_two_effects_reaches_neither_caller() -> None:
    MEETING.reset()
    take(counter="tests.effects", owner=OTHERS, period="life", amount=1, cap=1000)
    take(counter="tests.effects", owner=EFFECTS, period="life", amount=1, cap=1000)
    answers = together(lambda number: post(f"k{number}", 3 + number, path="/v1/tests/crossings"), 2)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert effects() == limits.used(counter="tests.effects", owner=OTHERS, period="life") == 1 + 3 + 4
    assert [post(f"k{number}", 3 + number, path="/v1/tests/crossings")["Idempotent-Replayed"] for number in (0, 1)] == ["true", "true"]


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_a_deadlock_goes_up() -> None:
    tries = 0

    def broken_off() -> None:
        nonlocal tries
        tries += 1
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'broken off' USING ERRCODE = 'deadlock_detected'; END $$")

    with pytest.raises(OperationalError), transaction.atomic():
        in_one_transaction(broken_off)
    assert tries == 1
    with pytest.raises(OperationalError):
        in_one_transaction(broken_off)
    assert tries == 5


def test_answers_are_kept_seven_days_and_then_forgotten() -> None:
    post("old")
    post("young")
    IdempotencyRecord.objects.filter(key="old").update(started_at=clock.now() - timedelta(days=7, seconds=1))
    IdempotencyRecord.objects.filter(key="young").update(started_at=clock.now() - timedelta(days=6, hours=23))
    assert forget_old() == 1
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["young"]
    assert post("young")["Idempotent-Replayed"] == "true"


def test_forgetting_goes_in_batches() -> None:
    for number in range(5):
        post(f"k{number}", 1)
    at = clock.now() + timedelta(days=8)
    assert [services.forget_old(at=at, batch=2) for _ in range(4)] == [2, 2, 1, 0]


def test_the_database_refuses_a_second_record_of_a_key_and_an_answer_without_a_status() -> None:
    post("k1")
    record = IdempotencyRecord.objects.get()
    with pytest.raises(IntegrityError, match="core_idempotency_key"), transaction.atomic():
        IdempotencyRecord.objects.create(owner=record.owner, key=record.key, fingerprint=b"x" * 32, started_at=record.started_at)
    with pytest.raises(IntegrityError, match="core_idempotency_answer"), transaction.atomic():
        IdempotencyRecord.objects.filter(pk=record.pk).update(status=None)

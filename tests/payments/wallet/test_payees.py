"""Nobody reads the directory by trying numbers: look-ups are counted, misses sooner, and a missing approval is told first."""

import uuid
from datetime import timedelta

import pytest

from accounts.identity.models import Customer, DeviceSession
from accounts.security.models import StepUpProof
from core.clock.queries import local_day, now
from core.limits import queries as limits
from core.limits import services as counters
from payments.wallet.models import Transfer
from payments.wallet.services import transfers
from payments.wallet.services.payees import INSTALLATION, LOOKUP, MISS
from tests.factories import Client, api, new_phone, open_session
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.world import freeze, holder, open_day, posted, proven
from tests.together import together

pytestmark = pytest.mark.django_db
ROOT = "/v1/payments/wallet"
PIN_FREE_FEN, PIN_FREE_A_DAY = 20_000, 10


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def look(client: Client, phone: str) -> tuple[int, str]:
    answer = client.post(f"{ROOT}/payees", {"phone": phone})
    return answer.status_code, answer.json().get("code", "")


def send(client: Client, phone: str, fen: int, *, proof: str = "", key: str | None = None) -> tuple[int, str]:
    answer = client.post(f"{ROOT}/transfers", {"to": {"phone": phone}, "amount": fen, "proof": proof}, key=key)
    return answer.status_code, answer.json().get("code", "")


def used(counter: str, owner: uuid.UUID) -> int:
    return limits.used(counter=counter, owner=owner, period=local_day(now()).isoformat())


def use(counter: str, owner: uuid.UUID, amount: int) -> None:
    counters.take(counter=counter, owner=owner, period=local_day(now()).isoformat(), amount=amount, cap=10**6)


def installation_of(session: DeviceSession | None) -> uuid.UUID:
    assert session is not None
    return uuid.UUID(bytes=bytes(session.device.installation_index)[:16])


def counted(who: Customer, client: Client) -> tuple[int, int, int, int]:
    """Look-ups and misses of the customer, then of the installation."""
    there = installation_of(client.session)
    return used(LOOKUP, who.id), used(MISS, who.id), used(LOOKUP, there), used(MISS, there)


def test_a_look_up_that_finds_somebody_is_no_miss_and_one_that_does_not_is() -> None:
    ann, bob, frozen = holder(), holder(), holder()
    freeze(frozen)
    client = api(ann)
    assert look(client, bob.phone) == (200, "")
    assert counted(ann, client) == (1, 0, 1, 0)
    assert look(client, new_phone()) == look(client, frozen.phone) == (404, "not_found")
    assert counted(ann, client) == (3, 2, 3, 2)
    assert look(client, "12") == (422, "invalid")
    assert counted(ann, client) == (4, 2, 4, 2)


def test_a_customers_look_ups_end_after_a_hundred_a_day_and_come_back_the_next() -> None:
    ann, bob = holder(), holder()
    client = api(ann)
    use(LOOKUP, ann.id, 99)
    assert look(client, bob.phone) == (200, "")
    answer = client.post(f"{ROOT}/payees", {"phone": bob.phone})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer["Retry-After"]) <= 86_401
    assert counted(ann, client) == (100, 0, 1, 0)
    assert look(api(holder()), bob.phone) == (200, "")


def test_twenty_numbers_that_lead_nowhere_end_the_days_look_ups_even_of_somebody_who_is_there() -> None:
    ann, bob = holder(10_000), holder()
    client = api(ann)
    for _ in range(20):
        assert look(client, new_phone()) == (404, "not_found")
    assert look(client, bob.phone) == look(client, new_phone()) == (429, "too_many_requests")
    assert send(client, bob.phone, 100) == (429, "too_many_requests")
    by_id = client.post(f"{ROOT}/transfers", {"to": {"customer_id": bob.public_id}, "amount": 100})
    assert by_id.status_code == 201
    assert counted(ann, client) == (20, 20, 20, 20)


def test_an_installation_has_twice_as_many_over_all_accounts_in_it() -> None:
    bob = holder()
    one, other = api(holder(), installation="shared"), api(holder(), installation="shared")
    there = installation_of(one.session)
    assert there == installation_of(other.session)
    use(LOOKUP, there, INSTALLATION.lookups.usual - 1)
    assert look(one, bob.phone) == (200, "")
    assert look(other, bob.phone) == (429, "too_many_requests")
    elsewhere = api(holder(), installation="another")
    use(MISS, installation_of(elsewhere.session), INSTALLATION.misses.usual - 1)
    assert look(elsewhere, new_phone()) == (404, "not_found")
    assert look(elsewhere, bob.phone) == (429, "too_many_requests")


def test_a_transfer_by_phone_counts_as_a_look_up_and_reads_alike_for_nobody_and_one_who_cannot_receive() -> None:
    ann, bob, frozen = holder(10_000), holder(), holder()
    freeze(frozen)
    client = api(ann)
    assert send(client, new_phone(), 100) == send(client, frozen.phone, 100) == (404, "not_found")
    assert counted(ann, client) == (2, 2, 2, 2)
    by_id = client.post(f"{ROOT}/transfers", {"to": {"customer_id": frozen.public_id}, "amount": 100})
    assert (by_id.status_code, by_id.json()["code"]) == (409, "payee_cannot_receive")
    assert send(client, bob.phone, 100) == (201, "")
    assert counted(ann, client) == (3, 2, 3, 2)
    use(LOOKUP, ann.id, 97)
    assert send(client, bob.phone, 100) == (429, "too_many_requests")
    assert (posted(ann), posted(bob), posted(frozen)) == (9_900, 100, 0)
    assert_books_balance()


def test_a_repeat_gets_its_answer_after_the_days_look_ups_are_used_up_and_counts_none() -> None:
    ann, bob = holder(10_000), holder()
    client = api(ann)
    body = {"to": {"phone": bob.phone}, "amount": 100}
    first = client.post(f"{ROOT}/transfers", body, key="lunch")
    use(LOOKUP, ann.id, 99)
    again = client.post(f"{ROOT}/transfers", body, key="lunch")
    assert (again.status_code, again.content, again["Idempotent-Replayed"]) == (201, first.content, "true")
    other = client.post(f"{ROOT}/transfers", {"to": {"phone": new_phone()}, "amount": 100}, key="lunch")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert counted(ann, client) == (100, 0, 1, 0)
    assert (posted(ann), posted(bob)) == (9_900, 100)


def test_without_an_approval_a_transfer_tells_nothing_of_the_number() -> None:
    ann, bob, frozen = holder(100_000, pin=True), holder(), holder()
    freeze(frozen)
    client = api(ann)
    elsewhere = open_session(ann, installation="elsewhere").session
    numbers = (bob.phone, frozen.phone, new_phone())
    assert {send(client, number, PIN_FREE_FEN + 1) for number in numbers} == {(403, "step_up_needed")}
    assert {send(client, number, 30_000, proof="prf_06a1m5x9q0e7z8r2k4w6t1y3v5") for number in numbers} == {(403, "proof_mismatch")}
    for facts in ({"amount_fen": 30_001}, {"purpose": "withdraw"}, {"session": elsewhere}):
        given = proven(ann, **({"amount_fen": 30_000, "payee": bob.public_id, "session": client.session} | facts))
        assert {send(client, number, 30_000, proof=given.token, key=given.nonce) for number in numbers} == {(403, "proof_mismatch")}
    use("pin_free", ann.id, PIN_FREE_A_DAY)
    assert {send(client, number, 1) for number in numbers} == {(403, "step_up_needed")}
    assert (used(MISS, ann.id), Transfer.objects.count(), posted(ann)) == (0, 0, 100_000)


def test_a_proof_used_or_too_old_is_told_before_the_number_is_looked_up() -> None:
    ann, bob = holder(100_000, pin=True), holder()
    client = api(ann)
    used_up, old = (proven(ann, amount_fen=30_000, payee=bob.public_id, session=client.session) for _ in range(2))
    transfers.send(intent=used_up, payee_id=bob.id, amount_fen=30_000, remark="", at=now())
    StepUpProof.objects.filter(used_at=None).update(created_at=now() - timedelta(minutes=6), expires_at=now() - timedelta(minutes=1))
    for given in (used_up, old):
        ended = {send(client, number, 30_000, proof=given.token, key=given.nonce) for number in (bob.phone, new_phone())}
        assert ended == {(403, "proof_expired")}
    assert (posted(ann), posted(bob), used(MISS, ann.id)) == (70_000, 30_000, 0)


def test_a_proof_for_another_payee_moves_nothing() -> None:
    ann, bob, eve = holder(100_000, pin=True), holder(), holder()
    client = api(ann)
    given = proven(ann, amount_fen=30_000, payee=bob.public_id, session=client.session)
    assert send(client, eve.phone, 30_000, proof=given.token, key=given.nonce) == (403, "proof_mismatch")
    assert (posted(ann), posted(eve), Transfer.objects.count()) == (100_000, 0, 0)
    assert send(client, bob.phone, 30_000, proof=given.token, key=given.nonce) == (201, "")


@pytest.mark.django_db(transaction=True)
def test_many_guesses_together_pass_no_cap() -> None:
    ann, bob = holder(), holder()
    token = api(ann)._credentials["HTTP_AUTHORIZATION"]

    def guess(_: int) -> tuple[int, str]:
        client = Client()
        client.credentials(HTTP_AUTHORIZATION=token)
        return look(client, new_phone())

    ended = together(guess, 26)
    assert ended.count((404, "not_found")) == 20
    assert ended.count((429, "too_many_requests")) == 6
    assert (used(MISS, ann.id), used(LOOKUP, ann.id)) == (20, 20)
    assert look(api(ann), bob.phone) == (429, "too_many_requests")

"""The wallet over HTTP: payees, transfers, ids of others, the frozen, quotes."""

import pytest

from payments.wallet.models import Transfer
from tests.factories import api
from tests.payments.wallet.world import freeze, holder, open_day, posted, proven, terms
from tests.query_counts import queries_of

pytestmark = pytest.mark.django_db
ROOT = "/v1/payments/wallet"


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def test_a_payee_is_found_by_phone_and_by_id_and_shown_masked() -> None:
    ann, bob = holder(), holder()
    client = api(ann)
    by_phone = client.post(f"{ROOT}/payees", {"phone": bob.phone}).json()
    assert by_phone == client.post(f"{ROOT}/payees", {"customer_id": bob.public_id}).json()
    assert (by_phone["customer_id"], by_phone["name"]) == (bob.public_id, "**满")
    assert "****" in by_phone["phone"]
    assert bob.phone not in by_phone["phone"]


def test_an_unknown_number_a_frozen_payee_and_a_malformed_id_are_not_found_alike() -> None:
    ann, bob = holder(), holder()
    freeze(bob)
    client = api(ann)
    for body in ({"phone": "19911112222"}, {"phone": bob.phone}, {"customer_id": "cus_x"}):
        answer = client.post(f"{ROOT}/payees", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.post(f"{ROOT}/payees", {}).status_code == 422
    assert client.post(f"{ROOT}/payees", {"phone": bob.phone, "customer_id": bob.public_id}).status_code == 422


def test_a_transfer_by_phone_with_a_proof_and_its_replay() -> None:
    ann, bob = holder(100_000, pin=True), holder()
    client = api(ann)
    given = proven(ann, amount_fen=30_000, payee=bob.public_id, session=client.session)
    body = {"to": {"phone": bob.phone}, "amount": 30_000, "remark": "rent", "proof": given.token}
    first = client.post(f"{ROOT}/transfers", body, key=given.nonce)
    assert (first.status_code, first.json()["state"], first.json()["payee_id"]) == (201, "succeeded", bob.public_id)
    again = client.post(f"{ROOT}/transfers", body, key=given.nonce)
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert (posted(ann), posted(bob), Transfer.objects.count()) == (70_000, 30_000, 1)
    without = client.post(f"{ROOT}/transfers", {"to": {"phone": bob.phone}, "amount": 30_000})
    assert (without.status_code, without.json()["code"]) == (403, "step_up_needed")
    assert (without.json()["purpose"], without.json()["amount"], "payee" in without.json()) == ("transfer", 30_000, False)
    known = client.post(f"{ROOT}/transfers", {"to": {"customer_id": bob.public_id}, "amount": 30_000}).json()
    assert [known[name] for name in ("purpose", "amount", "currency", "payee")] == ["transfer", 30_000, "CNY", bob.public_id]


def test_an_offer_is_taken_by_its_payee_and_by_nobody_else() -> None:
    ann, bob, eve = holder(10_000), holder(), holder()
    body = {"to": {"customer_id": bob.public_id}, "amount": 500, "mode": "acceptance"}
    offered = api(ann).post(f"{ROOT}/transfers", body).json()
    address = f"{ROOT}/transfers/{offered['id']}"
    assert api(eve).get(address).status_code == 404
    assert api(eve).post(f"{address}/accept").status_code == 404
    assert api(ann).post(f"{address}/decline").status_code == 404
    seen = api(bob).get(address).json()
    assert (seen["side"], seen["counterparty"]["customer_id"], seen["state"]) == ("in", ann.public_id, "in_transit")
    assert api(bob).get(f"{ROOT}/overview").json()["waiting_for_me"] == 1
    assert api(bob).post(f"{address}/accept").json()["state"] == "accepted"
    late = api(bob).post(f"{address}/decline")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    assert posted(bob) == 500
    assert [row["side"] for row in api(bob).get(f"{ROOT}/transfers", {"side": "in"}).json()["items"]] == ["in"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 1.5}, "amount"),
        ({"amount": 10**18}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"remark": "4111111111111111"}, "remark"),
        ({"remark": "x" * 61}, "remark"),
        ({"mode": "later"}, "mode"),
    ],
)
def test_a_field_that_cannot_be_is_named(change: dict[str, object], field: str) -> None:
    ann, bob = holder(10_000), holder()
    answer = api(ann).post(f"{ROOT}/transfers", {"to": {"customer_id": bob.public_id}, "amount": 5} | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert posted(ann) == 10_000


def test_the_frozen_read_and_do_not_pay() -> None:
    ann, bob = holder(10_000), holder()
    client = api(ann)
    freeze(ann)
    assert client.get(f"{ROOT}/balance").json()["available"] == 10_000
    answer = client.post(f"{ROOT}/transfers", {"to": {"customer_id": bob.public_id}, "amount": 5})
    assert (answer.status_code, answer.json()["code"]) == (403, "account_frozen")


def test_a_quote_shows_fee_total_and_what_is_free() -> None:
    terms(free_fen_per_month=10_000, fee_bp=10, fee_min_fen=200)
    quoted = api(holder()).get(f"{ROOT}/withdrawals/quote", {"amount": 60_000}).json()
    assert (quoted["fee"], quoted["total"], quoted["free"], quoted["free_left"], quoted["arrival"]) == (200, 60_200, 10_000, 10_000, "T+0")
    assert api(holder()).get(f"{ROOT}/withdrawals/quote", {"amount": "x"}).status_code == 422


def test_both_sides_of_the_transfers_make_one_list_newest_first_forth_and_back_by_two_bounded_reads() -> None:
    ann, bob = holder(10_000), holder(10_000)
    for fen in range(1, 8):
        payer, payee = (ann, bob) if fen % 3 else (bob, ann)
        api(payer).post(f"{ROOT}/transfers", {"to": {"customer_id": payee.public_id}, "amount": fen})
    client, address = api(ann), f"{ROOT}/transfers"
    wanted = [row.public_id for row in Transfer.objects.order_by("-created_at", "-id")]
    seen: list[list[str]] = []
    page = client.get(address, {"limit": 2}).json()
    while True:
        seen.append([row["id"] for row in page["items"]])
        if page["next"] is None:
            break
        page = client.get(address, {"limit": 2, "cursor": page["next"]}).json()
    assert seen == [wanted[0:2], wanted[2:4], wanted[4:6], wanted[6:]]
    back = client.get(address, {"limit": 2, "cursor": page["previous"]}).json()
    assert [row["id"] for row in back["items"]] == wanted[4:6]
    reads = [sql for sql in queries_of(lambda: client.get(address, {"limit": 2})) if sql.startswith('SELECT "payments_transfer"')]
    assert [("LIMIT 3" in sql, " OR " in sql) for sql in reads] == [(True, False)] * 2

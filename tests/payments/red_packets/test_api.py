"""Red packets over HTTP: what each party sees, links, replays, other people's ids, pages and their queries."""

from typing import Any

import pytest

from core.clock import queries as clock
from payments.red_packets.links import LINKS
from payments.red_packets.models import RedPacket
from tests.factories import api
from tests.payments.red_packets.world import DAY, end_all, give, send, take
from tests.payments.wallet.world import fund, holder, open_day, posted, proven
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
ROOT = "/v1/payments/red-packets"


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def seen(who: Any, packet: RedPacket) -> Any:
    return api(who).get(f"{ROOT}/{packet.public_id}")


def test_a_lucky_packet_from_sending_to_the_luckiest() -> None:
    ann, bob, eve = holder(10_000), holder(), holder(verified_class=None)
    made = api(ann).post(ROOT, {"kind": "lucky", "count": 2, "amount": 1_000, "message": "恭喜发财"})
    assert (made.status_code, made.json()["state"], made.json()["personal"], "token" in made.content.decode()) == (
        201,
        "open",
        False,
        False,
    )
    token = api(ann).get(f"{ROOT}/{made.json()['id']}").json()["link_token"]
    looked = api(bob).post(f"{ROOT}/links/look", {"token": token}).json()
    assert (looked["sender"], looked["sent_by_me"], looked["my_amount"], looked["link_token"], looked["shares"]) == (
        "**满",
        False,
        None,
        "",
        [],
    )
    mine = api(bob).post(f"{ROOT}/links/take", {"token": token})
    assert (mine.status_code, mine.json()["red_packet_id"], mine.json()["message"]) == (201, made.json()["id"], "恭喜发财")
    half = api(bob).get(f"{ROOT}/{made.json()['id']}").json()
    assert [(row["mine"], row["luckiest"]) for row in half["shares"]] == [(True, False)]
    theirs = api(eve).post(f"{ROOT}/links/take", {"token": token}).json()
    whole = api(ann).get(f"{ROOT}/{made.json()['id']}").json()
    amounts = [mine.json()["amount"], theirs["amount"]]
    assert [row["amount"] for row in whole["shares"]] == amounts
    assert [row["luckiest"] for row in whole["shares"]] == [amounts[0] >= amounts[1], amounts[0] < amounts[1]]
    assert [row["name"] for row in whole["shares"]] == ["**满", f"+86 {eve.phone[3:6]}****{eve.phone[-4:]}"]
    assert (whole["packet"]["state"], whole["packet"]["taken_amount"], whole["sent_by_me"]) == ("finished", 1_000, True)
    assert bob.public_id not in api(eve).post(f"{ROOT}/links/look", {"token": token}).content.decode()


def test_a_packet_for_one_customer_by_phone_with_a_proof_and_its_replay() -> None:
    ann, bob = holder(100_000, pin=True), holder()
    client = api(ann)
    given = proven(ann, amount_fen=20_000, payee=bob.public_id, purpose="red_packet", session=client.session)
    body = {"kind": "fixed", "amount": 20_000, "to": {"phone": bob.phone}, "proof": given.token}
    first = client.post(ROOT, body, key=given.nonce)
    again = client.post(ROOT, body, key=given.nonce)
    assert (first.status_code, first.json()["personal"]) == (201, True)
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    other = client.post(ROOT, body | {"amount": 19_999}, key=given.nonce)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    address = f"{ROOT}/{first.json()['id']}"
    assert api(bob).get(address).json()["to"] == "**满"
    assert api(bob).get(address).json()["link_token"] == api(ann).get(address).json()["link_token"] == ""
    assert [row["id"] for row in api(bob).get(f"{ROOT}/addressed").json()["items"]] == [first.json()["id"]]
    assert api(bob).post(f"{address}/take").json()["amount"] == 20_000
    late = api(bob).post(f"{address}/take")
    assert (late.status_code, late.json()["code"]) == (409, "red_packet_taken")
    assert (posted(ann), posted(bob)) == (80_000, 20_000)
    assert [row["amount"] for row in api(bob).get(f"{ROOT}/received").json()["items"]] == [20_000]


def test_a_stranger_sees_nothing_and_takes_nothing_and_cannot_tell_what_exists() -> None:
    ann, bob, eve = holder(10_000), holder(), holder()
    personal, linked = give(ann, bob, 100), send(ann, 100)
    token = LINKS.token(linked.id)
    client = api(eve)
    unknown = f"{ROOT}/rpk_{'0' * 26}"
    for address in (f"{ROOT}/{personal.public_id}", f"{ROOT}/{linked.public_id}", unknown):
        assert (client.get(address).status_code, client.post(f"{address}/take").status_code) == (404, 404)
    forged = [
        token[:-1] + ("0" if token[-1] != "0" else "1"),
        LINKS.token(personal.id),
        "rpl_x",
        "",
        token[:30],
        token + "0",
        "rpl_" + "零" * 52,
    ]
    for secret in forged:
        for act in ("look", "take"):
            assert client.post(f"{ROOT}/links/{act}", {"token": secret}).status_code in {404, 422}, secret
    assert client.post(f"{ROOT}/links/take", {"token": LINKS.token(personal.id)}).status_code == 404
    assert posted(eve) == 0
    assert client.post(f"{ROOT}/links/look", {"token": token}).status_code == 200


def test_a_number_nobody_has_and_a_frozen_payee_are_not_found_alike_and_cost_a_miss() -> None:
    ann = holder(10_000)
    answer = api(ann).post(ROOT, {"kind": "fixed", "amount": 100, "to": {"phone": "19911112222"}})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    without = api(ann).post(ROOT, {"kind": "fixed", "amount": 20_001, "to": {"phone": "19911112222"}})
    assert (without.status_code, without.json()["code"]) == (403, "step_up_needed")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"count": 0}, "count"),
        ({"count": 101}, "count"),
        ({"kind": "other"}, "kind"),
        ({"message": "4111111111111111"}, "message"),
        ({"to": {}}, "to"),
    ],
)
def test_a_field_that_cannot_be_is_named(change: dict[str, object], field: str) -> None:
    ann = holder(10_000)
    answer = api(ann).post(ROOT, {"kind": "lucky", "count": 2, "amount": 500} | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert posted(ann) == 10_000


def test_refusals_speak_chinese_and_say_what_to_do() -> None:
    ann = holder(100_000)
    answer = api(ann).post(ROOT, {"kind": "fixed", "count": 3, "amount": 1_000}, headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, answer.json()["code"]) == (422, "red_packet_shares_uneven")
    assert "拼手气" in answer.json()["detail"]


def test_lists_are_the_callers_own_newest_first() -> None:
    ann, bob = holder(10_000), holder()
    old, young = send(ann, 100), send(ann, 200, at=clock.now())
    take(old, bob)
    end_all(clock.now() + DAY)
    rows = api(ann).get(ROOT).json()["items"]
    assert [(row["id"], row["state"], row["returned_amount"]) for row in rows] == [
        (young.public_id, "returned", 200),
        (old.public_id, "finished", 0),
    ]
    for path in ("", "/addressed", "/received"):
        assert api(holder()).get(f"{ROOT}{path}").json() == {"items": [], "next": None, "previous": None}


def test_reading_costs_as_many_queries_however_many_shares_and_packets_there_are() -> None:
    few, many, fan = holder(10_000), holder(100_000), holder()
    small, large = send(few, 100, kind="lucky", count=2), send(many, 1_000, kind="lucky", count=20)
    takers = [holder(verified_class=None) for _ in range(15)]
    take(small, takers[0])
    for who in takers:
        take(large, who)
    clients = {packet.id: api(who) for packet, who in ((small, few), (large, many))}
    assert_queries_do_not_grow(lambda packet: clients[packet.id].get(f"{ROOT}/{packet.public_id}"), small, large, at_most=7)
    for _ in range(8):
        take(give(many, fan, 10), fan, by_link=False)
    take(give(few, takers[0], 10), takers[0], by_link=False)
    readers = {who.id: api(who) for who in (fan, takers[0], many, few)}
    for path, one, more in (("/received", takers[0], fan), ("/addressed", takers[0], fan), ("", few, many)):
        assert_queries_do_not_grow(lambda who, path=path: readers[who.id].get(f"{ROOT}{path}"), one, more, at_most=6)


def test_taking_and_sending_cost_as_many_queries_however_large_the_packet_is() -> None:
    ann = holder(100_000)
    small, large = send(ann, 300, count=3), send(ann, 10_000, count=100)
    for _ in range(50):
        take(large, holder(verified_class=None))

    def take_by_somebody(packet: RedPacket) -> None:
        clients[packet.id].pop().post(f"{ROOT}/links/take", {"token": LINKS.token(packet.id)})

    clients = {packet.id: [api(holder(verified_class=None)) for _ in range(2)] for packet in (small, large)}
    assert_queries_do_not_grow(take_by_somebody, small, large)
    client = api(ann)
    fund(ann, 100_000)
    assert_queries_do_not_grow(lambda count: client.post(ROOT, {"kind": "lucky", "count": count, "amount": 1_000}), 2, 90)

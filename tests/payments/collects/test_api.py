"""Collects over HTTP: asking by phone and id, what each party sees, links, replays, other people's ids, pages and their queries."""

from typing import Any

import pytest

from core.clock import queries as clock
from core.limits.queries import used
from payments.collects.links import LINKS
from payments.collects.models import Collect
from tests.factories import api
from tests.payments.collects.world import each, linked, pay_linked, share_of
from tests.payments.wallet.world import freeze, holder, open_day, posted, proven
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
ROOT = "/v1/payments/collects"


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def test_a_bill_is_split_among_people_by_phone_and_id_and_paid_with_a_proof_once() -> None:
    ann, bob, eve = holder(), holder(100_000, pin=True), holder(1_000)
    body = {"title": "周五聚餐", "split": "total", "amount": 90_000, "with_me": True}
    body |= {"people": [{"phone": bob.phone.removeprefix("+86")}, {"customer_id": eve.public_id}]}
    made = api(ann).post(ROOT, body)
    assert (made.status_code, made.json()["each"], made.json()["amount"], made.json()["own_part"]) == (201, 30_000, 60_000, 30_000)
    client = api(bob)
    (asked,) = client.get(f"{ROOT}/asked", {"state": "asked"}).json()["items"]
    assert (asked["amount"], asked["collect"]["title"], asked["organiser"]["customer_id"]) == (30_000, "周五聚餐", ann.public_id)
    address = f"{ROOT}/shares/{asked['id']}/pay"
    without = client.post(address)
    assert (without.status_code, without.json()["code"]) == (403, "step_up_needed")
    assert [without.json()[name] for name in ("purpose", "amount", "payee")] == ["collect", 30_000, ann.public_id]
    given = proven(bob, amount_fen=30_000, payee=ann.public_id, purpose="collect", session=client.session)
    first, again = (client.post(address, {"proof": given.token}, key=given.nonce) for _ in range(2))
    assert (first.status_code, first.json()["state"], first.json()["collect"]["paid_people"]) == (201, "paid", 1)
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert client.post(address).json()["code"] == "collect_share_paid"
    declined = api(eve).post(f"{ROOT}/shares/{share_of(Collect.objects.get(), eve).public_id}/decline")
    assert (declined.status_code, declined.json()["state"], declined.json()["collect"]["end"]) == (200, "declined", "complete")
    whole = api(ann).get(f"{ROOT}/{made.json()['id']}").json()
    assert [(row["share"]["state"], row["payer"]["customer_id"]) for row in whole["shares"]] == [
        ("paid", bob.public_id),
        ("declined", eve.public_id),
    ]
    seen = client.get(f"{ROOT}/{made.json()['id']}").json()
    assert (seen["organised_by_me"], seen["shares"], seen["my_share"]["state"]) == (False, [], "paid")
    assert (posted(ann), posted(bob)) == (30_000, 70_000)


def test_a_collect_by_link_from_asking_to_closing() -> None:
    ann, bob = holder(), holder(1_000)
    made = api(ann).post(ROOT, {"title": "班费", "split": "each", "amount": 300, "heads": 3}).json()
    token = api(ann).get(f"{ROOT}/{made['id']}").json()["link_token"]
    looked = api(bob).post(f"{ROOT}/links/look", {"token": token}).json()
    assert (looked["collect"]["each"], looked["organiser"]["name"], looked["my_share"], looked["link_token"]) == (300, "**满", None, "")
    assert api(bob).post(f"{ROOT}/links/pay", {"token": token}).json()["amount"] == 300
    assert api(bob).post(f"{ROOT}/links/pay", {"token": token}).json()["code"] == "collect_share_paid"
    assert api(ann).post(f"{ROOT}/{made['id']}/remind").json()["code"] == "collect_nobody_to_remind"
    assert api(ann).post(f"{ROOT}/{made['id']}/close").json()["end"] == "organiser"
    assert api(holder(1_000)).post(f"{ROOT}/links/pay", {"token": token}).json()["code"] == "collect_closed"
    assert [row["id"] for row in api(ann).get(ROOT).json()["items"]] == [made["id"]]


def test_numbers_of_nobody_and_of_the_frozen_are_refused_together_masked_each_a_miss() -> None:
    ann, bob, ida = holder(), holder(), holder()
    freeze(ida)
    client = api(ann)
    people = [{"phone": number} for number in (bob.phone, ida.phone, "19911112222")]
    answer = client.post(ROOT, {"title": "x", "split": "each", "amount": 5, "people": people})
    assert (answer.status_code, answer.json()["code"]) == (404, "collect_people_unknown")
    assert answer.json()["phones"].count("****") == 2
    assert ida.phone[3:] not in answer.content.decode()
    period = clock.local_day(clock.now()).isoformat()
    assert [used(counter=name, owner=ann.id, period=period) for name in ("payee_lookup", "payee_miss")] == [3, 2]
    assert Collect.objects.count() == 0


def test_others_see_change_and_pay_nothing_and_cannot_tell_what_exists() -> None:
    ann, bob, eve = holder(), holder(1_000), holder(1_000)
    named, by_link = each(ann, 100, bob), linked(ann, 100, 2)
    share = share_of(named, bob).public_id
    client, unknown = api(eve), "0" * 26
    for collect_id in (named.public_id, by_link.public_id, f"clt_{unknown}"):
        assert client.get(f"{ROOT}/{collect_id}").status_code == 404
        assert [client.post(f"{ROOT}/{collect_id}/{act}").status_code for act in ("remind", "close")] == [404, 404]
    for share_id in (share, f"cls_{unknown}"):
        assert [client.post(f"{ROOT}/shares/{share_id}/{act}").status_code for act in ("pay", "decline")] == [404, 404]
    assert api(bob).post(f"{ROOT}/{named.public_id}/close").status_code == 404
    for token in (LINKS.token(named.id), LINKS.token(by_link.id)[:-1] + "_", "cll_x"):
        assert [client.post(f"{ROOT}/links/{act}", {"token": token}).status_code for act in ("look", "pay")] == [404, 404]
    assert posted(eve) == 1_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"title": ""}, "title"),
        ({"title": "4111111111111111"}, "title"),
        ({"people": []}, "people"),
        ({"heads": 3}, ""),
        ({"split": "some"}, "split"),
        ({"with_me": True}, "with_me"),
        ({"people": [{"phone": f"1990000{number:04d}"} for number in range(11)]}, "people"),
    ],
)
def test_a_field_that_cannot_be_is_named(change: dict[str, Any], field: str) -> None:
    body = {"title": "x", "split": "each", "amount": 500, "people": [{"customer_id": holder().public_id}]}
    answer = api(holder()).post(ROOT, body | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert Collect.objects.count() == 0


def test_refusals_speak_chinese() -> None:
    ann = holder()
    body = {"title": "x", "split": "total", "amount": 1, "people": [{"customer_id": holder().public_id} for _ in range(2)]}
    answer = api(ann).post(ROOT, body, headers={"Accept-Language": "zh-CN"})
    assert (answer.json()["code"], "每人至少 1 分" in answer.json()["detail"]) == ("collect_parts_too_small", True)


def test_no_operation_costs_more_queries_with_more_people_or_more_collects() -> None:
    few, many = holder(), holder()
    payers = [holder(10_000) for _ in range(12)]
    small, large = each(few, 10, *payers[:2]), each(many, 10, *payers)
    clients = {collect.id: api(who) for collect, who in ((small, few), (large, many))}
    assert_queries_do_not_grow(lambda collect: clients[collect.id].get(f"{ROOT}/{collect.public_id}"), small, large, at_most=7)
    readers = {who.id: api(who) for who in (few, many, payers[11], payers[0])}
    for _ in range(6):
        each(many, 10, payers[0])
    assert_queries_do_not_grow(lambda who: readers[who.id].get(ROOT), few, many, at_most=3)
    assert_queries_do_not_grow(lambda who: readers[who.id].get(f"{ROOT}/asked"), payers[11], payers[0], at_most=6)
    ids = [{"customer_id": payer.public_id} for payer in payers]
    phones = [{"phone": payer.phone} for payer in payers]
    ask = {"title": "x", "split": "each", "amount": 5}
    for people in (ids, phones):
        assert_queries_do_not_grow(lambda count, people=people: readers[few.id].post(ROOT, ask | {"people": people[:count]}), 2, 9)
    assert_queries_do_not_grow(lambda collect: clients[collect.id].post(f"{ROOT}/{collect.public_id}/close"), small, large)


def test_paying_costs_as_many_queries_however_many_have_paid() -> None:
    ann, payers = holder(), [holder(1_000) for _ in range(14)]
    small, large = linked(ann, 10, 5), linked(ann, 10, 50)
    for payer in payers[:10]:
        pay_linked(large, payer)
    clients = {small.id: [api(payer) for payer in payers[10:12]], large.id: [api(payers[12])]}

    def pay_by_somebody(collect: Collect) -> None:
        clients[collect.id].pop().post(f"{ROOT}/links/pay", {"token": LINKS.token(collect.id)})

    assert_queries_do_not_grow(pay_by_somebody, small, large)

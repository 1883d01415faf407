"""What other rooms see of red packets: the statement, closing an account, the export, the desk."""

import json

import pytest
from django.urls import reverse

from accounts.privacy import queries as privacy
from core.clock import queries as clock
from payments.red_packets.closing import Packets
from tests.desk.people import staff, verified
from tests.factories import api
from tests.payments.red_packets.world import DAY, end_all, give, send, take
from tests.payments.wallet.world import holder, open_day

pytestmark = pytest.mark.django_db
MOVEMENTS = "/v1/payments/wallet/movements"


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def test_the_statement_tells_of_packets_sent_taken_and_given_back() -> None:
    ann, bob = holder(10_000), holder()
    packet = send(ann, 200, count=2, message="新年好")
    take(packet, bob)
    end_all(clock.now() + DAY)
    give(ann, bob, 300)
    mine = api(ann).get(MOVEMENTS, headers={"Accept-Language": "zh-CN"}).json()["items"]
    assert [(row["kind"], row["title"], row["side"], row["amount"], row["remark"]) for row in mine[:3]] == [
        ("red_packet_sent", "发红包", "out", 300, ""),
        ("red_packet_back", "红包退回", "in", 100, "新年好"),
        ("red_packet_sent", "发红包", "out", 200, "新年好"),
    ]
    assert (mine[0]["counterparty"]["customer_id"], mine[2]["counterparty"]) == (bob.public_id, None)
    (theirs,) = api(bob).get(MOVEMENTS).json()["items"]
    assert (theirs["kind"], theirs["title"], theirs["order_id"]) == ("red_packet_taken", "Red packet from", packet.public_id)
    assert theirs["counterparty"]["name"] == "**满"
    for who, search, expected in (
        (ann, {"text": "新年"}, 2),
        (ann, {"text": packet.public_id}, 2),
        (bob, {"text": "新年"}, 1),
        (bob, {"text": packet.public_id}, 1),
        (ann, {"kind": "red_packet_sent"}, 2),
        (bob, {"kind": "red_packet_sent"}, 0),
    ):
        assert len(api(who).get(MOVEMENTS, search).json()["items"]) == expected, search


def test_a_packet_that_holds_money_keeps_its_senders_account_open_and_nobody_elses() -> None:
    ann, bob = holder(10_000), holder()

    def codes(who: object) -> list[str]:
        return [found.code for found in Packets().obstacles(customer_id=who.id, at=clock.now())]  # type: ignore[attr-defined]

    packet = give(ann, bob, 100)
    assert (codes(ann), codes(bob)) == (["red_packets_open"], [])
    assert "red_packets_open" in [found.code for found in privacy.obstacles(ann.id, clock.now())]
    take(packet, bob, by_link=False)
    assert codes(ann) == []


def test_an_export_tells_what_was_sent_and_taken_and_names_nobody_else() -> None:
    ann, bob = holder(10_000), holder()
    packet = send(ann, 200, kind="lucky", count=2, message="给你")
    share = take(packet, bob)
    told = json.loads(json.dumps(privacy.personal_data(ann.id), default=str))["red_packets"]
    assert [(row["id"], row["amount"], row["taken"], row["message"]) for row in told["sent"]] == [
        (packet.public_id, 200, share.amount_fen, "给你")
    ]
    theirs = json.loads(json.dumps(privacy.personal_data(bob.id), default=str))["red_packets"]
    assert [(row["id"], row["amount"]) for row in theirs["taken"]] == [(packet.public_id, share.amount_fen)]
    assert ann.public_id not in json.dumps(theirs)


def test_an_operator_finds_a_packet_by_anybody_in_it_and_sees_its_shares_without_what_is_still_to_be_had() -> None:
    ann, bob = holder(10_000), holder()
    packet = send(ann, 7_777, kind="lucky", count=2)
    share = take(packet, bob)
    client = verified(staff("sue", "support"))
    address = reverse("admin:payments_redpacket_changelist")
    for term in (packet.public_id, ann.public_id, bob.public_id, share.public_id):
        assert packet.public_id in client.get(address, {"q": term}).content.decode(), term
    assert packet.public_id not in client.get(address, {"q": holder().public_id}).content.decode()
    page = client.get(reverse("admin:payments_redpacket_change", args=[packet.pk])).content.decode()
    rest = packet.total_fen - share.amount_fen
    assert bob.public_id in page
    assert f">{share.amount_fen / 100:.2f}<" in page
    assert f">{rest / 100:.2f}<" not in page
    panel = client.get(reverse("admin:accounts_customer_change", args=[bob.pk])).content.decode()
    assert packet.public_id in panel


def test_the_first_page_tells_of_packets_the_sweeper_left() -> None:
    ann = holder(10_000)
    client = verified(staff("sue", "support"))
    words = "Red packets not ended in time"
    send(ann, 100, at=clock.now() - DAY)
    assert words not in client.get("/admin/").content.decode()
    send(ann, 100, at=clock.now() - DAY * 2)
    assert words in client.get("/admin/").content.decode()

"""The journals of a red packet by number, its ends, and what each does to the balances."""

from datetime import timedelta

import pytest

from accounts.ledger.models import Journal
from accounts.verification.queries import outflow_used
from core.clock import queries as clock
from core.outbox.models import OutboxEvent
from payments.red_packets import journals, services
from payments.red_packets.models import RedPacket
from tests.payments.red_packets.world import DAY, assert_over, cuts, end_all, give, in_transit, send, take
from tests.payments.wallet.world import freeze, holder, open_day, posted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def of(event: str) -> list[list[int]]:
    return [journal.amounts for journal in Journal.objects.filter(event=event).order_by("id")]


def test_66_yuan_of_which_40_are_taken_and_26_come_back_a_day_later() -> None:
    ann, bob, eve = holder(10_000), holder(), holder()
    before = outflow_used(ann.id, clock.now())
    packet = send(ann, 6_600, kind="fixed", count=3, message=" 恭喜发财 ")
    assert (packet.state, packet.message, packet.expires_at) == ("open", "恭喜发财", packet.created_at + DAY)
    journal = Journal.objects.get(id=packet.id)
    assert (journal.event, journal.amounts, journal.reference) == (journals.SENT, [-6_600, 6_600], packet.public_id)
    assert (posted(ann), in_transit(), cuts(packet)) == (3_400, 6_600, [2_200] * 3)
    share = take(packet, bob)
    assert (share.amount_fen, share.position, posted(bob), in_transit()) == (2_200, 1, 2_200, 4_400)
    taken = Journal.objects.get(id=share.journal_id)
    assert (taken.event, taken.amounts, taken.reference) == (journals.TAKEN, [-2_200, 2_200], packet.public_id)
    assert take(packet, eve).position == 2
    assert outflow_used(ann.id, clock.now())["day", False] == before["day", False] + 6_600
    assert end_all(packet.expires_at) == 1
    ended = RedPacket.objects.get()
    assert (ended.state, ended.taken_fen, ended.returned_fen) == ("returned", 4_400, 2_200)
    back = Journal.objects.get(id=ended.back_journal_id)
    assert (back.event, back.amounts, back.reference) == (journals.BACK, [-2_200, 2_200], packet.public_id)
    assert outflow_used(ann.id, clock.now())["day", False] == before["day", False] + 4_400
    assert [posted(who) for who in (ann, bob, eve)] == [5_600, 2_200, 2_200]
    assert_over()


def test_the_last_share_finishes_a_packet_and_nothing_comes_back() -> None:
    ann, bob = holder(10_000), holder()
    packet = send(ann, 1_000, kind="lucky", count=2)
    shares = [take(packet, who).amount_fen for who in (ann, bob)]
    assert shares == cuts(packet)
    ended = RedPacket.objects.get()
    assert (ended.state, ended.taken_count, ended.taken_fen, ended.back_journal_id) == ("finished", 2, 1_000, None)
    assert end_all(packet.expires_at + DAY) == 0
    assert (posted(ann), posted(bob)) == (9_000 + shares[0], shares[1])
    topics = OutboxEvent.objects.filter(topic__startswith="red_packet.").order_by("id").values_list("topic", flat=True)
    assert list(topics) == ["red_packet.sent", "red_packet.taken", "red_packet.taken", "red_packet.finished"]
    assert_over()


def test_a_packet_for_one_customer_reaches_them_whole() -> None:
    ann, bob = holder(10_000), holder()
    packet = give(ann, bob, 5_200)
    take(packet, bob, by_link=False)
    assert (RedPacket.objects.get().state, posted(ann), posted(bob)) == ("finished", 4_800, 5_200)
    told = OutboxEvent.objects.get(topic="red_packet.sent").payload
    assert (told["payee"], told["amount_fen"], told["sender"]) == (bob.public_id, 5_200, ann.public_id)
    assert_over()


def test_a_packet_nobody_took_comes_back_whole_also_to_a_sender_frozen_meanwhile() -> None:
    ann = holder(10_000)
    packet = send(ann, 5_000, kind="lucky", count=10)
    freeze(ann)
    assert end_all(packet.expires_at) == 1
    assert (RedPacket.objects.get().returned_fen, posted(ann), of(journals.BACK)) == (5_000, 10_000, [[-5_000, 5_000]])
    assert_over()


def test_the_sweeper_ends_what_is_due_once_and_nothing_else() -> None:
    ann = holder(10_000)
    old = send(ann, 100)
    young = send(ann, 200, at=old.created_at + timedelta(hours=1))
    assert end_all(old.expires_at - timedelta(seconds=1)) == 0
    assert end_all(old.expires_at) == 1
    assert end_all(old.expires_at) == 0
    assert not services.end_taking(packet_id=old.id, at=old.expires_at)
    assert not services.give_back(packet_id=young.id, at=old.expires_at)
    assert (RedPacket.objects.get(pk=young.pk).state, posted(ann)) == ("open", 9_800)
    assert_over(still_in_packets=200)

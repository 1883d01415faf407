"""Many at once on the real database: exactly the shares there are, the exact sum, one end."""

from datetime import timedelta

import pytest

from accounts.ledger import check, halt
from accounts.ledger.models import Journal
from core.clock import queries as clock
from payments.red_packets import journals, services
from payments.red_packets.models import RedPacket, RedPacketShare
from payments.red_packets.refusals import RedPacketGone, RedPacketOver, RedPacketTaken
from tests.factories import Client, api
from tests.payments.red_packets.world import assert_over, cuts, end_all, give, send, take
from tests.payments.wallet.test_books_shut import open_again
from tests.payments.wallet.world import holder, open_day, posted
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_who_come_at_once_for_ten_shares_leave_ten_with_the_exact_sum() -> None:
    open_day()
    ann, people = holder(10_000), [holder(verified_class=None) for _ in range(50)]
    packet = send(ann, 6_666, kind="lucky", count=10)
    ended = together(lambda number: take(packet, people[number]), 50)
    got = [end.amount_fen for end in ended if isinstance(end, RedPacketShare)]
    assert sum(isinstance(end, RedPacketGone) for end in ended) == 40
    assert sorted(got) == sorted(cuts(packet))
    assert (len(got), sum(got), sum(posted(who) for who in people)) == (10, 6_666, 6_666)
    assert RedPacket.objects.get().state == "finished"
    assert_over()


def test_one_customer_who_asks_twenty_times_at_once_gets_one_share() -> None:
    open_day()
    ann, bob = holder(10_000), holder()
    packet = send(ann, 1_000, count=10)
    ended = together(lambda _: take(packet, bob), 20)
    assert sum(isinstance(end, RedPacketShare) for end in ended) == 1
    assert sum(isinstance(end, RedPacketTaken) for end in ended) == 19
    assert (posted(bob), RedPacket.objects.get().taken_fen) == (100, 100)
    assert_over(still_in_packets=900)


def test_of_takers_and_the_sweeper_at_the_last_moment_every_fen_ends_in_one_place() -> None:
    open_day()
    ann, people = holder(10_000), [holder(verified_class=None) for _ in range(8)]
    packet = send(ann, 4_000, count=4)
    last = packet.expires_at - timedelta(seconds=1)

    def act(number: int) -> object:
        return end_all(packet.expires_at) if number % 3 == 0 else take(packet, people[number % 8], at=last)

    ended = together(act, 12)
    assert all(isinstance(end, (RedPacketShare, RedPacketGone, RedPacketOver, RedPacketTaken, int)) for end in ended), ended
    end_all(packet.expires_at)
    packet.refresh_from_db()
    assert posted(ann) == 10_000 - packet.taken_fen
    assert sum(posted(who) for who in people) == packet.taken_fen
    assert Journal.objects.filter(event=journals.BACK).count() == (packet.state == "returned")
    assert_over()


def test_many_sweepers_give_back_once() -> None:
    open_day()
    ann = holder(10_000)
    packet = send(ann, 4_000)
    services.end_taking(packet_id=packet.id, at=packet.expires_at)
    ended = together(lambda _: services.give_back(packet_id=packet.id, at=packet.expires_at), 8)
    assert sum(end is True for end in ended) == 1
    assert posted(ann) == 10_000
    assert_over()


def test_crossing_packets_meet_without_a_deadlock() -> None:
    open_day()
    ann, bob = holder(10_000), holder(10_000)
    packets = [give(who, other, 7) for who, other in [(ann, bob), (bob, ann)] * 6]
    takers = [bob, ann] * 6
    assert all(isinstance(end, RedPacketShare) for end in together(lambda n: take(packets[n], takers[n], by_link=False), 12))
    assert (posted(ann), posted(bob)) == (10_000, 10_000)
    assert_over()


def test_thirty_calls_with_one_key_send_one_packet_and_answer_alike() -> None:
    open_day()
    ann = holder(10_000)
    token = api(ann)._credentials["HTTP_AUTHORIZATION"]

    def call(_: int) -> tuple[int, bytes]:
        own = Client()
        own.credentials(HTTP_AUTHORIZATION=token)
        for _ in range(40):
            answer = own.post("/v1/payments/red-packets", {"kind": "lucky", "count": 3, "amount": 1_000}, key="one")
            if answer.status_code != 409:
                break
        return answer.status_code, answer.content

    answers = together(call, 30)
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert (posted(ann), RedPacket.objects.count()) == (9_000, 1)
    assert_over(still_in_packets=1_000)


def test_while_the_ledger_is_halted_what_is_due_waits_and_goes_back_after() -> None:
    open_day()
    ann = holder(10_000)
    packet = send(ann, 4_000)
    halt.halt(reason="a proof found something", at=clock.now())
    assert end_all(packet.expires_at) == 0
    assert (RedPacket.objects.get().state, posted(ann)) == ("returning", 6_000)
    open_again()
    assert end_all(packet.expires_at) == 1
    assert (RedPacket.objects.get().state, posted(ann)) == ("returned", 10_000)
    assert_over()


def test_the_proof_of_the_books_finds_a_packet_that_does_not_hold_what_it_says() -> None:
    open_day()
    ann, bob = holder(10_000), holder()
    packet = send(ann, 300, count=3)
    take(packet, bob)
    RedPacket.objects.filter(pk=packet.pk).update(taken_count=2, taken_fen=200)
    found = {finding.check: finding for finding in check.findings()}
    assert found["red_packet.shares"].subject == packet.public_id
    assert "200 fen, the packets 100" in found["red_packet.transit"].detail

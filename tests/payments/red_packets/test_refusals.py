"""What a red packet refuses, each time with nothing moved, written or told."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.ledger.models import Journal
from accounts.ledger.refusals import InsufficientFunds
from accounts.security.services import ProofExpired, ProofMismatch, StepUpNeeded
from accounts.verification.services import NotVerified, OutflowLimitReached
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.limits.models import LimitCounter
from core.outbox.models import OutboxEvent
from payments.red_packets import refusals
from payments.red_packets.models import RedPacket, RedPacketShare
from payments.wallet.services.parties import CustomerNotActive, PayeeCannotReceive, PayeeIsPayer
from tests.payments.red_packets.world import DAY, assert_over, end_all, give, send, take, terms
from tests.payments.risk.world import no_rules
from tests.payments.wallet.world import freeze, holder, open_day, posted, proven

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def state() -> tuple[object, ...]:
    counters = sorted(LimitCounter.objects.values_list("counter", "period", "used"))
    taken = RedPacketShare.objects.exclude(taken_by=None).count()
    return RedPacket.objects.count(), taken, Journal.objects.count(), OutboxEvent.objects.count(), counters


def refused(error: type[Exception], act: Callable[[], object]) -> Any:
    before = state()
    with pytest.raises(error) as raised, transaction.atomic():
        act()
    assert state() == before
    return raised.value


def test_shapes_that_cannot_be() -> None:
    ann, bob = holder(5_000_000), holder()
    refused(refusals.SharesTooSmall, lambda: send(ann, 9, kind="lucky", count=10))
    assert refused(refusals.ShareTooLarge, lambda: send(ann, 20_001)).members["most_fen"] == 20_000
    refused(refusals.ShareTooLarge, lambda: send(ann, 40_001, kind="lucky", count=2))
    refused(refusals.SharesUneven, lambda: send(ann, 1_000, count=3))
    refused(refusals.TooManyShares, lambda: send(ann, 10_100, count=101))
    refused(refusals.PersonalNotShared, lambda: give(ann, bob, 1_000, count=2))
    refused(refusals.PersonalNotShared, lambda: give(ann, bob, 1_000, kind="lucky"))
    refused(Invalid, lambda: send(ann, 1_000, message="4111 1111 1111 1111"))
    assert posted(ann) == 5_000_000


def test_terms_of_the_day_rule() -> None:
    terms(share_most_fen=500, count_most=3, life_hours=2, per_day=2)
    ann = holder(10_000)
    refused(refusals.ShareTooLarge, lambda: send(ann, 501))
    refused(refusals.TooManyShares, lambda: send(ann, 400, count=4))
    packet = send(ann, 1_500, kind="lucky", count=3)
    assert packet.expires_at == packet.created_at + timedelta(hours=2)
    send(ann, 100)
    assert refused(refusals.DailyNumberReached, lambda: send(ann, 100)).members["cap"] == 2
    send(ann, 100, at=clock.now() + DAY)


def test_parties_that_may_not() -> None:
    ann, bob, eve = holder(10_000), holder(), holder()
    refused(PayeeIsPayer, lambda: give(ann, ann, 100))
    freeze(bob)
    refused(PayeeCannotReceive, lambda: give(ann, bob, 100))
    refused(NotFound, lambda: send(ann, 100, payee_id=uuid.uuid4()))
    packet = send(ann, 100)
    refused(CustomerNotActive, lambda: take(packet, bob))
    freeze(ann)
    refused(refusals.RedPacketPaused, lambda: take(packet, eve))
    refused(CustomerNotActive, lambda: send(ann, 100))
    refused(NotVerified, lambda: send(holder(1_000, verified_class=None), 100))


def test_one_fen_more_than_there_is() -> None:
    ann = holder(999)
    error = refused(InsufficientFunds, lambda: send(ann, 1_000))
    assert (error.members["wanted"], error.members["available"]) == (1_000, 999)


def test_proofs_are_for_this_purpose_amount_and_payee_once() -> None:
    ann, bob = holder(100_000, pin=True), holder()
    many = {"kind": "lucky", "count": 10}
    refused(StepUpNeeded, lambda: send(ann, 20_001, **many))
    link = proven(ann, amount_fen=30_000, payee="", purpose="red_packet")
    refused(ProofMismatch, lambda: send(ann, 30_001, intent=link, **many))
    refused(ProofMismatch, lambda: give(ann, bob, 20_000, intent=link))
    refused(ProofMismatch, lambda: send(ann, 30_000, intent=proven(ann, amount_fen=30_000, payee=""), **many))
    send(ann, 30_000, intent=link, **many)
    refused(ProofExpired, lambda: send(ann, 30_000, intent=link, **many))
    give(ann, bob, 20_000, intent=proven(ann, amount_fen=20_000, payee=bob.public_id, purpose="red_packet"))
    assert posted(ann) == 50_000
    assert_over(still_in_packets=50_000)


def test_one_factor_sends_1000_yuan_a_day_and_what_came_back_may_be_sent_again() -> None:
    no_rules()  # those of the night would ask for a proof first
    ann, bob = holder(300_000, pin=True), holder()
    many = {"kind": "lucky", "count": 10}
    first = send(ann, 100_000, intent=proven(ann, amount_fen=100_000, payee="", purpose="red_packet"), **many)
    refused(OutflowLimitReached, lambda: send(ann, 1))
    took = take(first, bob).amount_fen
    RedPacket.objects.filter(pk=first.pk).update(state="returning")
    end_all(clock.now())
    again = proven(ann, amount_fen=100_001, payee="", purpose="red_packet")
    error = refused(OutflowLimitReached, lambda: send(ann, 100_001, intent=again, **many))
    assert error.members["remaining_fen"] == 100_000 - took


def test_a_second_share_for_one_customer_and_a_share_of_what_is_gone_or_over() -> None:
    ann, bob, eve, dan = holder(10_000), holder(), holder(), holder()
    packet = send(ann, 200, count=2)
    take(packet, bob)
    refused(refusals.RedPacketTaken, lambda: take(packet, bob))
    late = packet.expires_at
    refused(refusals.RedPacketOver, lambda: take(packet, eve, at=late))
    take(packet, eve, at=late - timedelta(seconds=1))
    refused(refusals.RedPacketGone, lambda: take(packet, dan))
    refused(refusals.RedPacketTaken, lambda: take(packet, eve))
    other = send(ann, 100)
    end_all(other.expires_at)
    refused(refusals.RedPacketOver, lambda: take(other, dan))
    assert_over()


def test_the_sender_takes_a_share_of_a_lucky_packet_by_link_alone() -> None:
    ann, bob = holder(10_000), holder()
    fixed, personal = send(ann, 200, count=2), give(ann, bob, 100)
    refused(refusals.SenderTakesNone, lambda: take(fixed, ann))
    refused(refusals.SenderTakesNone, lambda: take(personal, ann, by_link=False))
    take(send(ann, 200, kind="lucky", count=2), ann)


def test_a_packet_for_one_customer_is_not_there_for_others_and_one_by_link_not_without_it() -> None:
    ann, bob, eve = holder(10_000), holder(), holder()
    personal, linked = give(ann, bob, 100), send(ann, 100)
    refused(NotFound, lambda: take(personal, eve, by_link=False))
    refused(NotFound, lambda: take(personal, bob, by_link=True))
    refused(NotFound, lambda: take(linked, bob, by_link=False))
    refused(NotFound, lambda: take(RedPacket(id=uuid.uuid4()), bob))
    assert_over(still_in_packets=200)

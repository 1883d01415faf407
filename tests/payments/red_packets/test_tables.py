"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core.clock import queries as clock
from core.ids import new_id
from payments.red_packets.models import RedPacket, RedPacketShare, RedPacketTerms
from tests.payments.red_packets.world import DAY, give, send, take, terms
from tests.payments.wallet.world import holder, open_day
from tests.rules import newer

pytestmark = pytest.mark.django_db


def make(*amounts: int, **changes: Any) -> RedPacket:
    """A packet with these shares, written past the services."""
    at = clock.now()
    facts = {"customer_id": holder(verified_class=None).id, "shard": 1, "kind": "lucky", "count": len(amounts), "total_fen": sum(amounts)}
    times = {"factors": 0, "created_at": at, "changed_at": at, "expires_at": at + DAY}
    packet = RedPacket.objects.create(**(facts | times | changes))
    RedPacketShare.objects.bulk_create(
        RedPacketShare(packet=packet, position=place, amount_fen=fen) for place, fen in enumerate(amounts, start=1)
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return packet


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        act()
    assert name in str(raised.value)


def test_a_packet_is_whole_and_its_shares_make_its_total() -> None:
    make(1, 2, 3)
    refused("payments_redpacket_cut", lambda: make(1, 2, total_fen=4))
    refused("payments_redpacket_cut", lambda: make(1, 2, count=3))
    refused("payments_redpacket_cut", lambda: make(count=1, total_fen=1))
    refused("payments_redpacket_count", lambda: make(1, count=-1, total_fen=5, taken_count=-2))
    refused("payments_redpacket_total", lambda: make(1, 1, total_fen=1))
    refused("payments_redpacket_kind", lambda: make(1, kind="other"))
    refused("payments_redpacket_shard", lambda: make(1, shard=64))
    refused("payments_redpacket_factors", lambda: make(1, factors=3))
    refused("payments_redpacketshare_amount", lambda: make(1, 0, total_fen=2))


def test_a_packet_for_one_customer_has_one_fixed_share_and_another_payee() -> None:
    ann, bob = holder(verified_class=None), holder(verified_class=None)
    make(5, kind="fixed", payee_id=bob.id)
    refused("payments_redpacket_personal", lambda: make(2, 3, kind="fixed", payee_id=bob.id))
    refused("payments_redpacket_personal", lambda: make(5, payee_id=bob.id))
    refused("payments_redpacket_personal", lambda: make(5, kind="fixed", customer_id=ann.id, payee_id=ann.id))


def test_a_packet_moves_as_its_table_says_and_promises_no_other_thing() -> None:
    open_day()
    refused("payments_redpacket_moves", lambda: make(1, state="returning"))
    rows = RedPacket.objects.filter(pk=make(4, 6).pk)
    refused("payments_redpacket_moves", lambda: rows.update(state="returned", back_journal_id=new_id()))
    refused("payments_redpacket_booked", lambda: rows.update(state="finished"))
    refused("payments_redpacket_booked", lambda: rows.update(back_journal_id=new_id()))
    for promise in ({"total_fen": 11}, {"count": 3}, {"kind": "fixed"}, {"expires_at": clock.now()}, {"taken_count": -1}):
        refused("payments_redpacket_", lambda promise=promise: rows.update(**promise))
    assert rows.update(taken_count=1, taken_fen=4) == 1
    refused("payments_redpacket_stays", lambda: rows.update(taken_count=0, taken_fen=0))
    refused("payments_redpacket_taken", lambda: rows.update(taken_fen=10))
    refused("payments_redpacket_taken", lambda: rows.update(state="finished", taken_count=2))
    assert rows.update(state="finished", taken_count=2, taken_fen=10) == 1
    refused("payments_redpacket_moves", lambda: rows.update(state="open"))
    refused("payments_redpacket_kept", lambda: delete("payments_redpacket"))


def test_a_share_is_taken_once_and_one_customer_has_one() -> None:
    open_day()
    ann, bob = holder(1_000), holder()
    packet = send(ann, 200, count=2)
    first = RedPacketShare.objects.filter(pk=take(packet, bob).pk)
    refused("payments_redpacketshare_once", lambda: first.update(taken_by_id=ann.id))
    second = RedPacketShare.objects.filter(packet=packet, position=2)
    refused("payments_redpacketshare_once", lambda: second.update(amount_fen=101))
    refused("payments_redpacketshare_taken", lambda: second.update(taken_by_id=ann.id))
    refused("payments_redpacketshare_one_each", lambda: second.update(taken_by_id=bob.id, taken_at=clock.now(), journal_id=new_id()))
    refused("payments_redpacketshare_place", lambda: second.create(packet=packet, position=2, amount_fen=1))
    refused("payments_redpacketshare_kept", lambda: delete("payments_redpacketshare"))


def test_a_packet_the_services_made_passes_every_check_of_the_database() -> None:
    open_day()
    give(holder(1_000), holder(), 200)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_terms_are_within_bounds_and_one_at_a_time() -> None:
    first = terms()
    refused("payments_redpacketterms_bounds", lambda: newer(first, count_most=101))
    refused("payments_redpacketterms_bounds", lambda: newer(first, share_most_fen=0))
    refused("payments_redpacketterms_times", lambda: newer(first, per_day=0))
    refused("starts_at", lambda: newer(first, starts_at=first.starts_at))
    refused("payments_redpacketterms_stays", lambda: RedPacketTerms.objects.filter(pk=first.pk).update(per_day=1))


def delete(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")

"""kill -9 in the middle of each act: nothing of it has happened, and doing it again does it once."""

import pytest

from core.clock import queries as clock
from payments.red_packets import services
from payments.red_packets.models import RedPacket
from tests import processes
from tests.payments.red_packets.world import assert_over, end_all, send, take
from tests.payments.wallet.world import holder, open_day, posted

pytestmark = pytest.mark.django_db(transaction=True)
PROCESS = "tests/payments/red_packets/crash_process.py"


def test_a_taker_whose_process_dies_has_taken_nothing_and_takes_the_same_share_again() -> None:
    open_day()
    ann, bob = holder(1_000), holder()
    packet = send(ann, 1_000, kind="lucky", count=5)
    processes.killed_at("posted", PROCESS, "take", str(bob.id), str(packet.id))
    assert (posted(bob), RedPacket.objects.get().taken_count) == (0, 0)
    assert take(packet, bob).position == 1
    assert_over(still_in_packets=RedPacket.objects.get().rest_fen)


def test_a_sweeper_that_dies_leaves_the_packet_to_the_next_sweep() -> None:
    open_day()
    ann = holder(1_000)
    packet = send(ann, 1_000)
    services.end_taking(packet_id=packet.id, at=packet.expires_at)
    processes.killed_at("posted", PROCESS, "give_back", str(ann.id), str(packet.id))
    assert (posted(ann), RedPacket.objects.get().state) == (0, "returning")
    assert end_all(clock.now()) == 1
    assert posted(ann) == 1_000
    assert_over()

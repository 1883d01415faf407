"""Who is on the block list is paid by no way round a transfer, and the rules count red packets and collects with transfers."""

from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.identity.models import Customer
from core.clock import queries as clock
from payments.collects import queries as collects
from payments.collects import services as collecting
from payments.collects.models import CollectShare
from payments.red_packets.models import RedPacket
from payments.risk.models import RiskDecision, RiskRule
from payments.risk.services import lists
from payments.risk.services.deciding import RiskRefused
from payments.wallet.services import transfers
from tests.ledger_proof import assert_books_balance
from tests.payments.red_packets.world import give, send, take
from tests.payments.risk.world import no_rules, rule
from tests.payments.wallet.world import holder, intent, open_day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def block(who: Customer) -> None:
    lists.block(target=lists.named("customer", who.public_id), why="a test", until=None, by="staff:rita", at=clock.now())


def refused(act: Callable[[], object]) -> RiskDecision:
    """The one decision that an act refused leaves."""
    before = RiskDecision.objects.count()
    with pytest.raises(RiskRefused) as raised, transaction.atomic():
        act()
    assert raised.value.afterwards is not None
    raised.value.afterwards()
    assert RiskDecision.objects.count() == before + 1
    return RiskDecision.objects.latest("id")


def collect_from(payer: Customer, organiser: Customer, fen: int) -> CollectShare:
    made = collecting.ask_each(organiser_id=organiser.id, title="饭", each_fen=fen, payer_ids=[payer.id], at=clock.now())
    return collects.seen_by(organiser.id, made.id).shares[0].share


def test_a_red_packet_for_somebody_blocked_is_refused() -> None:
    ann, bob = holder(5_000), holder()
    block(bob)
    decision = refused(lambda: give(ann, bob, 1_000))
    assert (decision.business, decision.verdict, decision.customer_id, decision.payee) == ("red_packet", "refuse", ann.id, bob.id)
    assert not RedPacket.objects.exists()
    assert_books_balance()


def test_nobody_blocked_takes_of_a_packet_by_its_link_and_others_do() -> None:
    ann, bob, cat = holder(5_000), holder(), holder()
    packet = send(ann, 2_000, count=2)
    block(bob)
    decision = refused(lambda: take(packet, bob))
    assert (decision.business, decision.verdict, decision.customer_id, decision.amount_fen) == ("red_packet", "refuse", bob.id, 1_000)
    assert take(packet, cat).amount_fen == 1_000


def test_a_collect_of_somebody_blocked_is_not_paid() -> None:
    ann, bob = holder(5_000), holder()
    share = collect_from(ann, bob, 500)
    block(bob)
    decision = refused(lambda: collecting.pay(intent=intent(ann), share_id=share.id, at=clock.now()))
    assert (decision.business, decision.payee) == ("collect", bob.id)
    share.refresh_from_db()
    assert share.state == "asked"
    assert_books_balance()


def test_the_first_rules_count_red_packets_and_collects_with_transfers() -> None:
    newest = {row.code: row for row in RiskRule.objects.order_by("starts_at")}
    money_out = [row for row in newest.values() if "transfer" in row.scenes]
    assert money_out
    assert all({"red_packet", "collect"} <= set(row.scenes) for row in money_out)


def test_acts_spread_over_the_ways_money_goes_out_are_counted_together() -> None:
    no_rules()
    rule("velocity_count", scenes=["transfer", "red_packet", "collect"], window="day", most=2, verdict="review")
    ann, bob = holder(5_000), holder()
    give(ann, bob, 100)
    transfers.send(intent=intent(ann), payee_id=bob.id, amount_fen=100, remark="", at=clock.now())
    share = collect_from(ann, bob, 100)
    decision = refused(lambda: collecting.pay(intent=intent(ann), share_id=share.id, at=clock.now()))
    assert [hit["verdict"] for hit in decision.hits] == ["review"]
    assert decision.verdict == "refuse", "nobody waits with a collect: what would wait is refused"

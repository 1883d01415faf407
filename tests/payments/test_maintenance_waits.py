"""A bank that is away for some hours: payouts, refunds and unbindings, for which nobody waits and which have no other way, are sent
again."""

from datetime import timedelta

from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.work.queries import waiting as waiting_work
from payments.cards import calls, services
from payments.channels import schedule
from payments.channels.models import Breaker, ChannelRequest
from payments.settlement import sweeps
from payments.wallet.models import Withdrawal
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.plugs import strange_sources
from tests.payments.cashier.test_unknown import late_success
from tests.payments.cashier.world import card_holder, settle_cashier, shop
from tests.payments.refunds.world import assert_all_over, by_card, read, refund, settle_refunds
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.settlement.world import approved, assert_paid_out, pay_out, seller, standing
from tests.payments.wallet import bank_world as wallet
from tests.payments.world import AT, WORKS, bind, payer
from tests.sandbox_bank import SandboxBank

AWAY = 7
FULL = 100_000_00


def sent(operation: str) -> tuple[str, str, int]:
    return ChannelRequest.objects.filter(operation=operation).values_list("state", "code", "sends").get()


def test_a_refund_waits_a_maintenance_out_and_asks_no_operator(connected: SandboxBank) -> None:
    who = card_holder(connected)
    order = by_card(shop(), who, 10_000)
    connected.fault("maintenance", operations=["refund"], times=AWAY)
    made, at = refund(order, 4_000), clock.now()
    assert (made.state, made.status, sent("refund")) == ("processing", "processing", ("new", "MAINTENANCE", 1))
    after = settle_refunds(at)
    made.refresh_from_db()
    assert (made.state, sent("refund"), len(waiting_work())) == ("succeeded", ("success", "", AWAY + 1), 0)
    assert after - at > timedelta(minutes=40)
    assert connected.card(who.number)["balance_fen"] == FULL - 6_000
    assert_all_over()


def test_a_bank_that_stays_away_for_longer_is_an_operators_after_half_a_day(connected: SandboxBank) -> None:
    who = card_holder(connected)
    order = by_card(shop(), who, 10_000)
    connected.fault("maintenance", operations=["refund"], times=99)
    made, at = refund(order, 4_000), clock.now()
    after = settle_refunds(at)
    made.refresh_from_db()
    assert (made.state, made.code, sent("refund")[2]) == ("to_manual", "MAINTENANCE", len(schedule.PATIENT_DELAYS) + 1)
    assert timedelta(hours=12) < after - at < timedelta(hours=16)
    assert [item.kind for item in waiting_work()] == ["refund.refused"]
    assert read(order).refunding_fen == 4_000


def test_late_money_waits_a_maintenance_out_too(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=3_000)
    with strange_sources():
        order = late_success(connected, who, shop())
        connected.fault("maintenance", operations=["refund"], times=AWAY)
        settle_cashier(order.expires_at + timedelta(seconds=2))
    assert (read(order).state, connected.card(who.number)["balance_fen"]) == ("late_refunded", FULL)
    assert_nothing_open()


def test_an_unbinding_waits_a_maintenance_out(connected: SandboxBank) -> None:
    who = payer(connected)
    card = bind(connected, who, WORKS)
    connected.fault("maintenance", operations=["unsign"], times=AWAY)
    calls.unsign(card=services.unbind(customer_id=who.customer.id, card_id=card.id, at=AT), at=AT)
    settle(AT)
    assert connected.control("GET", f"agreements/{card.token}")["agreement_status"] == "CANCELLED"
    assert (sent("unsign"), len(waiting_work())) == (("success", "", AWAY + 1), 0)
    assert_nothing_open()


def test_a_settlement_payout_waits_a_maintenance_out_and_asks_no_operator(connected: SandboxBank) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    connected.fault("maintenance", operations=["payout"], times=AWAY)
    due = start_of_day(row.due_on)
    after = pay_out(row)
    assert (row.state, sent("payout"), len(waiting_work())) == ("paid", ("success", "", AWAY + 1), 0)
    assert after - due > timedelta(minutes=40)
    assert_paid_out(row, connected, who.owner, 9_940)


def test_a_settlement_payout_comes_back_to_an_operator_after_half_a_day(connected: SandboxBank) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    connected.fault("maintenance", operations=["payout"], times=99)
    due = start_of_day(row.due_on)
    after = pay_out(row)
    assert (row.state, row.code, sent("payout")[2]) == ("returned", "MAINTENANCE", len(schedule.PATIENT_DELAYS) + 1)
    assert timedelta(hours=12) < after - due < timedelta(hours=16)
    assert [item.kind for item in waiting_work()] == ["settlement.payout_returned"]
    assert standing(who.merchant) == {"available": 9_940}
    assert_nothing_open()
    assert_books_balance()


def test_a_withdrawal_waits_a_maintenance_out_and_is_the_customers_again_after_half_a_day(connected: SandboxBank) -> None:
    who, other = (wallet.card_holder(connected, fen=50_000) for _ in range(2))
    connected.fault("maintenance", operations=["payout"], agreement_no=who.card.token, times=AWAY)
    connected.fault("maintenance", operations=["payout"], agreement_no=other.card.token, times=99)
    assert [wallet.withdraw(one, 10_000).result for one in (who, other)] == ["processing", "processing"]
    wallet.settle_wallet(clock.now())
    ends = [Withdrawal.objects.get(customer=one.customer) for one in (who, other)]
    assert [(row.state, row.code) for row in ends] == [("paid", ""), ("failed", "MAINTENANCE")]
    assert [connected.card(one.number)["balance_fen"] for one in (who, other)] == [FULL + 10_000, FULL]
    wallet.assert_settled(expected={who.customer: 40_000, other.customer: 50_000})


def test_a_payout_placed_while_the_channel_rests_leaves_when_it_is_back(connected: SandboxBank) -> None:
    who = seller(connected)
    row = approved(who.shop, 10_000)
    due = start_of_day(row.due_on)
    back = due + timedelta(minutes=5)
    Breaker.objects.get_or_create(channel_id="sandbox_bank", defaults={"changed_at": due})
    Breaker.objects.filter(channel_id="sandbox_bank").update(state="open", retry_at=back, opened_at=due, changed_at=due)
    sweeps.pay_due(shard=row.shard, at=due)
    row.refresh_from_db()
    assert (row.state, sent("payout")) == ("paying", ("new", "", 0))
    assert settle(due) >= back
    assert_paid_out(row, connected, who.owner, 9_940)

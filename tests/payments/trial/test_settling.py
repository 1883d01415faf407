"""A day settled before it is over: paid, returned or refused, once, of trial money alone; what moves later is in the next settlement."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.ledger.queries import balance
from core.approvals.services import ApprovalNeeded, must_be_applying
from core.audit.models import AuditRecord
from core.business_day import queries as business_days
from core.business_day import services as business_day
from core.business_day.end_of_day import catch_up
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.outbox.models import OutboxEvent
from core.production import NotInProduction
from payments.agreements.services import deducting
from payments.cashier.models import PaymentOrder
from payments.channels import services as channels
from payments.merchants import accounts
from payments.merchants import queries as merchants
from payments.settlement.models import MerchantPayout, Settlement, SettlementLine
from payments.settlement.services import closing, paying
from payments.settlement.services.closing import DayEnding, DaySettled, NothingToSettle
from payments.trial.payers import TrialOnly
from payments.trial.services import settling
from payments.trial.services.acting import as_operators
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.world import Shop, settle_cashier
from tests.payments.merchants.world import ROOT, Program, program
from tests.payments.settlement.world import end_day, merchant_terms, sell, seller, standing
from tests.payments.trial.world import TRIAL, paid
from tests.payments.wallet.bank_world import Holder
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def with_card(bank: SandboxBank) -> tuple[Program, Holder]:
    """A program of a merchant whose payouts go to its owner's card."""
    who = seller(bank)
    return program(who.merchant), who.owner


@pytest.mark.parametrize(("wanted", "first", "last", "news"), [
    ("paid", "paid", "paid", ["settlement.paid"]),
    ("returned", "paid", "returned", ["settlement.paid", "settlement.returned"]),
    ("refused", "returned", "returned", ["settlement.returned"]),
])  # fmt: skip
def test_todays_trial_money_is_closed_approved_and_paid_out(bank: SandboxBank, wanted: str, first: str, last: str, news: list[str]) -> None:
    caller, owner = with_card(bank)
    order = paid(caller, 10_000)
    refund = {"order_id": order, "out_refund_no": "R1", "amount": 5_000, "reason": "Half of it"}
    assert caller.post(f"{ROOT}/refunds", refund).status_code == 201
    before = bank.card(owner.number)["balance_fen"]
    made, again = (caller.post(f"{TRIAL}/settlements", {"as": wanted}, key="once") for _ in range(2))
    assert (made.status_code, again.content) == (201, made.content), made.content
    body = made.json()
    assert (body["state"], body["orders"], body["refunds"], body["net"], body["payout"]) == (first, 1, 1, 4_970, 4_970)
    lines = caller.get(f"{ROOT}/settlements/{body['id']}/lines").json()["items"]
    assert sum(line["net"] for line in lines) == 4_970
    settle_cashier(clock.now(), pause_s=1.0)
    if wanted == "returned":
        bank.control("POST", "plans/carry-out", {})
        channels.query(request_id=MerchantPayout.objects.get().request_id, at=clock.now())
        settle_cashier(clock.now())
    read = caller.get(f"{ROOT}/settlements/{body['id']}").json()
    assert AuditRecord.objects.filter(act="trial.settlement", target=body["id"]).count() == 1
    twice = caller.post(f"{TRIAL}/settlements")
    assert (twice.status_code, twice.json()["code"]) == (409, "settlement_day_settled")
    assert read["state"] == last
    assert list(OutboxEvent.objects.filter(topic__startswith="settlement.").order_by("id").values_list("topic", flat=True)) == news
    assert bank.card(owner.number)["balance_fen"] - before == (4_970 if last == "paid" else 0)
    assert standing(caller.merchant) == ({} if last == "paid" else {"available": 4_970})
    assert_books_balance()


def test_what_moves_after_it_is_in_the_next_settlement_once(bank: SandboxBank) -> None:
    caller, _ = with_card(bank)
    order = paid(caller, 10_000)
    assert caller.post(f"{TRIAL}/settlements").json()["net"] == 9_940
    paid(caller, 2_000)
    refund = {"order_id": order, "out_refund_no": "R1", "amount": 1_000, "reason": "A cup"}
    assert caller.post(f"{ROOT}/refunds", refund).json()["status"] == "succeeded"
    today = end_day()
    assert Settlement.objects.get(business_on=today).net_fen == 9_940
    assert balance(accounts.pending(caller.merchant.id)).posted == 1_988 - 994
    tomorrow = end_day()
    row = Settlement.objects.get(merchant=caller.merchant, business_on=tomorrow)
    assert (row.orders, row.refunds, row.refunds_fen, row.net_fen, row.left_fen) == (1, 1, 1_000, 994, 0)
    assert sum(SettlementLine.objects.filter(settlement=row).values_list("net_fen", flat=True)) == row.net_fen
    journals = list(SettlementLine.objects.values_list("journal_id", flat=True))
    assert len(journals) == len(set(journals)) == 3
    assert standing(caller.merchant) == {"available": row.payout_fen}
    end_day()
    assert SettlementLine.objects.count() == 3
    assert_books_balance()


def test_only_trial_money_of_a_merchant_with_a_card_is_settled(bank: SandboxBank) -> None:
    without = program()
    paid(without)
    assert caller_code(without) == "no_settlement_card"
    caller, _ = with_card(bank)
    assert caller_code(caller) == "settlement_nothing"
    paid(caller)
    (order,) = sell(Shop(caller.merchant, caller.app), 3_000)
    assert (order.state, caller_code(caller), Settlement.objects.count()) == ("paid", "trial_only", 0)


def caller_code(caller: Program) -> str:
    return str(caller.post(f"{TRIAL}/settlements").json()["code"])


def test_a_day_closed_by_many_at_once_is_closed_once(bank: SandboxBank) -> None:
    who = seller(bank)
    sell(who.shop, 10_000)

    def close(_: int) -> str:
        try:
            return str(closing.close_now(merchant_id=who.merchant.id, at=clock.now()).net_fen)
        except (DaySettled, NothingToSettle, IntegrityError) as refused:
            return type(refused).__name__

    assert sorted(together(close, 4)) == ["9940", "DaySettled", "DaySettled", "DaySettled"]
    assert standing(who.merchant) == {"available": 9_940}
    assert_books_balance()


def test_no_day_is_closed_early_while_the_one_before_is_being_closed(bank: SandboxBank) -> None:
    who = seller(bank)
    sell(who.shop, 10_000)
    business_day.cut_off(at=start_of_day(business_days.current() + timedelta(days=1)))
    with pytest.raises(DayEnding):
        closing.close_now(merchant_id=who.merchant.id, at=clock.now())
    assert not Settlement.objects.exists()
    end_day()
    assert standing(who.merchant) == {"available": 9_940}


def test_what_moves_after_a_settlement_between_midnight_and_the_cut_off_is_in_the_next(bank: SandboxBank) -> None:
    who = seller(bank)
    sell(who.shop, 10_000)
    day = business_days.current()
    late = start_of_day(day + timedelta(days=1)) + timedelta(minutes=5)
    assert closing.close_now(merchant_id=who.merchant.id, at=late).business_on == day
    sell(who.shop, 2_000)
    assert catch_up(at=late + timedelta(minutes=5)).closed[-1] == day
    assert Settlement.objects.get(business_on=day).net_fen == 9_940
    following = end_day()
    assert Settlement.objects.get(business_on=following).net_fen == 1_988
    end_day()
    assert SettlementLine.objects.count() == 2
    assert standing(who.merchant) == {"available": 9_940 + 1_988}
    assert_books_balance()


def test_a_payment_of_anothers_after_the_look_at_the_payers_is_not_settled(bank: SandboxBank) -> None:
    caller, _ = with_card(bank)
    paid(caller, 10_000)
    paid(caller, 10_000)
    ((payer, _day),) = settling.payers_to_settle(caller.merchant.id)
    assert payer is not None
    sell(Shop(caller.merchant, caller.app), 3_000)
    with pytest.raises(TrialOnly):
        settling.settle(merchant_id=caller.merchant.id, trial={payer}, at=clock.now())
    assert (Settlement.objects.count(), standing(caller.merchant)) == (0, {"pending": 2 * 9_940 + 2_982})
    assert_books_balance()


def test_what_an_earlier_day_left_is_settled_where_the_test_payer_paid_it_too(bank: SandboxBank) -> None:
    (mine, _), (others, _) = with_card(bank), with_card(bank)
    for caller in (mine, others):
        merchant_terms(Shop(caller.merchant, caller.app), least_payout_fen=1_000)
    paid(mine, 500)
    sell(Shop(others.merchant, others.app), 500)
    end_day()
    assert set(Settlement.objects.values_list("state", flat=True)) == {"carried"}
    paid(mine, 10_000)
    paid(others, 10_000)
    payers = {payer for payer, _ in settling.payers_to_settle(others.merchant.id)}
    assert (len(payers), caller_code(others)) == (2, "trial_only")
    today = payers - set(PaymentOrder.objects.filter(merchant=others.merchant, amount_fen=500).values_list("payer_id", flat=True))
    with pytest.raises(TrialOnly):
        settling.settle(merchant_id=others.merchant.id, trial={one for one in today if one is not None}, at=clock.now())
    assert standing(others.merchant) == {"available": 497, "pending": 9_940}
    made = mine.post(f"{TRIAL}/settlements").json()
    assert (made["state"], made["net"], made["payout"]) == ("paid", 9_940, 9_940 + 497)
    assert_books_balance()


def test_a_day_is_closed_early_beside_a_payout_that_holds_its_merchant(bank: SandboxBank) -> None:
    who = seller(bank)
    sell(who.shop, 10_000)
    with transaction.atomic():
        merchants.steady(who.merchant.id)
        (row,) = together(lambda _: closing.close_now(merchant_id=who.merchant.id, at=clock.now()).net_fen, 1)
    assert row == 9_940


def test_the_services_themselves_refuse_in_production(settings: Any) -> None:
    settings.PRODUCTION = True
    nobody, at = uuid4(), clock.now()
    for act in (
        lambda: closing.close_now(merchant_id=nobody, at=at),
        lambda: paying.pay_now(settlement_id=nobody, at=at),
        lambda: deducting.bring_forward(deduction_id=nobody, at=at),
        lambda: as_operators("settlement.approve").__enter__(),
    ):
        with pytest.raises(NotInProduction):
            act()
    with pytest.raises(ApprovalNeeded):
        must_be_applying("settlement.approve")

"""Every cap of the register, at the act it bounds: a row changes what happens from its day on, and not before."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from accounts.identity import caps as identity
from accounts.security import passkeys
from accounts.verification import services as verification
from core.clock import queries as clock
from core.desk import customers as desk
from core.errors import DomainError
from core.limits.models import Cap
from core.limits.queries import cap
from core.limits.sockets import CAPS
from payments.bills import services as bills
from payments.bills.sockets import Owed
from payments.cards import services as cards
from payments.cashier.models import PaymentOrder
from payments.cashier.services import orders
from payments.collects import services as collects
from payments.disputes.services import answering
from payments.external_wallets import wallets
from payments.merchants.services import applications, apps, stores
from payments.notices import services as notices
from payments.qr.services import printed
from payments.risk.models import RiskDecision
from payments.risk.services import deciding
from payments.splits import queries as splits
from payments.splits.services import orders as split_orders
from payments.splits.services import receivers, splitting
from payments.wallet.services import payees
from tests.desk.people import staff
from tests.factories import customer, id_number
from tests.ledger_proof import behind_its_back
from tests.payments.bills.world import a_biller
from tests.payments.cashier.world import new_order, shop
from tests.payments.disputes.world import PDF, dispute
from tests.payments.merchants.world import opened
from tests.payments.notices.world import a_notice, told_shop
from tests.payments.qr.world import print_code, store_of
from tests.payments.refunds.world import by_balance
from tests.payments.splits.world import splitter, to_split
from tests.payments.wallet.world import holder, intent, open_day, session_of
from tests.payments.world import WORKS
from tests.rules import unguarded
from tests.wealth.advisor.world import model as a_model
from tests.wealth.advisor.world import regularly
from tests.wealth.catalog import products
from tests.wealth.catalog.products import on_sale
from tests.wealth.fixed_term import world as fixed
from tests.wealth.insurance.world import insurance, insured
from tests.wealth.orders.world import an_issuer, saver
from tests.wealth.suitability.people import insisted, profiled
from wealth.advisor.models import AdvisorPlan, InvestingPlan
from wealth.advisor.services import goals, planning
from wealth.fixed_term import ahead
from wealth.insurance.services import applying, claiming
from wealth.orders.services import buying
from wealth.transfer import caps as transfer_caps
from wealth.transfer import pricing
from wealth.transfer.services import buying as transfers_of
from wealth.transfer.services import offering

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
Act = Callable[[datetime], Any]


@dataclass(frozen=True)
class Case:
    """What an act comes to as long as the usual cap holds, and with `value`; refusals by their code."""

    prepare: Callable[[], Act]
    after: Any
    before: Any = "done"
    value: int = 0


def minutes(order: PaymentOrder) -> int:
    return int((order.expires_at - order.created_at).total_seconds()) // 60


def codes(caps: dict[str, identity.Cap]) -> Callable[[], Act]:
    def prepare() -> Act:
        phone, device = uuid.uuid4().bytes * 2, uuid.uuid4().bytes * 2
        return lambda at: identity.count(caps, phone_index=phone, device_index=device, address="192.0.2.1", at=at)

    return prepare


def reveal() -> Act:
    sue = staff("sue", "support")
    return lambda at: desk.count_reveal(sue, at)


def check() -> Act:
    def act(at: datetime) -> None:
        verification.request_check(customer_id=customer(verified_class=None).id, name="林小满", id_number=id_number(), at=at)

    return act


def register_passkey() -> Act:
    who = holder()
    session = session_of(who)
    return lambda at: passkeys.registration_options(customer_id=who.id, session_id=session.id, user_name="x", at=at)


def bind() -> Act:
    who = holder()
    return lambda at: cards.start_binding(customer_id=who.id, card_number=WORKS, mobile="13800000000", at=at)


def keep_refused() -> Act:
    who = holder()

    def act(at: datetime) -> int:
        facts = {"business": "transfer", "amount_fen": 1, "verdict": "refuse", "hits": [], "inputs": {}}
        deciding.keep_refused(RiskDecision(customer_id=who.id, created_at=at, **facts))
        return RiskDecision.objects.filter(customer_id=who.id, created_at=at).count()

    return act


def look_up() -> Act:
    asker = payees.Asker(holder().id, uuid.uuid4().bytes * 2)
    return lambda at: payees.count(asker, at, 1)


def apply() -> Act:
    owner = holder()
    return lambda at: applications.count(owner.id, at)


def add_app() -> Act:
    merchant = opened()
    return lambda at: apps.add(owner_id=merchant.owner_id, merchant_id=merchant.id, name="Web shop", notify_url="", at=at)


def add_store() -> Act:
    merchant = opened()
    return lambda at: stores.add(merchant_id=merchant.id, name="Riverside shop", address="1 Riverside Road", at=at)


def order() -> Act:
    where = shop()
    return lambda at: minutes(new_order(where, 100, at=at))


def print_one() -> Act:
    where = shop()
    facts = {"owner_id": where.merchant.owner_id, "merchant_id": where.merchant.id, "store_id": store_of(where).id, "app_id": where.app.id}
    return lambda at: printed.make(**facts, title="Till", amount_fen=None, at=at)


def scan() -> Act:
    code, who = print_code(shop(), fen=100), holder()
    return lambda at: minutes(printed.scan(customer_id=who.id, code_id=code.id, amount_fen=None, at=at))


def look_at_bills() -> Act:
    who = holder()
    return lambda at: bills.count_look(customer_id=who.id, at=at)


def keep_account() -> Act:
    biller = a_biller()

    def act(at: datetime) -> None:
        bills.save_account(customer_id=holder().id, biller=biller, account_no="12345678", nickname="", remind=True, at=at)

    return act


def begin_bill() -> Act:
    who, biller = holder(), a_biller()

    def act(at: datetime) -> int:
        owed = Owed(uuid.uuid4().hex, "2026-11", 100, clock.local_day(at))
        made = bills.begin(customer_id=who.id, biller=biller, account_no="12345678", owed=owed, at=at)
        return minutes(PaymentOrder.objects.get(pk=made.order_id))

    return act


def order_product() -> Act:
    open_day()
    who, product = saver(), on_sale(minimum_fen=100)

    def act(at: datetime) -> int:
        made = buying.buy(customer_id=who.id, product_id=product.id, amount_fen=100, at=at)
        return minutes(PaymentOrder.objects.get(pk=made.cashier_order_id))

    return act


def days_ahead() -> Act:
    return lambda at: (ahead.near_by(clock.local_day(at), at) - clock.local_day(at)).days - 1


def of_lot(ask: Callable[[Any, datetime], Any]) -> Act:
    """Something asked of a lot that may be sold."""
    open_day()
    lot = fixed.again(fixed.brought(fixed.deposits(transferable=True), customer()))
    return lambda at: ask(lot, at)


def price_of(lot: Any, at: datetime) -> Any:
    return pricing.priced(lot, part_fen=lot.principal_fen, premium_bp=10, at=at)


def discounted(lot: Any, at: datetime) -> Any:
    return pricing.priced(lot, part_fen=lot.principal_fen, premium_bp=-10, at=at)


def small_part() -> Act:
    return of_lot(lambda lot, at: offering.quoted(customer_id=lot.customer_id, holding_id=lot.pk, part_fen=15_000, premium_bp=0, at=at))


def reserve_offer() -> Act:
    open_day()
    who, product = saver(), fixed.deposits(transferable=True)

    def act(at: datetime) -> int:
        lot = fixed.brought(product, customer())
        made = offering.offer(intent=intent(lot.customer), holding_id=lot.pk, part_fen=lot.principal_fen, premium_bp=0, at=at)
        return minutes(PaymentOrder.objects.get(pk=transfers_of.reserve(customer_id=who.id, offer_id=made.id, at=at).cashier_order_id))

    return act


def reserve_more() -> Act:
    act = reserve_offer()
    act(clock.now())

    def more(at: datetime) -> None:
        act(at)

    return more


def order_more() -> Act:
    open_day()
    who, product = saver(), on_sale(minimum_fen=100)
    act = partial(buying.buy, customer_id=who.id, product_id=product.id, amount_fen=100)
    act(at=clock.now())
    return lambda at: act(at=at)


def hand_in() -> Act:
    open_day()
    where = shop()

    def act(at: datetime) -> None:
        made = dispute(by_balance(where, holder(100, pin=True), 100))
        answering.add_file(dispute_id=made.id, name="receipt.pdf", content=PDF, at=at)

    return act


def name_receiver() -> Act:
    merchant = opened()
    return lambda at: receivers.add(merchant=merchant, kind="merchant", account="mch_nobody", name="Nobody", at=at)


def many_receivers() -> Act:
    wanted = splitting.NewSplit("A1", ((uuid.uuid4(), 1),))
    return lambda at: splitting.refuse_too_many(wanted, at)


def keep_out() -> Act:
    where = splitter()

    def act(at: datetime) -> int:
        kept = to_split(where, 1_000)
        with unguarded():
            PaymentOrder.objects.filter(pk=kept.pk).update(paid_at=at)
        split_orders.take_in(order_ids=[kept.id], at=at + 9 * DAY)
        row = splits.split_order(kept.id)
        assert row is not None
        return (row.until - clock.local_day(at)).days

    return act


def send_again() -> Act:
    where = told_shop("https://shop.example/banyan")
    return lambda at: notices.resend(notice_id=a_notice(where).id, at=at)


def pay_outside() -> Act:
    who = holder()
    return lambda at: wallets.count(who.id, 100, at)


def offer_outside() -> Act:
    who = holder()
    return lambda at: wallets.most_now(who.id, at)


def answer_questions() -> Act:
    who = customer()
    return lambda at: profiled(who, "C3", at=at)


def insist_on() -> Act:
    who, product = customer(), products.on_sale(risk="R4")

    def act(at: datetime) -> int:
        profiled(who, "C2", at=at)
        made = insisted(who, product, at=at)
        return int((made.expires_at - made.created_at).total_seconds()) // 60

    return act


def plan_again() -> Act:
    who = customer()
    a_model({products.on_sale(): 10_000})

    def act(at: datetime) -> AdvisorPlan:
        profiled(who, at=at)
        return planning.show(customer_id=who.id, cash_fen=100_000, at=at)

    return act


def set_goal() -> Act:
    who = customer()
    facts = {"customer_id": who.id, "name": "A flat", "amount_fen": 1, "monthly_fen": 0, "due_on": clock.local_day(clock.now()) + 9 * DAY}
    return lambda at: goals.put(at=at, **facts)


def invest_regularly() -> Act:
    who, product = saver(), products.on_sale()

    def act(at: datetime) -> InvestingPlan:
        return regularly(who, product, 100, at=at)

    return act


def claim_again() -> Act:
    open_day()
    an_issuer()
    who, policy = insured(insurance())
    behind_its_back("UPDATE wealth_insurancepolicy SET starts_on = starts_on - 30")
    event_on = policy.starts_on - 30 * DAY
    asked = {"customer_id": who.id, "policy_id": policy.id, "event_on": event_on, "words": "It broke.", "asked_fen": 100}

    def act(at: datetime) -> Any:
        return claiming.open_claim(**asked, at=at)

    return act


CASES = {
    "bills.accounts": Case(keep_account, "bill_too_many_accounts"),
    "bills.looks_a_day": Case(look_at_bills, "limit_reached"),
    "bills.minutes_to_pay": Case(begin_bill, 7, before=15, value=7),
    "cards.bindings_a_day": Case(bind, "limit_reached", before="channel_off"),
    "codes.of_address_an_hour": Case(codes(identity.CODES), "too_many_requests"),
    "codes.of_device_an_hour": Case(codes(identity.CODES), "too_many_requests"),
    "codes.of_phone_a_day": Case(codes(identity.CODES), "too_many_requests"),
    "collects.phones": Case(lambda: lambda at: collects.refuse_too_many_phones(10, at), "invalid", value=9),
    "desk.reveals_a_day": Case(reveal, "limit_reached"),
    "disputes.files": Case(hand_in, "dispute_files_full"),
    "external_wallets.day_fen": Case(pay_outside, "external_wallet_day_limit"),
    "external_wallets.single_fen": Case(offer_outside, 7, before=5_000_000, value=7),
    "merchants.applications_a_day": Case(apply, "limit_reached"),
    "merchants.apps": Case(add_app, "merchant_too_many_apps"),
    "merchants.stores": Case(add_store, "merchant_too_many_stores"),
    "notices.resends": Case(send_again, "notice_resent_too_often"),
    "orders.hours_to_pay": Case(lambda: lambda at: orders.named_life(7_201, at), "invalid", before=timedelta(seconds=7_201), value=2),
    "orders.minutes_to_pay": Case(order, 7, before=30, value=7),
    "payees.missed_by_customer_a_day": Case(look_up, "too_many_requests"),
    "payees.missed_by_installation_a_day": Case(look_up, "too_many_requests"),
    "payees.of_customer_a_day": Case(look_up, "too_many_requests"),
    "payees.of_installation_a_day": Case(look_up, "too_many_requests"),
    "qr.codes": Case(print_one, "too_many_qr_codes"),
    "qr.minutes_to_pay": Case(scan, 7, before=10, value=7),
    "risk.refused_kept_a_day": Case(keep_refused, 0, before=1),
    "security.passkeys": Case(register_passkey, "too_many_passkeys"),
    "splits.kept_days": Case(keep_out, 7, before=30, value=7),
    "splits.named_a_day": Case(name_receiver, "limit_reached", before="split_receiver_mismatch"),
    "splits.receivers": Case(many_receivers, "invalid"),
    "tries.of_address_an_hour": Case(codes(identity.TRIES), "too_many_requests"),
    "tries.of_device_an_hour": Case(codes(identity.TRIES), "too_many_requests"),
    "tries.of_phone_a_day": Case(codes(identity.TRIES), "too_many_requests"),
    "verification.checks_a_day": Case(check, "too_many_requests"),
    "wealth.answers_a_day": Case(answer_questions, "limit_reached"),
    "wealth.warning_minutes": Case(insist_on, 7, before=30, value=7),
    "wealth.minutes_to_pay": Case(order_product, 7, before=15, value=7),
    "wealth.fixed_term_ahead": Case(days_ahead, 7, before=3, value=7),
    "wealth.transfer_premium_bp": Case(lambda: of_lot(price_of), "transfer_premium_too_high", value=5),
    "wealth.transfer_discount_bp": Case(lambda: of_lot(discounted), "transfer_discount_too_large", value=5),
    "wealth.transfer_least_fen": Case(small_part, "transfer_part_too_small", value=20_000),
    "wealth.transfer_reserved": Case(reserve_more, "transfer_too_many_reserved", value=2),
    "wealth.transfer_lapsed_a_day": Case(lambda: lambda at: cap(transfer_caps.LAPSED, at), 7, before=5, value=7),
    "wealth.unpaid_orders": Case(order_more, "wealth_too_many_unpaid", value=2),
    "wealth.underwriting_again_days": Case(lambda: lambda at: cap(applying.AGAIN, at), 7, before=30, value=7),
    "wealth.transfer_fee_bp": Case(lambda: of_lot(lambda lot, at: price_of(lot, at).fee_fen), 100, before=200, value=10),
    "wealth.transfer_blackout_days": Case(lambda: of_lot(offering.last_moment), "transfer_blackout", value=60),
    "wealth.transfer_offer_days": Case(lambda: of_lot(lambda lot, at: (offering.last_moment(lot, at) - at).days), 8, before=15, value=7),
    "wealth.transfer_minutes_to_pay": Case(reserve_offer, 7, before=15, value=7),
    "wealth.transfer_off_market_bp": Case(lambda: lambda at: cap(transfer_caps.OFF_MARKET, at), 7, before=100, value=7),
    "wealth.transfer_same_pair": Case(lambda: lambda at: cap(transfer_caps.SAME_PAIR, at), 7, before=2, value=7),
    "wealth.transfer_withdrawn": Case(lambda: lambda at: cap(transfer_caps.WITHDRAWN, at), 7, before=5, value=7),
    "wealth.plans_a_day": Case(plan_again, "limit_reached"),
    "wealth.goals": Case(set_goal, "wealth_too_many_goals"),
    "wealth.insurance_claims": Case(claim_again, "insurance_too_many_claims"),
    "wealth.investing_plans": Case(invest_regularly, "wealth_too_many_investing_plans"),
}


def outcome(act: Act, at: datetime, before: object) -> Any:
    """The code of a refusal, what was told, or that it is done."""
    try:
        told = act(at)
    except DomainError as refused:
        return refused.code
    return told if isinstance(told, int | timedelta) and before != "done" else "done"


def test_every_cap_of_the_register_has_its_act_here() -> None:
    assert sorted(CASES) == sorted(name for name, _ in CAPS.items())


@pytest.mark.parametrize("name", CASES)
def test_a_row_changes_what_is_refused_from_its_day_on_and_not_before(name: str) -> None:
    case, now = CASES[name], clock.now()
    act, eve = case.prepare(), clock.start_of_day(clock.local_day(now) + DAY) - timedelta(seconds=1)
    Cap.objects.create(name=name, value=case.value, starts_on=clock.local_day(now) + DAY)
    assert (outcome(act, eve, case.before), outcome(act, eve + timedelta(seconds=1), case.before)) == (case.before, case.after)

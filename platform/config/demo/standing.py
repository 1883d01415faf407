"""What comes back by itself, performed: clubs and their fees, bills, and the shares of those who sell for a shop; and what a shop needs
for it besides its review."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts.verification import queries as verification
from config.demo.acts import Intention, NotReady
from config.demo.cast import FINANCE, second_look
from config.demo.lives import Life, card_of, customer_of, proof_of
from config.demo.market_plan import Trade
from config.demo.shops import Shop, sold
from config.demo.standing_plan import FIRST_FEE_AFTER, PERIOD_DAYS
from core.clock.queries import local_day
from core.desk.proposals import NEW
from core.ids import public_id
from payments.agreements import queries as agreements
from payments.agreements.periods import Plan
from payments.agreements.services import deducting, signing
from payments.agreements.services.signing import NewAgreement
from payments.agreements.states import Period
from payments.bills import outbound as billing
from payments.bills import queries as billers
from payments.bills import services as bills
from payments.bills.queries import Biller, BillPayment
from payments.cashier import outbound
from payments.cashier import queries as cashier
from payments.cashier.services import paying
from payments.cashier.services.funding import Pick
from payments.cashier.services.orders import NewOrder
from payments.merchants import queries as merchants
from payments.merchants.states import Scene
from payments.splits.services import receivers, splitting
from payments.splits.services.splitting import NewSplit
from payments.splits.states import ReceiverKind

SHARED_BP = 2_000
TERMS_CHANGE, BILLER_CHANGE = "payments.merchantterms.change", "payments.biller.change"


def may_share(shop: Shop, at: datetime) -> None:
    """Let a shop split up to a fifth of what is paid, from tomorrow on."""
    terms = merchants.terms_in_force(shop.merchant_id, at)
    names = ("settlement_delay_days", "reserve_bp", "least_payout_fen", "fee_returned_on_refund", "refund_days", "refunds_most")
    begins: date = local_day(at) + timedelta(days=1)
    kept: dict[str, Any] = {name: getattr(terms, name) for name in names}
    values = kept | {"merchant": str(shop.merchant_id), "split_cap_bp": SHARED_BP, "effective_on": begins.isoformat()}
    second_look(TERMS_CHANGE, rule(values), "People sell for this shop", at, people=FINANCE)


def sends_bills(shop: Shop, trade: Trade, at: datetime) -> None:
    """Open a biller whose orders are the shop's."""
    values = {
        "merchant": str(shop.merchant_id),
        "app": str(shop.app_id),
        "category": trade.biller,
        "name_en": trade.name,
        "name_zh": trade.short_name,
        "system": "sandbox",
        "code": trade.biller,
        "account_format": "[0-9]{8,12}",
        "account_hint_en": "8 to 12 digits, on the first page of a bill.",
        "account_hint_zh": "8 至 12 位数字,见账单首页。",
        "open": True,
    }
    second_look(BILLER_CHANGE, rule(values), "The contract is signed", at, people=FINANCE)


def rule(values: dict[str, Any]) -> dict[str, Any]:
    """A new row of a table that two people edit."""
    return {"row": NEW, "values": values, "before": {}}


def join_club(life: Life, shop: Shop, wanted: Intention, at: datetime) -> None:
    """A shop proposes its club, and the customer signs: the balance first, then the card."""
    plan = Plan(Period.DAY, local_day(at) + timedelta(days=FIRST_FEE_AFTER), PERIOD_DAYS)
    asked = NewAgreement(wanted.how, "会员卡", wanted.amount_fen, None, plan)
    agreement = signing.propose(app=merchants.app(shop.app_id), wanted=asked, at=at)
    intent = proof_of(life, signing.PURPOSE, wanted.amount_fen, agreement.public_id, at)
    methods = [("balance", ""), ("card", public_id("crd", card_of(life, wanted)))]
    signing.sign(intent=intent, agreement_id=agreement.id, methods=methods, at=at)


def deduct(shop: Shop, wanted: Intention, at: datetime) -> None:
    """The shop asks for a club's fee; it is taken in the evening."""
    agreement = agreements.by_number(shop.merchant_id, shop.app_id, wanted.how)
    if agreement is None:
        raise NotReady("has no such agreement")
    order = NewOrder(f"{wanted.how}-{wanted.day:03d}", wanted.amount_fen, "会员费", scene=Scene.DEDUCTION)
    deducting.ask(app=merchants.app(shop.app_id), agreement_id=agreement.id, wanted=order, at=at)


def pay_bill(life: Life, shop: Shop, wanted: Intention, at: datetime) -> None:
    """Save the account, look up what it owes, and pay the oldest bill by card; the biller is told in the evening."""
    customer, biller = customer_of(life), biller_of(shop)
    bills.save_account(customer_id=customer.id, biller=biller, account_no=wanted.how, nickname="家里", remind=True, at=at)
    owed = billing.owed(biller=biller, account_no=wanted.how)
    if not owed:
        raise NotReady("owes nothing")
    begun: BillPayment = bills.begin(customer_id=customer.id, biller=biller, account_no=wanted.how, owed=owed[0], at=at)
    order = cashier.order(begun.order_id)
    intent = proof_of(life, paying.PURPOSE, order.amount_fen, order.public_id, at)
    picks = [Pick("card", public_id("crd", card_of(life, wanted)))]
    attempt = paying.pay(intent=intent, order_id=order.id, picks=picks, at=at)
    outbound.ask(attempt_id=attempt.id, at=at)


def biller_of(shop: Shop) -> Biller:
    """Raises NotReady where it is not opened."""
    found = billers.billers().select_related("app").filter(merchant_id=shop.merchant_id).first()
    if found is None:
        raise NotReady("sends no bills")
    return found


def split(shop: Shop, seller: Life, wanted: Intention, at: datetime) -> None:
    """A part of an order to somebody who sells for the shop; nothing more of it is split."""
    order, person = sold(shop, wanted), verification.real_name(customer_of(seller).id)
    if person is None:
        raise NotReady("is not verified")
    merchant, account = merchants.merchant(shop.merchant_id), customer_of(seller).public_id
    receiver = receivers.add(merchant=merchant, kind=ReceiverKind.CUSTOMER, account=account, name=person.name, at=at)
    asked = NewSplit(f"S{wanted.how}", ((receiver.id, wanted.amount_fen),), remark="销售提成", finish=True)
    splitting.split(app=merchants.app(shop.app_id), order_id=order.id, wanted=asked, at=at)

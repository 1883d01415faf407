"""The demo's market: opening shops through the operators' review, paying orders from every mix, red packets and collects."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from config.demo.acts import Intention, NotReady
from config.demo.cast import operator, second_look
from config.demo.lives import Life, card_of, customer_of, intent_for, proof_of, session_of
from config.demo.market_plan import TRADES, order_number
from core.ids import public_id
from payments.cashier import outbound
from payments.cashier import queries as cashier
from payments.cashier.queries import PaymentOrder
from payments.cashier.services import funding, orders, paying
from payments.cashier.services.funding import Pick
from payments.cashier.services.orders import NewOrder
from payments.cashier.states import OrderState
from payments.collects import queries as collects
from payments.collects import services as collecting
from payments.disputes.services import opening
from payments.disputes.services.opening import NewDispute
from payments.disputes.states import DisputeKind, OpenedBy
from payments.merchants import licences
from payments.merchants import queries as merchants
from payments.merchants.services import applications, apps, reviewing, stores
from payments.merchants.services.applications import Application
from payments.merchants.states import Scene
from payments.qr import outbound as qr_outbound
from payments.qr.services import charging, printed, showing
from payments.red_packets import services as red_packets
from payments.red_packets.services import Kind
from payments.refunds import outbound as refunding
from payments.refunds.services import asking

NAMES = ("乌龙", "套餐", "本周特惠", "会员日", "新品", "两件装")
REVIEWER, REVIEWERS = "support", ("support", "risk")
FORGETFUL = 3
"""Every third red packet keeps its last share, and every third collect one unpaid share."""


@dataclass(frozen=True)
class Shop:
    """A merchant of the demo: the app it takes orders by, its one store and the code printed for it."""

    merchant_id: uuid.UUID
    app_id: uuid.UUID
    store_id: uuid.UUID
    code_id: uuid.UUID


def open_shop(life: Life, wanted: Intention, at: datetime) -> Shop:
    """Apply, be reviewed by two operators, and set up a store, an app and the card that payouts go to."""
    owner, trade = customer_of(life), TRADES[wanted.other]
    first = f"9133{1000 + wanted.other:04d}{2_000_000 + wanted.person:09d}"
    application = Application(
        kind="company",
        name=trade.name,
        short_name=trade.short_name,
        category=trade.category,
        contact_phone=life.person.mobile,
        licence_number=first + licences.check_letter(first),
    )
    merchant = applications.apply(owner_id=owner.id, application=application, at=at)
    reviewing.take_up(merchant_id=merchant.id, reviewer=operator(REVIEWER), at=at)
    payload = {"target": merchant.public_id, "applied_at": merchant.applied_at.isoformat()}
    second_look(reviewing.APPROVE, payload, "Licence and category checked", at, people=REVIEWERS)
    store = stores.add(merchant_id=merchant.id, name=trade.short_name, address=f"人民路 {wanted.person + 1} 号", at=at)
    app = apps.add(owner_id=owner.id, merchant_id=merchant.id, name=f"{trade.short_name} POS", notify_url="", at=at)
    card = public_id("crd", card_of(life, wanted))
    proof = proof_of(life, applications.CARD_PURPOSE, 0, card, at)
    applications.choose_card(intent=proof, merchant_id=merchant.id, card_id=card_of(life, wanted), at=at)
    code = printed.make(
        owner_id=owner.id, merchant_id=merchant.id, store_id=store.id, app_id=app.id, title=trade.short_name, amount_fen=None, at=at
    )
    return Shop(merchant.id, app.id, store.id, code.id)


def pay(life: Life, shop: Shop, wanted: Intention, at: datetime) -> None:
    """An order of the shop, in the scene and paid from the mix the plan says; what is paid by nobody expires."""
    order = order_in_scene(life, shop, wanted, at)
    if order.state != OrderState.CREATED or wanted.how == "nobody":
        return
    picks = picks_of(life, wanted)
    planned = funding.shares(order=order, customer_id=customer_of(life).id, picks=picks, at=at)
    intent = intent_for(life, paying.PURPOSE, funding.payer_fen(planned), order.public_id, at)
    attempt = paying.pay(intent=intent, order_id=order.id, picks=picks, at=at)
    outbound.ask(attempt_id=attempt.id, at=at)


def order_in_scene(life: Life, shop: Shop, wanted: Intention, at: datetime) -> PaymentOrder:
    """The order to be paid: made in the app, scanned from the store's code, or made by the terminal that reads the payer's own, which
    also pays it while the amount needs no PIN."""
    payer = customer_of(life)
    if wanted.scene == Scene.QR_STATIC:
        return printed.scan(customer_id=payer.id, code_id=shop.code_id, amount_fen=wanted.amount_fen, at=at)
    if wanted.scene == Scene.QR_PAYER and wanted.how != "nobody":
        _, digits = showing.show(customer_id=payer.id, session_id=session_of(life).id, at=at)
        asked = replace(ordered(shop, wanted), scene=Scene.QR_PAYER)
        code = charging.charge(app=merchants.app(shop.app_id), auth_code=digits, wanted=asked, at=at)
        qr_outbound.ask(code_id=code.id, at=at)
        assert code.order_id is not None, "a code that was read has its order"
        return cashier.order(code.order_id)
    return orders.create(app=merchants.app(shop.app_id), wanted=ordered(shop, wanted), at=at)


def dispute(life: Life, shop: Shop, wanted: Intention, at: datetime) -> None:
    """The payer says that what was paid for never came."""
    payer, order = customer_of(life), sold(shop, wanted)
    claim = NewDispute(kind=DisputeKind.NOT_RECEIVED, words="付款后未收到商品", opened_by=OpenedBy.PAYER, opener=payer.public_id)
    opening.open_dispute(order_id=order.id, wanted=claim, at=at)


def sold(shop: Shop, wanted: Intention) -> PaymentOrder:
    order = cashier.by_number(shop.merchant_id, shop.app_id, wanted.how)
    if order is None:
        raise NotReady("has no such order")
    return order


def ordered(shop: Shop, wanted: Intention) -> NewOrder:
    return NewOrder(order_number(wanted), wanted.amount_fen, NAMES[(wanted.person + wanted.day) % len(NAMES)], store_id=shop.store_id)


def refund(shop: Shop, wanted: Intention, at: datetime) -> None:
    """The shop's program gives a part of an order back, or all of it."""
    order = sold(shop, wanted)
    number = f"R{wanted.day:03d}{wanted.how}"
    asked = asking.by_app(amount_fen=wanted.amount_fen, reason="顾客退货", asker=public_id("app", shop.app_id), out_refund_no=number)
    refunding.send(refund_id=asking.ask(order_id=order.id, wanted=asked, at=at).id, at=at)


def picks_of(life: Life, wanted: Intention) -> Sequence[Pick]:
    if wanted.how == "balance":
        return [Pick("balance")]
    card = Pick("card", public_id("crd", card_of(life, wanted)))
    return [card] if wanted.how == "card" else [Pick("balance", fen=max(wanted.amount_fen // 3, 1)), card]


def red_packet(life: Life, friends: Sequence[Life], wanted: Intention, at: datetime) -> None:
    """A packet of equal shares by a link; the friends take them, sometimes all but the last."""
    share_fen = wanted.amount_fen // len(friends)
    total = share_fen * len(friends)
    intent = intent_for(life, red_packets.PURPOSE, total, "", at)
    packet = red_packets.send(intent=intent, kind=Kind.FIXED, count=len(friends), total_fen=total, message="恭喜发财", at=at)
    for friend in friends[: len(friends) - (wanted.day % FORGETFUL == 0)]:
        red_packets.take(taker_id=customer_of(friend).id, packet_id=packet.id, by_link=True, at=at)


def collect(life: Life, friends: Sequence[Life], wanted: Intention, at: datetime) -> None:
    """A collect from friends; they pay, sometimes all but the last."""
    organiser = customer_of(life)
    payers = [customer_of(friend).id for friend in friends]
    asked = collecting.ask_each(organiser_id=organiser.id, title="聚餐 AA", each_fen=wanted.amount_fen, payer_ids=payers, at=at)
    shares = {found.share.payer_id: found.share for found in collects.seen_by(organiser.id, asked.id).shares}
    for friend in friends[: len(friends) - (wanted.day % FORGETFUL == 0)]:
        intent = intent_for(friend, collecting.PURPOSE, wanted.amount_fen, organiser.public_id, at)
        collecting.pay(intent=intent, share_id=shares[customer_of(friend).id].id, at=at)

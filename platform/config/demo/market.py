"""The demo's market: orders in every scene, paid from every mix, given back and disputed; red packets and collects."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from config.demo.acts import Intention
from config.demo.lives import Life, card_of, customer_of, intent_for, session_of
from config.demo.market_plan import order_number
from config.demo.shops import Shop, sold
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
from payments.merchants import queries as merchants
from payments.merchants.states import Scene
from payments.qr import digits
from payments.qr import outbound as qr_outbound
from payments.qr import queries as codes
from payments.qr.services import charging, printed, showing
from payments.red_packets import services as red_packets
from payments.red_packets.services import Kind
from payments.refunds import outbound as refunding
from payments.refunds.services import asking

NAMES = ("乌龙", "套餐", "本周特惠", "会员日", "新品", "两件装")
FORGETFUL = 3
"""Every third red packet keeps its last share, and every third collect one unpaid share."""


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
    """The order to be paid: made in the app, scanned from the store's code or from the order's own, or made by the terminal that reads
    the payer's code, which also pays it while the amount needs no PIN."""
    payer = customer_of(life)
    if wanted.scene == Scene.QR_STATIC:
        return printed.scan(customer_id=payer.id, code_id=shop.code_id, amount_fen=wanted.amount_fen, at=at)
    if wanted.scene == Scene.QR_PAYER and wanted.how != "nobody":
        _, shown = showing.show(customer_id=payer.id, session_id=session_of(life).id, at=at)
        asked = replace(ordered(shop, wanted), scene=Scene.QR_PAYER)
        code = charging.charge(app=merchants.app(shop.app_id), auth_code=shown, wanted=asked, at=at)
        qr_outbound.ask(code_id=code.id, at=at)
        assert code.order_id is not None, "a code that was read has its order"
        return cashier.order(code.order_id)
    asked = replace(ordered(shop, wanted), scene=wanted.scene, to_split=shop.shares and wanted.scene == Scene.IN_APP)
    order = orders.create(app=merchants.app(shop.app_id), wanted=asked, at=at)
    if wanted.scene == Scene.QR_DYNAMIC:
        scanned = codes.resolve(payer.id, digits.text_of(order.public_id), at)
        assert scanned.order is not None, "the code of an order leads to it"
        return scanned.order
    return order


def dispute(life: Life, shop: Shop, wanted: Intention, at: datetime) -> None:
    """The payer says that what was paid for never came."""
    payer, order = customer_of(life), sold(shop, wanted)
    claim = NewDispute(kind=DisputeKind.NOT_RECEIVED, words="付款后未收到商品", opened_by=OpenedBy.PAYER, opener=payer.public_id)
    opening.open_dispute(order_id=order.id, wanted=claim, at=at)


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

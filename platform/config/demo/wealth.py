"""The demo's savers: what each act with money to save is performed by."""

from collections.abc import Callable
from datetime import datetime

from config.demo import advice, campaigns, cover
from config.demo.acts import Act, Intention, NotReady
from config.demo.lives import Life, card_of, customer_of, intent_for, ordered
from config.demo.products import product_of
from core.ids import public_id
from payments.wallet import queries as wallet
from payments.wallet.services import authority
from wealth.catalog import queries as catalog
from wealth.current import queries as current
from wealth.fixed_term import queries as fixed_terms
from wealth.orders.services import redeeming
from wealth.orders.services.to_card import ToCard
from wealth.suitability import queries as suitability
from wealth.suitability.services import answering
from wealth.transfer.services import offering


def answer(life: Life, wanted: Intention, at: datetime) -> None:
    """The questionnaire, each answer as bold as `how` (0 the most careful) lets it be."""
    rules, boldness = suitability.questionnaire(at), int(wanted.how)
    chosen = {}
    for question in rules.questions:
        options = sorted(question["options"], key=lambda one: (one["points"], one["id"]))
        chosen[question["id"]] = [options[min(boldness, len(options) - 1)]["id"]]
    answering.answer(customer_id=customer_of(life).id, questionnaire_id=rules.id, answers=chosen, at=at)


def invest(life: Life, wanted: Intention, at: datetime) -> None:
    """A purchase, paid from the balance; people put away a third of it at most."""
    product = product_of(wanted)
    fen = min(wanted.amount_fen, wallet.balance(customer_of(life).id).available // 3)
    if fen < catalog.current_version(product).minimum_fen:
        raise NotReady("has too little to save")
    ordered(life, product.id, fen, {"instruction": wanted.scene} if wanted.scene else {}, at)


def sell(life: Life, wanted: Intention, at: datetime) -> None:
    """The first deposit of a product is offered to others, `amount_fen` basis points above its principal."""
    customer, product = customer_of(life), product_of(wanted)
    lot = fixed_terms.own(customer.id).filter(product_id=product.id, state="held").order_by("created_at", "id").first()
    if lot is None:
        raise NotReady("holds no deposit to sell")
    approval = intent_for(life, offering.PURPOSE, lot.free_fen, lot.public_id, at)
    offering.offer(intent=approval, holding_id=lot.id, part_fen=lot.free_fen, premium_bp=wanted.amount_fen, at=at)


def redeem(life: Life, wanted: Intention, at: datetime) -> None:
    """Some of what is held, or all where that is less: at once, on its day, or on its day to a card."""
    customer, product = customer_of(life), product_of(wanted)
    held = current.holding(customer.id, product.id)
    if held is None or held.free_fen < 1:
        raise NotReady("holds nothing to redeem")
    fen = min(wanted.amount_fen, held.free_fen)
    to_card = None
    if wanted.scene == "card":
        card_id = card_of(life, wanted)
        to_card = ToCard(card_id, intent_for(life, authority.WITHDRAW, fen, public_id("crd", card_id), at))
    fast = wanted.scene == "fast"
    redeeming.redeem(customer_id=customer.id, product_id=product.id, units_fen=fen, fast=fast, to_card=to_card, at=at)


ACTS: dict[Act, Callable[[Life, Intention, datetime], None]] = {
    Act.ANSWER: answer,
    Act.INVEST: invest,
    Act.REDEEM: redeem,
    Act.SELL: sell,
    Act.INSURE: cover.insure,
    Act.AUTO_DEBIT: cover.auto_debit,
    Act.COOL_OFF: cover.cool_off,
    Act.CLAIM: cover.claim,
    Act.CAMPAIGN: campaigns.begin,
    Act.PLEDGE: campaigns.pledge,
    Act.EVIDENCE: campaigns.tell,
    Act.GOAL: advice.set_goal,
    Act.AGREE: advice.agree,
    Act.ADVISE: advice.take_advice,
}

"""The demo's wealth: products that its operators put on sale, savers who buy, hold and sell them, and the issuer's mornings."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from config.demo import advice, campaigns, cover
from config.demo.acts import Act, Intention, NotReady
from config.demo.cast import second_look
from config.demo.lives import Life, card_of, customer_of, intent_for, ordered, pay_order
from config.demo.products import product_of
from config.demo.shelf import OFFERED, SAID
from core.errors import DomainError
from core.ids import public_id
from core.outbox import services as outbox
from payments.wallet import queries as wallet
from payments.wallet.services import authority
from wealth.catalog import queries as catalog
from wealth.catalog.services import drafting, reviewing
from wealth.current import queries as current
from wealth.fixed_term import queries as fixed_terms
from wealth.fixed_term import sweeps as maturities
from wealth.issuers import queries as issuers
from wealth.issuers.services import sending
from wealth.orders import queries as orders
from wealth.orders import sweeps
from wealth.orders.services import redeeming
from wealth.orders.services.to_card import ToCard
from wealth.suitability import queries as suitability
from wealth.suitability.services import answering
from wealth.transfer import pricing
from wealth.transfer import queries as transfers
from wealth.transfer.queries import TransferOffer
from wealth.transfer.services import buying as transfer
from wealth.transfer.services import offering

ISSUER = "sandbox_issuer"
REVIEWERS = ("marketing", "finance_checker")


def open_shelf(at: datetime) -> None:
    """Every product of the demo drafted by one operator and put on sale by another."""
    for offered in OFFERED:
        version = drafting.draft(code=offered.code, kind=offered.kind, issuer_code=ISSUER, values=SAID | offered.values, at=at)
        version = reviewing.hand_in(product_id=version.product_id, at=at)
        payload = {"target": version.product.public_id, "seen": reviewing.fingerprint(version)}
        second_look(reviewing.PUBLISH, payload, "Compared with the issuer's prospectus", at, people=REVIEWERS)
    advice.publish_models(at)


def decide(at: datetime) -> None:
    """What waits for people at the desk."""
    cover.decide(at)
    campaigns.decide(at)


def go_on(at: datetime) -> None:
    """Orders whose step is due, what rooms do by themselves, and what issuers are to be asked."""
    for shard in orders.due_shards(at):
        sweeps.go_on(shard=shard, at=at)
    for shard in fixed_terms.due_shards(at):
        maturities.ask(shard=shard, at=at)
    advice.go_on(at)
    cover.go_on(at)
    campaigns.go_on(at)
    for shard in issuers.due_shards(at):
        sending.resolve_due(shard=shard, at=at)
    outbox.run_pending(at=at)


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
    offering.offer(customer_id=customer.id, holding_id=lot.id, part_fen=lot.free_fen, premium_bp=wanted.amount_fen, at=at)


def trade(lives: Mapping[int, Life], at: datetime) -> None:
    """Evening: whoever comes first of those who can pay buys what was offered."""
    for offer in transfers.book(at).order_by("created_at", "part_fen", "id"):
        for _, life in sorted(lives.items()):
            if life.customer is not None and life.customer.id != offer.customer_id and takes(life, offer, at):
                break


def takes(life: Life, offer: TransferOffer, at: datetime) -> bool:
    """Reserve an offer and pay it from the balance, or neither."""
    customer = customer_of(life)
    price = pricing.today_of(offer, at)
    if price is None or wallet.balance(customer.id).available < price.price_fen or suitability.newest(customer.id) is None:
        return False
    try:
        with transaction.atomic():
            made = transfer.reserve(customer_id=customer.id, offer_id=offer.id, at=at)
            assert made.cashier_order_id is not None
            return pay_order(life, made.cashier_order_id, at) == "paid"
    except DomainError:
        return False


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

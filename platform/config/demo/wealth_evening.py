"""The demo's wealth by itself: products that its operators put on sale, what rooms and people do mornings and evenings, and who buys what
others offer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from config.demo import advice, campaigns, cover
from config.demo.bank import Bank
from config.demo.cast import second_look
from config.demo.hands import Hand, spread
from config.demo.lives import Life, customer_of, pay_order
from config.demo.shelf import OFFERED, SAID
from core.errors import DomainError
from core.outbox import services as outbox
from payments.wallet import queries as wallet
from wealth.catalog.services import drafting, reviewing
from wealth.fixed_term import queries as fixed_terms
from wealth.fixed_term import sweeps as maturities
from wealth.issuers import queries as issuers
from wealth.issuers.services import sending
from wealth.orders import queries as orders
from wealth.orders import sweeps
from wealth.suitability import queries as suitability
from wealth.transfer import pricing
from wealth.transfer import queries as transfers
from wealth.transfer.queries import TransferOffer
from wealth.transfer.services import buying as transfer

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


def go_on(at: datetime, *, bank: Bank, hands: Sequence[Hand]) -> None:
    """Orders whose step is due, what rooms do by themselves, and what issuers are to be asked."""
    spread(order_on, orders.due_shards(at), at, bank=bank, hands=hands)
    for shard in fixed_terms.due_shards(at):
        maturities.ask(shard=shard, at=at)
    advice.go_on(at)
    cover.go_on(at)
    campaigns.go_on(at)
    spread(ask_issuers, issuers.due_shards(at), at, bank=bank, hands=hands)
    outbox.run_pending(at=at)


def order_on(shards: Sequence[int], at: datetime, bank: Bank) -> None:
    for shard in shards:
        sweeps.go_on(shard=shard, at=at)


def ask_issuers(shards: Sequence[int], at: datetime, bank: Bank) -> None:
    for shard in shards:
        sending.resolve_due(shard=shard, at=at)


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

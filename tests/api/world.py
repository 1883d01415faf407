"""Two customers, of whom one owns one of everything, and the tokens of everybody who must not get in."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from accounts.identity import services as identity
from accounts.identity.models import Customer, DeviceSession
from accounts.identity.tokens import ACCESS, new_token
from accounts.privacy import services as privacy
from accounts.security import passkeys
from accounts.security import services as security
from accounts.verification import queries as verification
from core.business_day import queries as business_days
from core.business_day import services as business_day
from core.clock import queries as clock
from core.ids import SHARDS, new_id, public_id
from core.outbox.registry import Event
from credit.lines.services import raising
from payments.agreements.periods import Plan
from payments.agreements.services import deducting, signing
from payments.agreements.services.signing import NewAgreement
from payments.bills import services as bills
from payments.bills.sockets import Owed
from payments.cashier.services import orders, paying
from payments.cashier.services.funding import Pick
from payments.cashier.services.orders import NewOrder
from payments.collects import queries as collect_queries
from payments.collects import services as collects
from payments.disputes.services import opening
from payments.disputes.services.opening import NewDispute
from payments.disputes.states import OpenedBy
from payments.merchants.services import stores
from payments.notices import services as notices
from payments.qr.services import charging, printed, showing
from payments.red_packets import services as red_packets
from payments.refunds.services import asking
from payments.settlement.models import Settlement
from payments.settlement.services import closing
from payments.splits.services import receivers as split_receivers
from payments.splits.services import splitting
from payments.splits.services.splitting import NewSplit
from payments.wallet import outbound
from payments.wallet.services import top_ups, transfers, withdrawals
from payments.wallet.services.authority import Intent
from tests import factories
from tests.accounts.authenticator import Authenticator
from tests.api.operations import Operation
from tests.credit.debts import world as debts
from tests.credit.lines import world as lines
from tests.credit.products import world as credit_products
from tests.payments.bills.world import a_biller
from tests.payments.merchants.world import Program, opened, program
from tests.payments.wallet.world import fund
from tests.payments.wallet.world import intent as approval
from tests.payments.world import Payer, bind, payer, start
from tests.sandbox_bank import SandboxBank
from tests.wealth.advisor import world as advisor
from tests.wealth.catalog import products
from tests.wealth.crowdfunding import world as crowdfunding
from tests.wealth.current import world as current
from tests.wealth.fixed_term import world as fixed
from tests.wealth.insurance import world as insurance
from tests.wealth.orders.world import an_issuer
from tests.wealth.suitability.people import profiled
from wealth.advisor.services import goals, investing, planning
from wealth.orders.services import buying
from wealth.portfolio.models import PARTS
from wealth.portfolio.services import keeping
from wealth.transfer.services import buying as transfers_of
from wealth.transfer.services import offering

PREFIXES = {
    "session_id": "ses",
    "passkey_id": "psk",
    "card_id": "crd",
    "binding_id": "bnd",
    "top_up_id": "top",
    "withdrawal_id": "wdr",
    "transfer_id": "trf",
    "journal_id": "jrn",
    "red_packet_id": "rpk",
    "collect_id": "clt",
    "collect_share_id": "cls",
    "consent_id": "cns",
    "export_id": "exp",
    "merchant_id": "mch",
    "store_id": "sto",
    "order_id": "ord",
    "attempt_id": "att",
    "out_trade_no": "T",
    "refund_id": "rfd",
    "dispute_id": "dsp",
    "out_refund_no": "R",
    "scanned": "ord",
    "payer_code_id": "pcd",
    "agreement_id": "agr",
    "deduction_id": "ded",
    "qr_code_id": "qrc",
    "settlement_id": "stl",
    "split_id": "spl",
    "receiver_id": "rcv",
    "app_id": "app",
    "key_id": "key",
    "notice_id": "mnt",
    "bill_id": "bil",
    "bill_account_id": "bac",
    "holding_id": "chd",
    "wealth_order_id": "wod",
    "fixed_holding_id": "fxh",
    "transfer_offer_id": "fxo",
    "transfer_trade_id": "fxt",
    "advisor_plan_id": "apl",
    "wealth_goal_id": "wgo",
    "investing_id": "ivp",
    "month": "pfm",
    "quote_id": "ina",
    "application_id": "ina",
    "policy_id": "inp",
    "premium_id": "inr",
    "claim_id": "inc",
    "campaign_id": "cfc",
    "own_campaign_id": "cfc",
    "milestone_id": "cfm",
    "product_id": "prd",
    "credit_product_id": "crp",
    "line_id": "crl",
    "raise_id": "crr",
    "draw_id": "drw",
}
NOBODYS = {"product_id", "credit_product_id", "campaign_id"}
"""Path parameters that name what every customer may read alike."""
FUNDS_FEN = 50_000
PUBLIC_ID = re.compile(r"^(?P<prefix>[a-z]{3})_[0-9a-z]{26}$")
Place = tuple[str | int, ...]


def ids_in(body: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every public id of a body, however deep: where it stands, and its prefix."""
    if isinstance(body, str) and (found := PUBLIC_ID.match(body)):
        yield place, found["prefix"]
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in inner:
        yield from ids_in(value, (*place, name))


def put(body: Any, place: Place, value: str) -> Any:
    """The body with another value in one place; the one given stays as it is."""
    if not place:
        return value
    copy = body.copy()
    copy[place[0]] = put(body[place[0]], place[1:], value)
    return copy


@dataclass
class World:
    """`samples`: the owner's id for each path parameter. `bad_tokens`: by what is wrong with them."""

    owner: Customer
    owner_token: str
    stranger_token: str
    bad_tokens: dict[str, str]
    samples: dict[str, str]
    staff: User
    program: Program

    def owned_ids(self, operation: Operation) -> dict[str, str]:
        return {name: self.samples[name] for name in operation.path_parameters}

    def body(self, operation: Operation) -> Any:
        """The schema's example with the owner's ids in it: by the name of the field, and by their prefix however deep they stand."""
        example = operation.example() if operation.takes_body else None
        if not isinstance(example, dict):
            return example
        body = {name: self.samples.get(name, value) for name, value in example.items()}
        named = {PREFIXES[name]: value for name, value in self.samples.items() if name in PREFIXES}
        for place, prefix in ids_in(body):
            if place[0] not in self.samples and prefix in named:
                body = put(body, place, named[prefix])
        return body


def invested(owner: Customer, session: DeviceSession, at: datetime) -> dict[str, str]:
    """A product on sale, an order of the owner's for it, the advice about it, and what is kept of the owner's day."""
    profiled(owner)
    product = products.on_sale(at=at, minimum_fen=100)
    order = buying.buy(customer_id=owner.id, product_id=product.id, amount_fen=1000, at=at)
    advisor.model({product: 10_000})
    plan = planning.show(customer_id=owner.id, cash_fen=10_000, at=at)
    due = clock.local_day(at) + timedelta(days=400)
    goal = goals.put(customer_id=owner.id, name="A flat", amount_fen=100, monthly_fen=1, due_on=due, at=at)
    token = factories.proof(owner, session, purpose=investing.PURPOSE, amount_fen=100, payee=product.public_id, at=at)
    mandate = Intent(owner.id, session.id, "n", token)
    regular = investing.agree(intent=mandate, product_id=product.id, amount_fen=100, every="week", day=1, at=at)
    day = business_days.current()
    keeping.catch_up(part=owner.shard * PARTS // SHARDS, through=day)
    return {
        "product_id": product.public_id,
        "credit_product_id": credit_products.on_offer(at=at).public_id,
        "wealth_order_id": order.public_id,
        "advisor_plan_id": plan.public_id,
        "wealth_goal_id": goal.public_id,
        "investing_id": regular.public_id,
        "month": f"{day:%Y-%m}",
    }


def borrows(owner: Customer) -> dict[str, str]:
    """A line, a higher limit asked for, and money borrowed on another."""
    line = lines.activated(owner)
    asked = raising.ask(customer_id=owner.id, line_id=line.id, amount_fen=line.limit_fen + 1, at=clock.now())
    draw = debts.drawn(owner, lines.activated(owner, credit_products.cash(), grade="B"))
    return {"line_id": line.public_id, "raise_id": asked.public_id, "draw_id": draw.public_id}


def covered(owner: Customer) -> dict[str, str]:
    """A policy with its premiums, a quote and a claim."""
    an_issuer()
    return insurance.has_all(owner, insurance.insurance())


def campaigns(owner: Customer) -> dict[str, str]:
    """A campaign that is a draft, with its milestones, and one that everybody sees."""
    row, shown = crowdfunding.begun(owner), crowdfunding.approved(crowdfunding.begun(owner))
    milestone = crowdfunding.milestone(row, 1)
    return {"campaign_id": shown.public_id, "own_campaign_id": row.public_id, "milestone_id": milestone.public_id}


def build_world(bank: SandboxBank) -> World:
    """Made by the platform's services and the real sandbox bank."""
    at = clock.now()
    business_day.open_first_day(at=at)
    person = payer(bank, at=at)
    owner, stranger = person.customer, factories.customer(at=at)
    session = factories.open_session(owner, at=at, installation="world-phone")
    owned = samples(bank, person, session)
    caller = program(opened(owner), session=session.session)
    return World(
        owner=owner,
        owner_token=session.access_token,
        stranger_token=factories.login(stranger, at=at),
        bad_tokens=bad_tokens(),
        samples=owned
        | sold(caller)
        | bought(caller, Intent(owner.id, session.session.id, "order"))
        | made_of(caller, Intent(owner.id, session.session.id, "share"))
        | owes(owner, caller)
        | holds(owner)
        | invested(owner, session.session, at)
        | covered(owner)
        | campaigns(owner)
        | borrows(owner),
        staff=User.objects.create_superuser("root", password="not-a-customer-1"),
        program=caller,
    )


def foreign_ids(bank: SandboxBank) -> dict[str, str]:
    """By prefix, what another customer and merchant have that a body may name."""
    at = clock.now()
    person = payer(bank, at=at)
    other = person.customer
    fund(other, FUNDS_FEN)
    card = bind(bank, person, at=at)
    session = factories.open_session(other, at=at, installation="foreign-phone")
    security.set_pin(customer_id=other.id, pin=factories.PIN, at=at)
    caller, intent = program(opened(other), session=session.session), Intent(other.id, session.session.id, "foreign")
    profiled(other)
    owned = sold(caller) | bought(caller, intent) | shared(caller, intent) | covered(other) | campaigns(other) | borrows(other)
    return {PREFIXES[name]: value for name, value in owned.items() if name in PREFIXES} | {
        "crd": card.public_id,
        "fxh": fixed.brought(fixed.deposits(transferable=True), other).public_id,
    }


def bad_tokens() -> dict[str, str]:
    at = clock.now()
    revoked, closed = factories.customer(verified_class=None), factories.customer(verified_class=None)
    ended = factories.open_session(revoked)
    identity.revoke_all(customer_id=revoked.id, at=at)
    left = factories.login(closed)
    identity.close(customer_id=closed.id, at=at)
    return {
        "never issued": new_token(new_id(), new_id()).text(ACCESS),
        "expired": factories.login(factories.customer(verified_class=None), at=at - timedelta(hours=1)),
        "revoked": ended.access_token,
        "closed": left,
    }


def passkey(owner: Customer, session: DeviceSession, at: datetime) -> str:
    """A passkey registered with the software authenticator, approved by PIN."""
    security.set_pin(customer_id=owner.id, pin=factories.PIN, at=at)
    device = Authenticator()
    options = passkeys.registration_options(customer_id=owner.id, session_id=session.id, user_name="x", at=at)
    kept = passkeys.register(
        customer_id=owner.id,
        session_id=session.id,
        challenge_id=uuid.UUID(options["challenge_id"]),
        credential=device.create(options["public_key"]),
        name="phone",
        proof=factories.proof(owner, session, purpose="register_passkey", at=at),
        nonce="n",
        at=at,
    )
    return kept.public_id


def data_export(owner: Customer, session: DeviceSession, at: datetime) -> str:
    """A requested export, approved by PIN."""
    token = factories.proof(owner, session, purpose="export_data", at=at)
    return privacy.request_export(customer_id=owner.id, session_id=session.id, proof=token, nonce="n", at=at).public_id


def sold(caller: Program) -> dict[str, str]:
    """One of everything a merchant can have."""
    at, merchant = clock.now(), caller.merchant
    store = stores.add(merchant_id=merchant.id, name="Riverside", address="1 Riverside Road", at=at)
    code = printed.make(
        owner_id=merchant.owner_id, merchant_id=merchant.id, store_id=store.id, app_id=caller.app.id, title="Till 2", amount_fen=None, at=at
    )
    return {
        "qr_code_id": code.public_id,
        "merchant_id": caller.merchant.public_id,
        "store_id": store.public_id,
        "app_id": caller.app.public_id,
        "key_id": caller.key.public_id,
    }


def bought(caller: Program, payer: Intent) -> dict[str, str]:
    """An order of the owner's merchant, paid by the owner; and one paid by a code the owner showed."""
    at = clock.now()
    wanted = NewOrder(out_trade_no="T_0000", amount_fen=100, subject="A pot of tea", notify_url="https://shop.example/banyan")
    order = orders.create(app=caller.app, wanted=wanted, at=at)
    attempt = paying.pay(intent=payer, order_id=order.id, picks=[Pick("balance")], at=at)
    paid = Event(new_id(), "order.paid", order.public_id, {"order": order.public_id}, at)
    [notice] = notices.write(event=paid, at=at)
    back = asking.by_app(amount_fen=10, reason="", asker=caller.app.public_id, out_refund_no="R_0001")
    refund = asking.ask(order_id=order.id, wanted=back, at=at)
    claim = NewDispute("other", "It tastes bad", OpenedBy.PAYER, public_id("cus", payer.customer_id))
    disputed = orders.create(app=caller.app, wanted=replace(wanted, out_trade_no="T_0002"), at=at)
    paying.pay(intent=payer, order_id=disputed.id, picks=[Pick("balance")], at=at)
    dispute = opening.open_dispute(order_id=disputed.id, wanted=claim, at=at)
    shown, digits = showing.show(customer_id=payer.customer_id, session_id=payer.session_id, at=at)
    by_code = NewOrder(out_trade_no="T_0001", amount_fen=100, subject="A pot of tea", scene="qr_payer", life=timedelta(minutes=5))
    charging.charge(app=caller.app, auth_code=digits, wanted=by_code, at=at)
    return agreed(caller, payer) | {
        "dispute_id": dispute.public_id,
        "order_id": order.public_id,
        "attempt_id": attempt.public_id,
        "out_trade_no": by_code.out_trade_no,
        "scanned": order.public_id,
        "payer_code_id": shown.public_id,
        "refund_id": refund.public_id,
        "out_refund_no": refund.out_refund_no,
        "notice_id": notice.public_id,
    }


def shared(caller: Program, payer: Intent) -> dict[str, str]:
    """An order of the owner's merchant that is split to the owner."""
    at, owner = clock.now(), caller.merchant.owner
    wanted = NewOrder(out_trade_no="T_0003", amount_fen=100, subject="A pot of tea", to_split=True)
    order = orders.create(app=caller.app, wanted=wanted, at=at)
    paying.pay(intent=payer, order_id=order.id, picks=[Pick("balance")], at=at)
    name = verification.real_names([owner.id])[owner.id]
    receiver = split_receivers.add(merchant=caller.merchant, kind="customer", account=owner.public_id, name=name, at=at)
    made = splitting.split(app=caller.app, order_id=order.id, wanted=NewSplit("S_0000", ((receiver.id, 10),)), at=at)
    return {"split_id": made.public_id, "receiver_id": receiver.public_id}


def settled(caller: Program) -> dict[str, str]:
    """The settlement of the owner's merchant for what was paid by now."""
    day = business_days.current()
    closing.close_shards(shards=[caller.merchant.shard], business_on=day, at=clock.now())
    return {"settlement_id": Settlement.objects.get(merchant=caller.merchant, business_on=day).public_id}


def made_of(caller: Program, payer: Intent) -> dict[str, str]:
    """What comes of what was paid."""
    return shared(caller, payer) | settled(caller)


def agreed(caller: Program, payer: Intent) -> dict[str, str]:
    """An agreement the owner signed with their own merchant, and a deduction under it."""
    at = clock.now()
    plan = NewAgreement("A_0001", "Tea of the month", 100, None, Plan("day", clock.local_day(at), 30))
    row = signing.propose(app=caller.app, wanted=plan, at=at)
    facts = {"customer_id": payer.customer_id, "session_id": payer.session_id, "purpose": signing.PURPOSE, "nonce": payer.nonce}
    token = security.keep_proof(at=at, method="pin", amount_fen=100, payee=row.public_id, **facts)[1]
    signing.sign(intent=replace(payer, token=token), agreement_id=row.id, methods=[("balance", "")], at=at)
    wanted = NewOrder(out_trade_no="T_0004", amount_fen=100, subject="Tea", scene="deduction")
    return {
        "agreement_id": row.public_id,
        "deduction_id": deducting.ask(app=caller.app, agreement_id=row.id, wanted=wanted, at=at).public_id,
    }


def owes(owner: Customer, caller: Program) -> dict[str, str]:
    """A bill of the owner's to be paid, and the account it is of."""
    at, biller = clock.now(), a_biller(caller)
    kept = bills.save_account(customer_id=owner.id, biller=biller, account_no="10020030", nickname="Home", remind=True, at=at)
    owed = Owed("W202611-10020030", "2026-11", 8_650, clock.local_day(at))
    bill = bills.begin(customer_id=owner.id, biller=biller, account_no="10020030", owed=owed, at=at)
    return {"bill_id": bill.public_id, "bill_account_id": kept.public_id}


def holds(owner: Customer) -> dict[str, str]:
    """Units of a money fund, a lot of a fixed term, an offer of a part of it, and another's offer that is reserved."""
    made = current.bought(current.fund(), owner, 10_000)
    product, other = fixed.deposits(transferable=True), factories.customer()
    profiled(owner)
    lot, theirs = fixed.brought(product, owner), fixed.brought(product, other)
    at = clock.now()
    mine = offering.offer(intent=approval(owner), holding_id=lot.pk, part_fen=20_000, premium_bp=0, at=at)
    wanted = offering.offer(intent=approval(other), holding_id=theirs.pk, part_fen=20_000, premium_bp=0, at=at)
    return {
        "holding_id": made.holding.public_id,
        "fixed_holding_id": lot.public_id,
        "transfer_offer_id": mine.public_id,
        "transfer_trade_id": transfers_of.reserve(customer_id=owner.id, offer_id=wanted.id, at=at).public_id,
    }


def samples(bank: SandboxBank, person: Payer, session: identity.Login) -> dict[str, str]:
    """One of everything the owner can have."""
    at, owner = clock.now(), person.customer
    fund(owner, FUNDS_FEN)
    card = bind(bank, person, at=at)
    waiting = start(person, "9901100000000000017", at=at)
    intent = Intent(owner.id, session.session.id, "world")
    friend = factories.customer(at=at)
    fund(friend, FUNDS_FEN)
    offer = Intent(friend.id, factories.open_session(friend, at=at).session.id, "world")
    offered = transfers.offer(intent=offer, payee_id=owner.id, amount_fen=100, remark="", at=at)
    sent = transfers.send(intent=intent, payee_id=friend.id, amount_fen=100, remark="", at=at)
    gift = red_packets.send(intent=offer, kind="fixed", count=1, total_fen=100, message="", payee_id=owner.id, at=at)
    asking = collects.ask_each(organiser_id=owner.id, title="Lunch", each_fen=100, payer_ids=[friend.id], at=at)
    asked = collects.ask_each(organiser_id=friend.id, title="Dinner", each_fen=100, payer_ids=[owner.id], at=at)
    topped = outbound.ask_top_up(top_up_id=top_ups.start(intent=intent, card_id=card.id, amount_fen=1_000, at=at).id, at=at)
    held = withdrawals.hold(intent=intent, card_id=card.id, amount_fen=1_000, at=at)
    return {
        "session_id": session.session.public_id,
        "card_id": card.public_id,
        "binding_id": waiting.public_id,
        "transfer_id": offered.public_id,
        "journal_id": public_id("jrn", sent.id),
        "top_up_id": topped.public_id,
        "red_packet_id": gift.public_id,
        "collect_id": asking.public_id,
        "collect_share_id": collect_queries.asked_of(owner.id).get(collect=asked).public_id,
        "withdrawal_id": held.public_id,
        "passkey_id": passkey(owner, session.session, at),
        "export_id": data_export(owner, session.session, at),
        "consent_id": privacy.give_consent(
            customer_id=owner.id, session_id=session.session.id, kind="marketing", version=1, at=at
        ).public_id,
    }

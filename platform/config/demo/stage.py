"""Performing the demo's plan: each intention by the services an app's request would call, at its own simulated time."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from accounts.identity import messages
from accounts.identity import services as identity
from accounts.identity.phones import e164
from accounts.identity.services import DeviceFacts
from accounts.privacy import queries as privacy_queries
from accounts.privacy import services as privacy
from accounts.security import services as security
from accounts.verification import services as verification
from config.demo import market, shops, standing, wealth
from config.demo.acts import Act, Intention, NotReady
from config.demo.bank import Bank
from config.demo.lives import PIN, Life, address_of, card_of, customer_of, intent_for
from config.demo.market_plan import TRADES
from config.demo.shops import Shop
from core.errors import DomainError
from core.ids import public_id
from payments.cards import calls as card_calls
from payments.cards import services as card_services
from payments.wallet import outbound
from payments.wallet.services import authority, top_ups, transfers, withdrawals

REMARKS = ("", "午饭", "房租", "谢谢", "拼车", "生日快乐", "Dinner", "电影票", "水电费", "篮球场地")


@dataclass(frozen=True)
class Offer:
    """A transfer that waits for its payee, and the intention it came from."""

    wanted: Intention
    payee_id: uuid.UUID
    transfer_id: uuid.UUID


@dataclass
class Deeds:
    """What was done: `done` counts acts, `refused` counts refusals by code, `offers` wait for an answer; the lives and the shops (by
    their owners) as they are now."""

    lives: dict[int, Life]
    shops: dict[int, Shop] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    offers: list[Offer] = field(default_factory=list)

    def take_in(self, other: "Deeds") -> None:
        self.lives |= other.lives
        self.shops |= other.shops
        self.done += other.done
        self.refused += other.refused
        self.offers += other.offers


class Stage:
    """Where acts are performed: people by their place in the plan, one connection to the bank's control plane."""

    def __init__(self, bank: Bank, lives: dict[int, Life], shops: dict[int, Shop]) -> None:
        self.bank = bank
        self.deeds = Deeds(lives, shops)

    @property
    def lives(self) -> dict[int, Life]:
        return self.deeds.lives

    def perform(self, wanted: Intention, *, at: datetime) -> None:
        """Do one intention; what the platform refuses is counted, as an app would show it and go on."""
        try:
            self.act(wanted, self.lives[wanted.person], at)
        except NotReady as reason:
            self.deeds.refused[str(reason)] += 1
        except DomainError as refusal:
            self.deeds.refused[refusal.code] += 1
            if refusal.afterwards is not None:
                refusal.afterwards()
        else:
            self.deeds.done[wanted.act] += 1

    def act(self, wanted: Intention, life: Life, at: datetime) -> None:
        match wanted.act:
            case Act.JOIN:
                self.join(life, at)
            case Act.VERIFY:
                self.verify(life, at)
            case Act.SET_PIN:
                security.set_pin(customer_id=customer_of(life).id, pin=PIN, at=at)
            case Act.BIND:
                self.bind(life, wanted.card, at)
            case Act.TOP_UP:
                top_up(life, wanted, at)
            case Act.TRANSFER | Act.OFFER:
                self.transfer(life, wanted, at)
            case Act.WITHDRAW:
                withdraw(life, wanted, at)
            case Act.OPEN_SHOP:
                self.open_shop(life, wanted, at)
            case Act.PAY:
                market.pay(life, self.shop_of(wanted.other), wanted, at)
            case Act.REFUND:
                market.refund(self.shop_of(wanted.other), wanted, at)
            case Act.DISPUTE:
                market.dispute(life, self.shop_of(wanted.other), wanted, at)
            case Act.RED_PACKET:
                market.red_packet(life, [self.lives[friend] for friend in wanted.others], wanted, at)
            case Act.COLLECT:
                market.collect(life, [self.lives[friend] for friend in wanted.others], wanted, at)
            case Act.JOIN_CLUB:
                standing.join_club(life, self.shop_of(wanted.other), wanted, at)
            case Act.DEDUCT:
                standing.deduct(self.shop_of(wanted.other), wanted, at)
            case Act.BILL:
                standing.pay_bill(life, self.shop_of(wanted.other), wanted, at)
            case Act.SPLIT:
                standing.split(self.shop_of(wanted.other), self.lives[wanted.others[0]], wanted, at)
            case _:
                wealth.ACTS[wanted.act](life, wanted, at)

    def open_shop(self, life: Life, wanted: Intention, at: datetime) -> None:
        shop, trade = shops.open_shop(life, wanted, at), TRADES[wanted.other]
        self.deeds.shops[wanted.person] = shop
        if trade.shares:
            standing.may_share(shop, at)
        if trade.biller:
            standing.sends_bills(shop, trade, at)

    def shop_of(self, owner: int) -> Shop:
        if owner not in self.deeds.shops:
            raise NotReady("has no shop")
        return self.deeds.shops[owner]

    def join(self, life: Life, at: datetime) -> None:
        phone = e164(life.person.mobile)
        device = DeviceFacts(f"demo-{life.person.mobile}", "Demo phone", "android" if life.person.mobile[-1] in "02468" else "ios")
        issued = identity.request_login_code(phone=phone, device=device, address=address_of(life), at=at)
        messages.send_code(issued=issued, at=at)
        login = identity.log_in(phone=phone, code=self.bank.code_for(life.person.mobile), device=device, address=address_of(life), at=at)
        if isinstance(login, DomainError):
            raise login
        life.customer, life.session = login.session.customer, login.session
        for document in privacy_queries.missing_consents(life.customer.id, at):
            who = {"customer_id": life.customer.id, "session_id": life.session.id}
            privacy.give_consent(**who, kind=document.kind, version=document.version, at=at)

    def verify(self, life: Life, at: datetime) -> None:
        check = verification.request_check(customer_id=customer_of(life).id, name=life.person.name, id_number=life.person.id_number, at=at)
        verification.ask(check_id=check.id, at=at)

    def bind(self, life: Life, card: int, at: datetime) -> None:
        customer, number = customer_of(life), life.person.cards[card]
        binding = card_services.start_binding(customer_id=customer.id, card_number=number, mobile=life.person.mobile, at=at)
        binding = card_calls.start(binding=binding, card_number=number, mobile=life.person.mobile, at=at)
        code = self.bank.code_for(life.person.mobile)
        binding = card_services.confirm_binding(customer_id=customer.id, binding_id=binding.id, at=at)
        binding = card_calls.confirm(binding=binding, sms_code=code, at=at)
        if binding.card_id is not None:
            life.cards.append(binding.card_id)

    def transfer(self, life: Life, wanted: Intention, at: datetime) -> None:
        payer, payee = customer_of(life), customer_of(self.lives[wanted.other])
        intent = intent_for(life, authority.TRANSFER, wanted.amount_fen, public_id("cus", payee.id), at)
        remark = REMARKS[(wanted.person + wanted.day) % len(REMARKS)]
        if wanted.act == Act.TRANSFER:
            transfers.send(intent=intent, payee_id=payee.id, amount_fen=wanted.amount_fen, remark=remark, at=at)
        elif payer is not payee:
            offered = transfers.offer(intent=intent, payee_id=payee.id, amount_fen=wanted.amount_fen, remark=remark, at=at)
            if offered.state == "in_transit":  # not in review
                self.deeds.offers.append(Offer(wanted, payee.id, offered.id))

    def answer_offers(self, *, at: datetime) -> None:
        """Payees take most of what was offered to them that day; every fourth offer is declined, every fifth forgotten."""
        offers = sorted(self.deeds.offers, key=lambda offer: (offer.wanted.minute, offer.wanted.person))
        for place, offer in enumerate(offers):
            if place % 5 == 4:
                continue
            answer = transfers.decline if place % 4 == 3 else transfers.accept
            answer(payee_id=offer.payee_id, transfer_id=offer.transfer_id, at=at)
        self.deeds.offers.clear()


def top_up(life: Life, wanted: Intention, at: datetime) -> None:
    card_id = card_of(life, wanted)
    intent = intent_for(life, authority.TOP_UP, wanted.amount_fen, public_id("crd", card_id), at)
    started = top_ups.start(intent=intent, card_id=card_id, amount_fen=wanted.amount_fen, at=at)
    outbound.ask_top_up(top_up_id=started.id, at=at)


def withdraw(life: Life, wanted: Intention, at: datetime) -> None:
    card_id = card_of(life, wanted)
    intent = intent_for(life, authority.WITHDRAW, wanted.amount_fen, public_id("crd", card_id), at)
    held = withdrawals.hold(intent=intent, card_id=card_id, amount_fen=wanted.amount_fen, at=at)
    outbound.send_withdrawal(withdrawal_id=held.id, at=at)

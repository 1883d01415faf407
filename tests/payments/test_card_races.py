"""Many at once at one customer's cards: bound once more while it is unbound, used while it is unbound, two bound as the first one."""

from functools import partial
from typing import Any

import pytest

from core.clock import queries as clock
from core.errors import DomainError
from payments.cards import calls, services
from payments.cards.models import Card, CardAgreement, CardBinding
from payments.cards.queries import CardNotUsable
from payments.cards.services import CardInUse
from payments.merchants import queries as merchants
from payments.merchants.models import Merchant
from payments.refunds.models import Refund
from payments.wallet.models import TopUp
from tests.payments.cashier.world import shop
from tests.payments.merchants.world import opened
from tests.payments.refunds.world import ask, assert_all_over, by_card, settle_refunds
from tests.payments.second_bank import connect_second
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.settlement.world import choose_card
from tests.payments.wallet.bank_world import Holder, assert_settled, card_holder, settle_wallet, start_top_up
from tests.payments.world import Payer, payer, start
from tests.sandbox_bank import SandboxBank
from tests.together import behind, together, tried

pytestmark = pytest.mark.django_db(transaction=True)


def unbind(card: Card) -> Card:
    return services.unbind(customer_id=card.customer_id, card_id=card.id, at=clock.now())


def signing_again(bank: SandboxBank, who: Holder) -> tuple[CardBinding, str]:
    """The same card at a second channel, up to the code, which is the bank's to confirm."""
    mobile, at = who.customer.phone.removeprefix("+86"), clock.now()
    started = start(Payer(who.customer, "", "", mobile, [who.number]), at=at)
    return services.confirm_binding(customer_id=who.customer.id, binding_id=started.id, at=at), bank.last_code(mobile)


def live_agreements_of_unbound_cards() -> int:
    return CardAgreement.objects.filter(ended_at=None, card__state="unbound").count()


def test_a_card_signed_at_a_second_channel_while_it_is_unbound_is_bound_anew(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connect_second()
    binding, code = signing_again(connected, who)
    gone, bound = behind(lambda: unbind(who.card), lambda: calls.confirm(binding=binding, sms_code=code, at=clock.now()))
    assert (gone.state, bound.state, live_agreements_of_unbound_cards()) == ("unbound", "bound", 0)
    alive = Card.objects.get(customer=who.customer, state="active")
    assert (alive.id, alive.channel_id, alive.is_default) == (bound.card_id, binding.channel_id, True)
    settle(clock.now())
    assert_nothing_open()


def test_a_card_unbound_while_it_is_signed_at_a_second_channel_takes_that_agreement_with_it(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connect_second()
    binding, _ = signing_again(connected, who)
    given = {"binding": binding, "token": "a token", "at": clock.now()}
    bound, gone = behind(lambda: services.bind(**given), lambda: unbind(who.card))
    assert (bound.id, gone.state, live_agreements_of_unbound_cards()) == (who.card.id, "unbound", 0)
    assert CardAgreement.objects.get(card=who.card).ended_at is not None


def test_two_cards_bound_at_once_as_the_first_ones_have_one_default_and_an_order(connected: SandboxBank) -> None:
    who = payer(connected, at=clock.now())
    numbers = [who.cards[0], "9901100000000000017"]
    waiting = []
    for number in numbers:
        started = start(who, number, at=clock.now())
        verifying = services.confirm_binding(customer_id=who.customer.id, binding_id=started.id, at=clock.now())
        waiting.append((verifying, connected.last_code(who.mobile)))
    ended = together(lambda k: calls.confirm(binding=waiting[k][0], sms_code=waiting[k][1], at=clock.now()), 2)
    assert [bound.state for bound in ended] == ["bound", "bound"], ended
    cards = Card.objects.filter(customer=who.customer)
    assert sorted(cards.values_list("is_default", "position")) == [(False, 1), (True, 0)]
    assert_nothing_open()


@pytest.mark.parametrize("first", ["unbind", "top_up"])
def test_topping_up_with_a_card_and_unbinding_it_at_once_have_one_winner(connected: SandboxBank, first: str) -> None:
    who = card_holder(connected)
    acts = {"unbind": lambda: unbind(who.card), "top_up": lambda: start_top_up(who, 1_000)}
    other = next(name for name in acts if name != first)
    won, late = behind(acts[first], acts[other])
    assert isinstance(won, Card if first == "unbind" else TopUp), won
    assert isinstance(late, CardNotUsable if first == "unbind" else CardInUse), late
    settle_wallet(clock.now())
    assert_settled(expected={who.customer: 0 if first == "unbind" else 1_000})


@pytest.mark.parametrize("first", ["unbind", "refund"])
def test_a_card_unbound_while_a_payment_of_it_is_refunded_has_the_money_all_the_same(connected: SandboxBank, first: str) -> None:
    where, who = shop(), card_holder(connected)
    order = by_card(where, who, 3_000)
    acts = {"unbind": lambda: unbind(who.card), "refund": lambda: ask(order, 3_000)}
    other = next(name for name in acts if name != first)
    ended = dict(zip((first, other), behind(acts[first], acts[other]), strict=True))
    assert isinstance(ended["refund"], Refund), ended
    assert isinstance(ended["unbind"], Card | CardInUse), ended
    settle_refunds(clock.now())
    assert connected.card(who.number)["balance_fen"] == 100_000_00
    assert_all_over(expected={who.customer: 0})


def test_many_bound_and_unbound_at_once_leave_one_default_among_the_live_ones(connected: SandboxBank) -> None:
    who = card_holder(connected)
    connect_second()
    binding, code = signing_again(connected, who)
    acts: list[Any] = [
        lambda: calls.confirm(binding=binding, sms_code=code, at=clock.now()),
        lambda: unbind(who.card),
        lambda: services.make_default(customer_id=who.customer.id, card_id=who.card.id, at=clock.now()),
    ]
    ended = together(lambda k: tried(acts[k % 3]), 6)
    assert all(isinstance(end, Card | CardBinding | DomainError) for end in ended), ended
    assert live_agreements_of_unbound_cards() == 0
    settle(clock.now())
    live = Card.objects.filter(customer=who.customer, state="active")
    assert [card.is_default for card in live] in ([], [True])
    assert_nothing_open()


@pytest.mark.parametrize("first", ["choose", "unbind"])
def test_a_merchant_never_names_a_card_that_is_unbound_at_that_moment(connected: SandboxBank, first: str) -> None:
    who = card_holder(connected)
    merchant = opened(who.customer)
    acts = {"choose": partial(choose_card, merchant, who), "unbind": lambda: unbind(who.card)}
    other = next(name for name in acts if name != first)
    _, late = behind(acts[first], acts[other])
    assert isinstance(late, CardInUse if first == "choose" else CardNotUsable), late
    named, card = merchants.merchant(merchant.id).settlement_card_id, Card.objects.get(pk=who.card.pk)
    assert (named, card.state) == ((card.id, "active") if first == "choose" else (None, "unbound"))


def test_choosing_and_unbinding_one_card_many_times_at_once_never_leaves_a_dead_card_named(connected: SandboxBank) -> None:
    who = card_holder(connected)
    merchant = opened(who.customer)
    acts: list[Any] = [partial(choose_card, merchant, who), lambda: unbind(who.card)]
    ended = together(lambda k: tried(acts[k % 2]), 6)
    assert all(end is None or isinstance(end, Card | DomainError) for end in ended), ended
    card = Card.objects.get(pk=who.card.pk)
    assert (card.state == "active") == (Merchant.objects.get(pk=merchant.pk).settlement_card_id == card.id)

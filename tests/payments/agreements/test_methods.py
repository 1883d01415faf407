"""Methods named for later are the customer's own: another's card, one unbound, or a mistyped one is refused before anything is signed."""

import pytest

from core.clock import queries as clock
from payments.agreements.models import Agreement
from payments.cards import services as cards
from payments.cards.models import Card
from payments.cashier.models import MethodOrder
from payments.cashier.services import funding, preferring
from tests.payments.agreements.world import ask, proposed, sign, signed
from tests.payments.cashier.plugs import strange_sources
from tests.payments.cashier.world import card_holder, holder, shop
from tests.sandbox_bank import SandboxBank


def test_an_agreement_is_signed_with_ones_own_live_cards_alone(connected: SandboxBank) -> None:
    where, who, other = shop(), card_holder(connected), card_holder(connected)
    row = proposed(where)
    for ref in (other.card.public_id, "", "crd_nobody", "x", who.card.public_id.replace("crd", "cus")):
        with pytest.raises(funding.UnknownMethod):
            sign(who.customer, row, (("balance", ""), ("card", ref)))
    assert (Agreement.objects.get().state, Agreement.objects.get().methods) == ("asked", [])
    assert sign(who.customer, row, (("card", who.card.public_id),)).methods == [f"card {who.card.public_id}"]


def test_nobody_keeps_anothers_card_bound_by_an_agreement_that_names_it(connected: SandboxBank) -> None:
    where, owner, stranger = shop(), card_holder(connected), holder(pin=True)
    with pytest.raises(funding.UnknownMethod):
        signed(where, stranger, (("card", owner.card.public_id),))
    ask(where, signed(where, stranger), 1_000)
    assert cards.unbind(customer_id=owner.customer.id, card_id=owner.card.id, at=clock.now()).state == "unbound"


def test_an_order_of_methods_names_what_is_there_and_a_suspended_card_still_is(connected: SandboxBank) -> None:
    who, other = card_holder(connected), card_holder(connected)

    def put(*methods: tuple[str, str]) -> None:
        preferring.put(customer_id=who.customer.id, methods=methods, at=clock.now())

    with strange_sources():
        for method in (("card", other.card.public_id), ("card", ""), ("balance", "x"), ("line", "x"), ("gold", "")):
            with pytest.raises(funding.UnknownMethod):
                put(("balance", ""), method)
        assert not MethodOrder.objects.exists()
        put(("line", ""), ("card", who.card.public_id), ("balance", ""))
    Card.objects.filter(pk=who.card.pk).update(state="suspended")
    put(("card", who.card.public_id))
    Card.objects.filter(pk=who.card.pk).update(state="active")
    cards.unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())
    with pytest.raises(funding.UnknownMethod):
        put(("card", who.card.public_id))
    assert MethodOrder.objects.get().methods == [f"card {who.card.public_id}"]

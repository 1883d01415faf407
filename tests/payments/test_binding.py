"""Binding a card at the real sandbox bank."""

import pytest

from core.crypto.blind_index import blind_index
from core.outbox.models import OutboxEvent
from payments.cards import services
from payments.cards.closing import BoundCards
from payments.cards.models import Card, CardBinding
from payments.channels.models import ChannelRequest
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.world import AT, WORKS, bind, confirm, payer, start
from tests.sandbox_bank import SandboxBank


def test_a_card_is_bound_by_four_elements_and_a_code(connected: SandboxBank) -> None:
    who = payer(connected)
    started = start(who)
    assert (started.state, started.mobile_masked) == ("sms_sent", f"{who.mobile[:3]}****{who.mobile[-4:]}")
    assert [found.code for found in BoundCards().obstacles(customer_id=who.customer.id, at=AT)] == ["cards_binding"]
    bound = confirm(who, started, connected.last_code(who.mobile))
    assert bound.state == "bound"
    assert [found.code for found in BoundCards().obstacles(customer_id=who.customer.id, at=AT)] == ["cards_bound"]
    card = Card.objects.get()
    assert (card.state, card.is_default, card.last4, card.kind, card.position) == ("active", True, who.cards[0][-4:], "debit", 0)
    assert bytes(card.fingerprint) == blind_index(who.cards[0], purpose="card_number")
    assert connected.control("GET", f"agreements/{card.token}")["agreement_status"] == "ACTIVE"
    told = OutboxEvent.objects.get(topic="card.bound")
    assert told.payload["card_id"] == str(card.id)
    assert list(ChannelRequest.objects.order_by("created_at").values_list("operation", "state")) == [
        ("sign_start", "success"),
        ("sign_confirm", "success"),
    ]
    assert_nothing_open()


def test_a_wrong_code_may_be_mended_twice_and_the_third_ends_it(connected: SandboxBank) -> None:
    who = payer(connected)
    binding = start(who)
    code = connected.last_code(who.mobile)
    wrong = "000000" if code != "000000" else "111111"
    assert confirm(who, binding, wrong).state == "sms_sent"
    assert confirm(who, binding, wrong).code == "WRONG_CODE"
    assert confirm(who, binding, wrong).state == "failed"
    with pytest.raises(services.BindingOver):
        confirm(who, binding, code)
    assert Card.objects.count() == 0
    assert_nothing_open()


def test_settle_leaves_a_finished_world_alone(connected: SandboxBank) -> None:
    bind(connected, payer(connected), WORKS)
    assert settle(AT) == AT
    assert CardBinding.objects.get().state == "bound"

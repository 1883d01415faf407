"""kill -9 while a card is being bound: the binding ends, or the card is there once."""

import pytest

from core.outbox.models import OutboxEvent
from payments.cards import services
from payments.cards.models import Card, CardBinding
from payments.channels.models import ChannelRequest
from tests.ledger_proof import assert_books_balance
from tests.payments.killing import AFTER, BEFORE, killed
from tests.payments.settle import assert_nothing_open
from tests.payments.test_binding_faults import resolve_for, shown
from tests.payments.world import AT, WORKS, Payer, bind, confirm, payer, start
from tests.sandbox_bank import SandboxBank


def assert_bound_once(bank: SandboxBank, who: Payer) -> None:
    card = Card.objects.get()
    assert (card.customer_id, card.state) == (who.customer.id, "active")
    assert bank.control("GET", f"agreements/{card.token}")["agreement_status"] == "ACTIVE"
    assert OutboxEvent.objects.filter(topic="card.bound").count() == 1
    assert not CardBinding.objects.filter(state__in=["created", "sms_sent", "verifying"]).exists()
    assert_nothing_open()
    assert_books_balance()


@pytest.mark.parametrize(("where", "then"), [(BEFORE, "failed not_seen"), (AFTER, "sms_sent")])
def test_a_process_killed_while_it_asks_for_the_code_leaves_a_binding_that_goes_on_or_is_over(
    connected: SandboxBank, where: str, then: str
) -> None:
    who = payer(connected)
    binding = services.start_binding(customer_id=who.customer.id, card_number=WORKS, mobile=who.mobile, at=AT)
    killed("sign_start", where, binding=binding.id, number=WORKS, mobile=who.mobile, at=AT)
    assert (shown(binding), ChannelRequest.objects.get().state) == ("created", "sent")
    resolve_for(0.5)
    assert shown(binding) == then
    assert_nothing_open()
    if then == "sms_sent":
        assert confirm(who, binding, connected.last_code(who.mobile)).state == "bound"
    else:
        bind(connected, who, WORKS)
    assert_bound_once(connected, who)


@pytest.mark.parametrize(("where", "then"), [(BEFORE, "sms_sent not_seen"), (AFTER, "bound")])
def test_a_process_killed_while_it_confirms_binds_the_card_once(connected: SandboxBank, where: str, then: str) -> None:
    who = payer(connected)
    binding = start(who, WORKS)
    code = connected.last_code(who.mobile)
    verifying = services.confirm_binding(customer_id=who.customer.id, binding_id=binding.id, at=AT)
    killed("sign_confirm", where, binding=verifying.id, code=code, at=AT)
    assert (shown(binding), Card.objects.count()) == ("verifying", 0)
    assert ChannelRequest.objects.get(operation="sign_confirm").state == "sent"
    resolve_for(0.5)
    assert shown(binding) == then
    if then != "bound":
        assert confirm(who, binding, code).state == "bound"
    assert_bound_once(connected, who)

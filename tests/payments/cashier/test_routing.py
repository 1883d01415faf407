"""A card agreed at two channels: paid through the cheaper, on to the other after a definite not-done alone, one charge whatever happens."""

from datetime import datetime, timedelta

import pytest

from core.clock import queries as clock
from payments.cards import agreements, offers, services
from payments.cards.models import Card, CardAgreement
from payments.cards.services import CardAlreadyBound
from payments.cashier import outbound
from payments.cashier.models import FundingLeg, PaymentAttempt, PaymentOrder
from payments.channels import services as channels
from payments.channels.models import Break, ChannelRequest, MaintenanceWindow
from tests.payments.cashier.world import (
    Holder,
    assert_settled,
    begin,
    booked,
    card,
    card_holder,
    new_order,
    pay,
    settle_cashier,
    shop,
)
from tests.payments.second_bank import SECOND, connect_second
from tests.payments.world import Payer, confirm, start
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
FIRST = "sandbox_bank"
FEN = 10_000
STARTED = 100_000_00


def bound_again(bank: SandboxBank, who: Holder) -> Card:
    """The same card once more, by one more message of the bank."""
    mobile = who.customer.phone.removeprefix("+86")
    payer, at = Payer(who.customer, "", "", mobile, [who.number]), clock.now()
    binding = confirm(payer, start(payer, at=at), bank.last_code(mobile), at=at)
    assert (binding.state, binding.channel_id, binding.card_id) == ("bound", SECOND, who.card.id), binding.code
    return who.card


@pytest.fixture
def who(connected: SandboxBank) -> Holder:
    """Whose one card is agreed at both channels, the second of which costs half."""
    made = card_holder(connected)
    connect_second()
    bound_again(connected, made)
    return made


def asked(attempt: PaymentAttempt) -> list[tuple[str, str, str]]:
    """The requests of an attempt's card leg, in order."""
    leg = FundingLeg.objects.get(attempt=attempt, external=True)
    rows = ChannelRequest.objects.filter(business_id=leg.id).order_by("created_at", "id")
    return list(rows.values_list("channel_id", "state", "verdict"))


def charged(bank: SandboxBank, who: Holder) -> int:
    return STARTED - int(bank.card(who.number)["balance_fen"])


def shut(channel: str, at: datetime) -> None:
    MaintenanceWindow.objects.create(
        channel_id=channel, starts_at=at, ends_at=at + timedelta(hours=1), words_en="Moving house", words_zh="搬家", created_at=at
    )


def test_a_card_bound_once_more_is_the_same_card_and_is_paid_with_through_the_cheaper_channel(connected: SandboxBank, who: Holder) -> None:
    assert Card.objects.count() == 1
    with pytest.raises(CardAlreadyBound):
        bound_again(connected, who)
    order = new_order(shop(), FEN)
    attempt = pay(who.customer, order, [card(who)])
    assert (attempt.result, asked(attempt)) == ("paid", [(SECOND, "success", "")])
    order.refresh_from_db()
    assert booked(order.journal_id)[f"clearing:channel:{SECOND}"] != 0
    assert charged(connected, who) == FEN
    assert_settled()


def test_a_definite_refusal_of_one_channel_goes_on_with_the_next_in_the_same_attempt(connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=["payment"], times=1)
    order = new_order(shop(), FEN)
    attempt = pay(who.customer, order, [card(who)])
    assert (attempt.result, attempt.number) == ("paid", 1)
    assert asked(attempt) == [(SECOND, "failed", "next_channel"), (FIRST, "success", "")]
    order.refresh_from_db()
    assert booked(order.journal_id)[f"clearing:channel:{FIRST}"] != 0
    assert charged(connected, who) == FEN
    assert_settled()


def test_an_unknown_result_never_goes_on_and_a_refusal_of_the_customer_neither(connected: SandboxBank, who: Holder) -> None:
    where = shop()
    connected.fault("timeout_before_effect", operations=["payment"], times=1, params={"hold_ms": 5})
    lost = pay(who.customer, new_order(where, FEN), [card(who)])
    assert (lost.result, asked(lost)) == ("pending", [(SECOND, "unknown", "")])
    settle_cashier(clock.now(), pause_s=0.02)
    lost.refresh_from_db()
    assert (lost.result, asked(lost)) == ("paid", [(SECOND, "success", "")])
    connected.fault("decline", operations=["payment"], times=1, params={"code": "INSUFFICIENT_FUNDS"})
    refused = pay(who.customer, new_order(where, FEN), [card(who)])
    assert (refused.result, [one[:2] for one in asked(refused)]) == ("refused", [(SECOND, "failed")])
    assert charged(connected, who) == FEN
    assert_settled()


def test_when_no_channel_takes_it_the_order_is_payable_again(connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=["payment"], times=2)
    order = new_order(shop(), FEN)
    attempt = pay(who.customer, order, [card(who)])
    assert (attempt.result, attempt.code) == ("refused", "MAINTENANCE")
    assert [one[:2] for one in asked(attempt)] == [(SECOND, "failed"), (FIRST, "failed")]
    assert PaymentOrder.objects.get(pk=order.pk).state == "created"
    assert_settled()
    again = pay(who.customer, order, [card(who)])
    assert (again.result, again.number, charged(connected, who)) == ("paid", 2, FEN)


def test_a_process_that_died_between_two_channels_leaves_the_second_to_the_worker(connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=["payment"], times=1)
    attempt = begin(who.customer, new_order(shop(), FEN), [card(who)])
    assert attempt.request_id is not None
    channels.send(request_id=attempt.request_id, at=clock.now())
    assert [one[:2] for one in asked(attempt)] == [(SECOND, "failed"), (FIRST, "new")]
    settle_cashier(clock.now())
    attempt.refresh_from_db()
    assert (attempt.result, charged(connected, who)) == ("paid", FEN)
    assert_settled()


def test_many_who_send_one_attempt_at_once_charge_once_through_one_channel(connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=["payment"], times=1)
    attempt = begin(who.customer, new_order(shop(), FEN), [card(who)])
    at = clock.now()
    together(lambda _: outbound.ask(attempt_id=attempt.id, at=at), 6)
    settle_cashier(at)
    attempt.refresh_from_db()
    assert (attempt.result, charged(connected, who)) == ("paid", FEN)
    assert [one[:2] for one in asked(attempt)] == [(SECOND, "failed"), (FIRST, "success")]
    assert not Break.objects.exists()
    assert_settled()


def test_an_order_being_closed_goes_on_with_no_other_channel(connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=["payment"], times=1)
    order = new_order(shop(), FEN)
    attempt = begin(who.customer, order, [card(who)])
    assert attempt.request_id is not None
    channels.send(request_id=attempt.request_id, at=order.expires_at)
    assert [one[:2] for one in asked(attempt)] == [(SECOND, "failed")]
    settle_cashier(order.expires_at)
    assert (PaymentOrder.objects.get(pk=order.pk).state, charged(connected, who)) == ("closed", 0)
    assert_settled()


def test_maintenance_is_gone_around_and_said_at_checkout_when_it_cannot_be(connected: SandboxBank, who: Holder) -> None:
    at = clock.now()
    shut(SECOND, at)
    attempt = pay(who.customer, new_order(shop(), FEN), [card(who)])
    assert (attempt.result, asked(attempt)) == ("paid", [(FIRST, "success", "")])
    assert offers.usable(who.customer.id, scene="pay", at=at)[0].refusal is None
    shut(FIRST, at)
    refusal = offers.usable(who.customer.id, scene="pay", at=at)[0].refusal
    assert refusal is not None
    assert (refusal.code, "Moving house" in refusal.text("en")) == ("channel_under_maintenance", True)


def test_an_agreement_ended_at_one_channel_leaves_the_card_and_unbinding_ends_both_at_the_bank(connected: SandboxBank, who: Holder) -> None:
    token = agreements.alive([who.card.id])[0].token
    services.end_by_bank(channel=SECOND, token=token, at=clock.now())
    assert Card.objects.get().state == "active"
    attempt = pay(who.customer, new_order(shop(), FEN), [card(who)])
    assert asked(attempt) == [(FIRST, "success", "")]
    bound_again(connected, who)
    assert CardAgreement.objects.filter(ended_at=None).count() == 1
    services.end_dead(card_id=who.card.id, channel=SECOND, at=clock.now())
    assert Card.objects.get().state == "active"
    bound_again(connected, who)
    services.unbind(customer_id=who.customer.id, card_id=who.card.id, at=clock.now())
    settle_cashier(clock.now())
    ended = ChannelRequest.objects.filter(operation="unsign").order_by("channel_id").values_list("channel_id", "state")
    assert list(ended) == [(FIRST, "success"), (SECOND, "success")]
    assert (Card.objects.get().state, CardAgreement.objects.filter(ended_at=None).exists()) == ("unbound", False)

"""Every fault switch of a signing, and every magic binding card, ends after the jobs with no open request."""

from datetime import timedelta
from typing import Any

import pytest

from core.errors import NotFound
from core.moves import WrongState
from payments.cards import calls, services
from payments.cards.models import Card, CardBinding
from payments.channels import services as channels
from payments.channels.models import ChannelRequest
from payments.channels.states import RequestState
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.world import AT, WORKS, bind, confirm, payer, start
from tests.sandbox_bank import SandboxBank
from tests.together import together

FAULTS: list[tuple[str, dict[str, Any], str, str]] = [
    ("delay", {"ms": 30}, "sms_sent", "bound"),
    ("timeout_before_effect", {"hold_ms": 10}, "failed not_seen", "sms_sent not_seen"),
    ("timeout_after_effect", {"hold_ms": 10}, "sms_sent", "bound"),
    ("http_500_burst", {"n": 1}, "failed not_seen", "sms_sent not_seen"),
    ("http_500_burst", {"n": 1, "after_effect": True}, "sms_sent", "bound"),
    ("maintenance", {}, "failed MAINTENANCE", "failed MAINTENANCE"),
    ("system_busy", {}, "failed SYSTEM_BUSY", "sms_sent SYSTEM_BUSY"),
    ("decline", {"code": "CARD_FROZEN"}, "failed CARD_FROZEN", "sms_sent CARD_FROZEN"),
    ("forged_response", {}, "sms_sent", "bound"),
]


def shown(binding: CardBinding) -> str:
    binding.refresh_from_db()
    return f"{binding.state} {binding.code}".strip()


def resolve_for(minutes: float) -> None:
    """Let the jobs run, but not so long that the binding expires."""
    settle(AT + timedelta(minutes=minutes))


def test_every_fault_of_the_first_step_ends_with_a_code_or_a_refusal(connected: SandboxBank) -> None:
    who = payer(connected)
    for fault, params, after_start, _ in FAULTS:
        connected.clear_faults()
        connected.fault(fault, operations=["sign_start"], times=1, params=params)
        binding = start(who, WORKS)
        resolve_for(0.5)
        assert shown(binding) == after_start, fault
        assert_nothing_open()
    assert Card.objects.count() == 0


def test_every_fault_of_the_confirmation_ends_bound_or_open_to_another_try(connected: SandboxBank) -> None:
    for fault, params, _, after_confirm in FAULTS:
        connected.clear_faults()
        who = payer(connected)
        binding = start(who, WORKS)
        connected.fault(fault, operations=["sign_confirm"], times=1, params=params)
        confirm(who, binding, connected.last_code(who.mobile))
        resolve_for(0.5)
        assert shown(binding) == after_confirm, fault
        if after_confirm.startswith("sms_sent"):
            assert confirm(who, binding, connected.last_code(who.mobile)).state == "bound", fault
        assert Card.objects.filter(customer=who.customer).count() == (0 if "MAINTENANCE" in after_confirm else 1), fault
        assert_nothing_open()


def test_a_bank_that_stays_silent_leaves_no_open_request_and_an_expired_binding(connected: SandboxBank) -> None:
    who = payer(connected)
    binding = start(who, WORKS)
    connected.fault("timeout_before_effect", operations=["resend"], times=99, params={"hold_ms": 5})
    resent = services.resend_code(customer_id=who.customer.id, binding_id=binding.id, at=AT + timedelta(seconds=60))
    calls.resend(binding=resent, at=AT + timedelta(seconds=60))
    settle(AT + timedelta(seconds=60), rounds=40)
    settle(AT + timedelta(minutes=11))
    assert shown(binding) == "expired not_seen"


@pytest.mark.parametrize(
    ("number", "first", "second"),
    [
        ("9901100000000000116", "failed NAME_MISMATCH", ""),
        ("9901100000000000124", "failed MOBILE_MISMATCH", ""),
        ("9901100000000000132", "failed CARD_EXPIRED", ""),
        ("9901100000000000140", "failed CARD_FROZEN", ""),
        ("9901100000000000173", "sms_sent", "sms_sent WRONG_CODE"),
        ("9901100000000000181", "sms_sent", "bound"),
    ],
)
def test_a_magic_card_binds_as_the_page_says(connected: SandboxBank, number: str, first: str, second: str) -> None:
    who = payer(connected)
    binding = start(who, number)
    assert shown(binding) == first
    if second:
        confirm(who, binding, connected.last_code(who.mobile))
        resolve_for(0.5)
        assert shown(binding) == second
    assert_nothing_open()


def test_a_card_whose_message_never_comes_gets_another_code_after_a_minute_and_expires_after_ten(connected: SandboxBank) -> None:
    who = payer(connected)
    binding = start(who, "9901100000000000165")
    with pytest.raises(services.BindingTooOften):
        services.resend_code(customer_id=who.customer.id, binding_id=binding.id, at=AT + timedelta(seconds=59))
    connected.clock(offset_seconds=connected.clock()["offset_seconds"] + 60)
    resent = services.resend_code(customer_id=who.customer.id, binding_id=binding.id, at=AT + timedelta(seconds=60))
    assert shown(calls.resend(binding=resent, at=AT + timedelta(seconds=60))) == "sms_sent"
    assert ChannelRequest.objects.get(operation="resend").state == "success"
    with pytest.raises(services.BindingOver):
        services.confirm_binding(customer_id=who.customer.id, binding_id=binding.id, at=AT + timedelta(minutes=10))
    settle(AT + timedelta(minutes=10))
    assert shown(binding) == "expired"


def test_a_process_killed_after_writing_the_start_leaves_a_binding_that_ends(connected: SandboxBank) -> None:
    who = payer(connected)
    binding = services.start_binding(customer_id=who.customer.id, card_number=WORKS, mobile=who.mobile, at=AT)
    settle(AT + timedelta(seconds=60))
    assert shown(binding) == "failed not_sent"
    assert_nothing_open()


def test_a_process_killed_between_the_confirmation_and_its_answer_still_gets_the_card(connected: SandboxBank) -> None:
    who = payer(connected)
    binding = start(who, WORKS)
    verifying = services.confirm_binding(customer_id=who.customer.id, binding_id=binding.id, at=AT)
    request = ChannelRequest.objects.get(operation="sign_confirm")
    departed, leaves = channels.depart(request.id, RequestState.NEW, AT)
    assert leaves
    code = connected.last_code(who.mobile)
    channels.open_port("sandbox_bank").sign_confirm(request_no=departed.request_no, sign_ref=verifying.sign_ref, sms_code=code)
    settle(AT)
    assert shown(binding) == "bound"
    assert Card.objects.get().state == "active"


def test_a_code_confirmed_from_many_threads_makes_one_card(connected: SandboxBank) -> None:
    who = payer(connected)
    binding = start(who, WORKS)
    code = connected.last_code(who.mobile)
    outcomes = together(lambda _: confirm(who, binding, code), 5)
    assert sum(isinstance(outcome, CardBinding) for outcome in outcomes) == 1
    assert {type(outcome) for outcome in outcomes} <= {CardBinding, services.BindingBusy, services.BindingOver, WrongState}
    assert (Card.objects.count(), ChannelRequest.objects.filter(operation="sign_confirm").count()) == (1, 1)


def test_a_card_started_from_many_threads_has_one_open_binding(connected: SandboxBank) -> None:
    who = payer(connected)
    together(lambda _: start(who, WORKS), 4)
    assert CardBinding.objects.filter(state__in=["created", "sms_sent", "verifying"]).count() == 1
    settle(AT)
    assert_nothing_open()


def test_a_card_that_is_bound_is_not_bound_again_until_it_is_unbound(connected: SandboxBank) -> None:
    who = payer(connected)
    card = bind(connected, who, WORKS)
    with pytest.raises(services.CardAlreadyBound):
        start(who, WORKS)
    gone = services.unbind(customer_id=who.customer.id, card_id=card.id, at=AT)
    calls.unsign(card=gone, at=AT)
    connected.clock(offset_seconds=connected.clock()["offset_seconds"] + 60)
    assert bind(connected, who, WORKS).id != card.id
    assert Card.objects.filter(customer=who.customer).count() == 2


def test_two_customers_may_each_bind_the_same_card_and_neither_sees_the_others(connected: SandboxBank) -> None:
    one, other = payer(connected), payer(connected)
    card, second = bind(connected, one, WORKS), bind(connected, other, WORKS)
    assert bytes(card.fingerprint) == bytes(second.fingerprint)
    with pytest.raises(NotFound):
        services.unbind(customer_id=other.customer.id, card_id=card.id, at=AT)
    card.refresh_from_db()
    assert card.state == "active"


def test_an_unbinding_whose_answer_is_lost_ends_at_the_bank_too(connected: SandboxBank) -> None:
    who = payer(connected)
    card = bind(connected, who, WORKS)
    connected.fault("timeout_before_effect", operations=["unsign"], times=2, params={"hold_ms": 5})
    gone = calls.unsign(card=services.unbind(customer_id=who.customer.id, card_id=card.id, at=AT), at=AT)
    assert gone.state == "unbound"
    settle(AT)
    assert connected.control("GET", f"agreements/{card.token}")["agreement_status"] == "CANCELLED"
    assert_nothing_open()


def test_a_code_that_never_arrived_is_asked_for_again_and_binds_the_card(connected: SandboxBank) -> None:
    who = payer(connected)
    connected.fault("lost_sms", operations=["sign_start"])
    before = len(connected.messages(who.mobile))
    binding = start(who)
    assert (shown(binding), len(connected.messages(who.mobile))) == ("sms_sent", before)
    later = AT + timedelta(seconds=61)
    connected.clock(offset_seconds=connected.clock()["offset_seconds"] + 61)
    calls.resend(binding=services.resend_code(customer_id=who.customer.id, binding_id=binding.id, at=later), at=later)
    assert shown(confirm(who, binding, connected.last_code(who.mobile), at=later)) == "bound"
    assert_nothing_open()

"""A card agreed at two channels: topped up from and paid out to through the cheaper that is open, on to the other after a definite no
that says so, one effect whatever happens."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.clock import queries as clock
from core.limits.services import LimitReached
from payments.cards import routes
from payments.cards.models import CardLimit
from payments.cards.services import OverSingleLimit, SceneNotOffered
from payments.channels import outcomes, schedule
from payments.channels import services as channels
from payments.channels.breaker import ChannelResting
from payments.channels.models import Break, Channel, ChannelCall, ChannelRequest, MaintenanceWindow
from payments.channels.port import Failed
from payments.channels.routing import AmountNotServed
from payments.channels.services import ChannelOff, ChannelUnderMaintenance
from payments.wallet import journals, outbound, sweeps
from payments.wallet.models import TopUp, Withdrawal
from payments.wallet.services import top_ups, withdrawals
from tests.desk.people import staff, verified
from tests.payments.cashier.test_routing import FIRST, bound_again
from tests.payments.killing import killed
from tests.payments.second_bank import SECOND, connect_second
from tests.payments.wallet.bank_world import (
    Holder,
    assert_settled,
    card_holder,
    hold_withdrawal,
    long_after,
    settle_wallet,
    start_top_up,
    top_up,
    withdraw,
)
from tests.payments.wallet.routed import (
    ACTS,
    BUSINESSES,
    FEN,
    MODELS,
    OPERATIONS,
    STARTED,
    asked,
    assert_done,
    assert_undone,
    begun,
    booked,
    dated,
    holder_of_two,
    limited,
    moved,
    rest,
    shut,
)
from tests.payments.wallet.world import freeze, proven
from tests.query_counts import queries_of
from tests.rules import newer
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who(connected: SandboxBank) -> Holder:
    return holder_of_two(connected)


@BUSINESSES
def test_the_cheaper_channel_is_taken_and_its_clearing_account_booked(business: str, connected: SandboxBank, who: Holder) -> None:
    order = ACTS[business](who, FEN)
    assert asked(order) == [(SECOND, "success", "")]
    event = {"top_up": journals.TOP_UP, "withdrawal": journals.WITHDRAWAL_PAID}[business]
    assert f"clearing:channel:{SECOND}" in booked(event)
    assert_done(connected, who, order, SECOND)


@BUSINESSES
@pytest.mark.parametrize("cap", ["day_fen", "month_fen"])
def test_a_cheaper_channel_whose_limit_is_used_up_is_gone_around(cap: str, business: str, connected: SandboxBank, who: Holder) -> None:
    scene = {"top_up": "top_up", "withdrawal": "withdraw"}[business]
    limited(who, SECOND, scene, **{cap: FEN + FEN // 2})
    first, second = ACTS[business](who, FEN), ACTS[business](who, FEN)
    assert asked(first) == [(SECOND, "success", "")], "its own amount leaves its limit as it is"
    assert asked(second) == [(FIRST, "success", "")]
    sign = 1 if business == "top_up" else -1
    assert_settled(expected={who.customer: STARTED + 2 * sign * FEN})


@BUSINESSES
def test_where_every_limit_is_used_up_it_is_said_and_nothing_moves(business: str, connected: SandboxBank, who: Holder) -> None:
    scene = {"top_up": "top_up", "withdrawal": "withdraw"}[business]
    for channel in (FIRST, SECOND):
        limited(who, channel, scene, day_fen=FEN - 1)
    with pytest.raises(LimitReached) as refused:
        ACTS[business](who, FEN)
    assert refused.value.members["remaining"] == FEN - 1
    assert (moved(connected, who), ChannelRequest.objects.filter(business=business).count()) == (0, 0)
    assert_settled(expected={who.customer: STARTED})


@BUSINESSES
def test_of_two_that_cost_the_same_the_healthier_is_taken(business: str, connected: SandboxBank, who: Holder) -> None:
    operation = {"top_up": "pay", "withdrawal": "payout"}[business]
    dated(SECOND, operation, cost_bp=20)
    ChannelCall.objects.create(channel_id=SECOND, operation=operation, question=False, bad=True, took_ms=1, at=clock.now())
    assert_done(connected, who, ACTS[business](who, FEN), FIRST)


@BUSINESSES
@pytest.mark.parametrize("why", ["window", "resting", "off", "amount", "limit"])
def test_a_cheaper_channel_that_is_shut_is_gone_around(why: str, business: str, connected: SandboxBank, who: Holder) -> None:
    at, operation = clock.now(), {"top_up": "pay", "withdrawal": "payout"}[business]
    scene = {"top_up": "top_up", "withdrawal": "withdraw"}[business]
    match why:
        case "window":
            shut(SECOND, at)
        case "resting":
            rest(SECOND, until=at + timedelta(minutes=1))
        case "off":
            Channel.objects.filter(code=SECOND).update(enabled=False)
        case "amount":
            dated(SECOND, operation, most_fen=FEN - 1)
        case "limit":
            newer(CardLimit.objects.get(channel_id=SECOND, bank=who.card.bank_id, kind=who.card.kind, scene=scene), single_fen=FEN - 1)
    order = ACTS[business](who, FEN)
    assert asked(order) == [(FIRST, "success", "")]
    assert_done(connected, who, order, FIRST)


@BUSINESSES
def test_where_every_channel_is_shut_the_best_ones_reason_is_said_and_nothing_moves(
    business: str, connected: SandboxBank, who: Holder
) -> None:
    at = clock.now()
    for channel in (FIRST, SECOND):
        shut(channel, at)
    with pytest.raises(ChannelUnderMaintenance):
        ACTS[business](who, FEN)
    MaintenanceWindow.objects.all().delete()
    for channel in (FIRST, SECOND):
        rest(channel, until=at + timedelta(minutes=1))
    with pytest.raises(ChannelResting):
        ACTS[business](who, FEN)
    Channel.objects.filter(code__in=[FIRST, SECOND]).update(enabled=False)
    with pytest.raises(ChannelOff):
        ACTS[business](who, FEN)
    assert not MODELS[business].objects.exists()
    assert_settled(expected={who.customer: STARTED})


def test_a_card_no_channel_serves_for_this_is_refused(connected: SandboxBank, who: Holder) -> None:
    for channel in (FIRST, SECOND):
        dated(channel, "payout", offered=False)
    with pytest.raises(SceneNotOffered):
        withdraw(who, FEN)
    for channel in (FIRST, SECOND):
        dated(channel, "pay", most_fen=FEN - 1)
    with pytest.raises(AmountNotServed):
        top_up(who, FEN)
    for row in CardLimit.objects.filter(bank=who.card.bank_id, kind=who.card.kind, scene="top_up"):
        newer(row, single_fen=FEN - 2)
    with pytest.raises(OverSingleLimit):
        top_up(who, FEN - 1)
    assert_settled(expected={who.customer: STARTED})


@BUSINESSES
def test_a_definite_no_goes_on_at_the_next_channel_at_once(business: str, connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=[OPERATIONS[business]], times=1)
    order = ACTS[business](who, FEN)
    assert asked(order) == [(SECOND, "failed", "next_channel"), (FIRST, "success", "")]
    numbers = ChannelRequest.objects.filter(business_id=order.id).values_list("request_no", flat=True)
    assert len(set(numbers)) == 2
    assert_done(connected, who, order, FIRST)


@BUSINESSES
def test_the_desk_shows_every_request_of_an_order_first_to_last(business: str, connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=[OPERATIONS[business]], times=1)
    order = ACTS[business](who, FEN)
    address = reverse(f"admin:payments_{business.replace('_', '')}_change", args=[order.pk])
    shown = verified(staff("sam", "support")).get(address).content.decode()
    places = [shown.index(one.public_id) for one in ChannelRequest.objects.filter(business_id=order.id).order_by("created_at", "id")]
    assert (len(places), places) == (2, sorted(places))


def test_a_payout_goes_on_also_where_it_would_else_be_sent_again(connected: SandboxBank, who: Holder) -> None:
    dated(SECOND, "payout", cost_bp=30)
    connected.fault("maintenance", operations=["payout"], times=1)
    order = withdraw(who, FEN)
    assert asked(order) == [(FIRST, "failed", "next_channel"), (SECOND, "success", "")]
    assert_done(connected, who, order, SECOND)


def test_a_payout_that_has_no_other_channel_waits_and_is_the_customers_again_after_half_a_day(connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=["payout"], times=99)
    order = withdraw(who, FEN)
    assert asked(order) == [(SECOND, "failed", "next_channel"), (FIRST, "new", "")]
    settle_wallet(clock.now())
    assert asked(order) == [(SECOND, "failed", "next_channel"), (FIRST, "failed", "retry_same")]
    assert ChannelRequest.objects.get(channel_id=FIRST, operation="payout").sends == len(schedule.PATIENT_DELAYS) + 1
    assert_undone(connected, who, order, "MAINTENANCE")


def test_a_waiting_payout_goes_on_when_another_channel_opens(connected: SandboxBank, who: Holder) -> None:
    at = clock.now()
    dated(SECOND, "payout", cost_bp=30)
    shut(SECOND, at)
    connected.fault("maintenance", operations=["payout"], agreement_no=who.card.token, times=99)
    order = withdraw(who, FEN, at=at)
    assert asked(order) == [(FIRST, "new", "")]
    settle_wallet(at)
    assert asked(order) == [(FIRST, "failed", "next_channel"), (SECOND, "success", "")]
    assert_done(connected, who, order, SECOND)


def test_a_payout_placed_at_a_channel_that_rests_then_goes_on_at_one_that_does_not(connected: SandboxBank, who: Holder) -> None:
    at = clock.now()
    order = begun("withdrawal", who)
    rest(SECOND, until=at + timedelta(hours=1))
    settle_wallet(at + timedelta(minutes=2))
    assert asked(order) == [(SECOND, "failed", "next_channel"), (FIRST, "success", "")]
    assert ChannelRequest.objects.get(channel_id=SECOND, operation="payout").sends == 0
    assert_done(connected, who, order, FIRST)


def test_a_held_payout_waits_for_a_channel_where_all_of_them_rest(connected: SandboxBank, who: Holder) -> None:
    at = clock.now()
    held = hold_withdrawal(who, FEN, at=at)
    for channel in (FIRST, SECOND):
        rest(channel, until=at + timedelta(minutes=3))
    order = outbound.send_withdrawal(withdrawal_id=held.id, at=at)
    assert (order.state, asked(order)) == ("sent", [(SECOND, "new", "")])
    settle_wallet(at)
    assert_done(connected, who, order, SECOND)


def test_a_held_payout_whose_limits_have_no_room_where_it_is_open_is_the_customers_again(connected: SandboxBank, who: Holder) -> None:
    at = clock.now()
    held = hold_withdrawal(who, FEN, at=at)
    limited(who, SECOND, "withdraw", day_fen=FEN - 1)
    shut(FIRST, at)
    order = outbound.send_withdrawal(withdrawal_id=held.id, at=at)
    assert (order.state, order.code, asked(order)) == ("failed", "limit_reached", [])
    assert_undone(connected, who, order, "limit_reached")
    limited(who, FIRST, "withdraw", day_fen=FEN)
    MaintenanceWindow.objects.all().delete()
    assert withdraw(who, FEN).result == "succeeded", "what it had counted is given back"


@BUSINESSES
def test_a_definite_no_goes_on_only_where_the_limits_have_room(business: str, connected: SandboxBank, who: Holder) -> None:
    limited(who, FIRST, {"top_up": "top_up", "withdrawal": "withdraw"}[business], day_fen=FEN - 1)
    connected.fault("maintenance", operations=[OPERATIONS[business]], times=1)
    order = ACTS[business](who, FEN)
    assert asked(order) == [(SECOND, "failed", "next_channel")]
    assert_undone(connected, who, order, "MAINTENANCE")


@pytest.mark.parametrize("code", ["INSUFFICIENT_FUNDS", "MAINTENANCE"])
def test_a_top_up_that_no_channel_takes_is_refused_and_its_limits_are_given_back(code: str, connected: SandboxBank, who: Holder) -> None:
    if code == "MAINTENANCE":
        connected.fault("maintenance", operations=["payment"], times=2)
    else:
        connected.fault("decline", operations=["payment"], times=1, params={"code": code})
    order = top_up(who, FEN)
    places = [SECOND, FIRST] if code == "MAINTENANCE" else [SECOND]
    assert [one[:2] for one in asked(order)] == [(place, "failed") for place in places]
    assert_undone(connected, who, order, code)
    limit = CardLimit.objects.get(channel_id=SECOND, bank=who.card.bank_id, kind=who.card.kind, scene="top_up")
    newer(limit, day_fen=FEN)
    assert top_up(who, FEN).result == "succeeded"


def test_a_payout_that_the_customers_bank_refuses_goes_nowhere_else(connected: SandboxBank, who: Holder) -> None:
    connected.fault("decline", operations=["payout"], times=1, params={"code": "CARD_CLOSED"})
    order = withdraw(who, FEN)
    assert [one[:2] for one in asked(order)] == [(SECOND, "failed")]
    assert_undone(connected, who, order, "CARD_CLOSED")


@BUSINESSES
@pytest.mark.parametrize("fault", ["timeout_before_effect", "timeout_after_effect", "http_500_burst"])
def test_an_unknown_result_never_goes_on(fault: str, business: str, connected: SandboxBank, who: Holder) -> None:
    connected.fault(fault, operations=[OPERATIONS[business]], times=1, params={} if fault == "http_500_burst" else {"hold_ms": 5})
    order = ACTS[business](who, FEN)
    assert asked(order) == [(SECOND, "unknown", "")]
    assert order.result == "processing"
    settle_wallet(clock.now(), pause_s=0.02)
    assert asked(order) == [(SECOND, "success", "")]
    assert_done(connected, who, order, SECOND)


@BUSINESSES
def test_a_refusal_after_an_unknown_departure_never_goes_on(business: str, connected: SandboxBank, who: Holder) -> None:
    """The first departure may still be done: only the channel's own decision about the number ends it."""
    connected.fault("timeout_before_effect", operations=[OPERATIONS[business]], times=1, params={"hold_ms": 5})
    order = ACTS[business](who, FEN)
    connected.fault("maintenance", operations=[OPERATIONS[business]], times=1)
    at = clock.now() + timedelta(seconds=6)
    channels.query(request_id=ChannelRequest.objects.get(business_id=order.id).id, at=at)
    assert asked(order) == [(SECOND, "unknown", "")]
    settle_wallet(at, pause_s=0.02)
    assert_done(connected, who, order, SECOND)


@BUSINESSES
@pytest.mark.parametrize("where", ["+payments.channels.services.conclude", "payments.cards.routes.place_another"])
def test_a_process_killed_between_two_channels_leaves_the_rest_to_the_worker(
    where: str, business: str, connected: SandboxBank, who: Holder
) -> None:
    """Behind `conclude` the refusal and the next request are stored, in `place_another` neither is."""
    connected.fault("maintenance", operations=[OPERATIONS[business]], times=1)
    order = begun(business, who)
    assert order.request_id is not None
    killed("send", where, request=str(order.request_id))
    stored = where.startswith("+")
    assert asked(order) == ([(SECOND, "failed", "next_channel"), (FIRST, "new", "")] if stored else [(SECOND, "sent", "")])
    settle_wallet(clock.now() + timedelta(seconds=61), pause_s=0.02)
    assert_done(connected, who, order, FIRST if stored else SECOND)


@BUSINESSES
def test_many_who_send_one_order_at_once_move_it_once(business: str, connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=[OPERATIONS[business]], times=1)
    order, at = begun(business, who), clock.now()

    def send(_: int) -> TopUp | Withdrawal:
        if business == "top_up":
            return outbound.ask_top_up(top_up_id=order.id, at=at)
        return outbound.send_withdrawal(withdrawal_id=order.id, at=at)

    found = together(send, 6)
    assert not [one for one in found if isinstance(one, Exception)]
    settle_wallet(at)
    assert asked(order) == [(SECOND, "failed", "next_channel"), (FIRST, "success", "")]
    assert not Break.objects.exists()
    assert_done(connected, who, order, FIRST)


@BUSINESSES
def test_two_workers_told_of_one_refusal_place_one_next_request(business: str, connected: SandboxBank, who: Holder) -> None:
    order, at = begun(business, who), clock.now()
    request_id = order.request_id
    assert request_id is not None
    together(lambda _: outcomes.conclude(request_id=request_id, result=Failed("MAINTENANCE"), source="answer", at=at), 4)
    assert asked(order) == [(SECOND, "failed", "next_channel"), (FIRST, "new", "")]
    settle_wallet(at)
    assert_done(connected, who, order, FIRST)


@BUSINESSES
def test_a_customer_frozen_meanwhile_goes_on_nowhere(business: str, connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=[OPERATIONS[business]], times=99)
    order = begun(business, who)
    freeze(who.customer)
    settle_wallet(clock.now() + timedelta(seconds=61))
    assert [one[:2] for one in asked(order)] == [(SECOND, "failed")]
    assert_undone(connected, who, order, "MAINTENANCE")


def test_a_top_up_given_up_goes_on_nowhere(connected: SandboxBank, who: Holder) -> None:
    connected.fault("maintenance", operations=["payment"], times=1)
    order = start_top_up(who, FEN)
    channels.send(request_id=order.request_id, at=order.give_up_at)
    assert [one[:2] for one in asked(order)] == [(SECOND, "failed")]
    assert_undone(connected, who, order, "MAINTENANCE")


def test_giving_up_ends_the_order_only_by_the_request_it_waits_for(connected: SandboxBank, who: Holder) -> None:
    order = start_top_up(who, FEN)
    first = order.request_id
    outcomes.conclude(request_id=first, result=Failed("MAINTENANCE"), source="answer", at=clock.now())
    later = long_after(clock.now())
    assert top_ups.give_up(top_up_id=order.id, closed_id=first, at=later).state == "created"
    sweeps.give_up_top_ups(shard=order.shard, at=later)
    assert asked(order) == [(SECOND, "failed", "next_channel"), (FIRST, "failed", "ask_user")]
    assert_undone(connected, who, order, "not_sent")


def test_what_choosing_a_channel_asks_of_the_database_follows_from_no_number_of_channels(connected: SandboxBank) -> None:
    one, two = (card_holder(connected, fen=STARTED) for _ in range(2))
    connect_second()
    bound_again(connected, two)
    at = clock.now()

    def act(who: Holder, purpose: str) -> int:
        given = proven(who.customer, amount_fen=FEN, payee=who.card.public_id, purpose=purpose)
        begin = top_ups.start if purpose == "top_up" else withdrawals.hold
        return len(queries_of(lambda: begin(intent=given, card_id=who.card.id, amount_fen=FEN, at=at)))

    for purpose, more in (("withdraw", 1), ("top_up", 2)):
        by_first, by_second = ({act(who, purpose) for _ in range(2)} for who in (one, two))
        assert len(by_first) == 1
        assert by_second == {number + more for number in by_first}, "what was used, and the key that seals the second agreement's token"
    for use, number, of_two in ((routes.TOP_UP, 7, 8), (routes.WITHDRAW, 7, 8), (routes.SETTLE, 6, 6)):
        asked = [len(queries_of(lambda who=who, use=use: routes.best(card=who.card, use=use, amount_fen=FEN, at=at))) for who in (one, two)]  # type: ignore[misc]
        assert asked == [number, of_two], "where there is a choice, what the card has used is read"

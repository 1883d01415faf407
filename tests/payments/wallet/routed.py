"""A holder whose one card is agreed at two channels, and what is looked at of what moved through which."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.ledger.accounts import platform_account
from accounts.ledger.models import Journal, LedgerAccount
from accounts.ledger.queries import balance
from core.clock import queries as clock
from payments.cards.models import CardLimit
from payments.channels.models import Breaker, BreakerRule, ChannelRequest, MaintenanceWindow, RouteRule
from payments.wallet.models import TopUp, Withdrawal
from payments.wallet.services import withdrawals
from tests.payments.cashier.test_routing import FIRST, bound_again
from tests.payments.second_bank import SECOND, connect_second
from tests.payments.wallet.bank_world import (
    Holder,
    assert_settled,
    card_holder,
    hold_withdrawal,
    start_top_up,
    top_up,
    withdraw,
)
from tests.rules import newer
from tests.sandbox_bank import SandboxBank

FEN = 10_000
STARTED = 50_000
FULL = 100_000_00
OPERATIONS = {"top_up": "payment", "withdrawal": "payout"}
BUSINESSES = pytest.mark.parametrize("business", list(OPERATIONS))
ACTS: dict[str, Callable[..., TopUp | Withdrawal]] = {"top_up": top_up, "withdrawal": withdraw}
MODELS: dict[str, Any] = {"top_up": TopUp, "withdrawal": Withdrawal}


def holder_of_two(connected: SandboxBank) -> Holder:
    """Whose one card is agreed at both channels, the second of which costs less."""
    made = card_holder(connected, fen=STARTED)
    connect_second()
    dated(FIRST, "payout", cost_bp=20)
    bound_again(connected, made)
    return made


def dated(channel: str, operation: str, **terms: Any) -> None:
    """A newer route of a channel."""
    newer(RouteRule.objects.filter(channel_id=channel, operation=operation).latest("effective_on"), **terms)


def limited(who: Holder, channel: str, scene: str, **terms: Any) -> None:
    """A newer limit of the holder's cards at a channel, and no other."""
    rows = CardLimit.objects.filter(channel_id=channel, scene=scene, bank_id=who.card.bank_id, kind=who.card.kind)
    newer(rows.latest("effective_on"), **({"single_fen": None, "day_fen": None, "month_fen": None} | terms))


def begun(business: str, who: Holder) -> TopUp | Withdrawal:
    """Written down with its request, and not sent."""
    if business == "top_up":
        return start_top_up(who, FEN)
    held = hold_withdrawal(who, FEN)
    return withdrawals.dispatch(withdrawal_id=held.id, at=clock.now())


def asked(order: TopUp | Withdrawal) -> list[tuple[str, str, str]]:
    rows = ChannelRequest.objects.filter(business_id=order.id).order_by("created_at", "id")
    return list(rows.values_list("channel_id", "state", "verdict"))


def moved(bank: SandboxBank, who: Holder) -> int:
    """What the bank moved, away from the platform's customer's card or to it."""
    return abs(int(bank.card(who.number)["balance_fen"]) - FULL)


def booked(event: str) -> set[str]:
    journal = Journal.objects.filter(event=event).latest("posted_at")
    return set(LedgerAccount.objects.filter(id__in=journal.accounts).values_list("name", flat=True))


def cleared(channel: str) -> int:
    """What moved through a channel, by our books."""
    return abs(balance(platform_account(f"clearing:channel:{channel}")).posted)


def assert_done(bank: SandboxBank, who: Holder, order: TopUp | Withdrawal, through: str) -> None:
    """Moved once, through this channel, here and at the bank."""
    order.refresh_from_db()
    assert (order.result, order.code) == ("succeeded", "")
    assert (moved(bank, who), {one: cleared(one) for one in (FIRST, SECOND)}) == (FEN, {FIRST: 0, SECOND: 0} | {through: FEN})
    sign = 1 if isinstance(order, TopUp) else -1
    assert_settled(expected={who.customer: STARTED + sign * FEN})


def assert_undone(bank: SandboxBank, who: Holder, order: TopUp | Withdrawal, code: str) -> None:
    order.refresh_from_db()
    assert (order.result, order.code, moved(bank, who), cleared(FIRST), cleared(SECOND)) == ("refused", code, 0, 0, 0)
    assert_settled(expected={who.customer: STARTED})


def shut(channel: str, at: datetime) -> None:
    MaintenanceWindow.objects.create(
        channel_id=channel, starts_at=at, ends_at=at + timedelta(hours=1), words_en="Moving house", words_zh="搬家", created_at=at
    )


def rest(channel: str, *, until: datetime) -> None:
    at = clock.now()
    if not BreakerRule.objects.filter(channel_id=channel).exists():
        newer(BreakerRule.objects.get(channel_id=FIRST), channel_id=channel)
    Breaker.objects.get_or_create(channel_id=channel, defaults={"changed_at": at})
    Breaker.objects.filter(channel_id=channel).update(state="open", retry_at=until, opened_at=at, changed_at=at)

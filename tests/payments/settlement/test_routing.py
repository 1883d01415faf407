"""A merchant's card agreed at two channels: a settlement is paid out through the cheaper that is open, on to the other after a definite
no, once whatever happens."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.ledger.accounts import platform_account
from accounts.ledger.queries import balance
from core.clock.queries import start_of_day
from core.work.queries import waiting
from payments.channels import services as channels
from payments.channels.models import ChannelRequest, MaintenanceWindow, RouteRule
from payments.settlement import outbound, sweeps
from payments.settlement.models import MerchantPayout, Settlement
from payments.settlement.services import paying
from tests.desk.people import staff, verified
from tests.ledger_proof import assert_books_balance
from tests.payments.cashier.test_routing import FIRST, bound_again
from tests.payments.killing import killed
from tests.payments.merchants.world import suspend
from tests.payments.second_bank import SECOND, connect_second
from tests.payments.settle import assert_nothing_open, settle
from tests.payments.settlement.world import Seller, approved, assert_paid_out, pay_out, seller, standing
from tests.rules import newer
from tests.sandbox_bank import SandboxBank
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NET = 9_940


@pytest.fixture
def who(connected: SandboxBank) -> Seller:
    """Whose one card is agreed at both channels, the second of which costs less."""
    made = seller(connected)
    connect_second()
    newer(RouteRule.objects.get(channel_id=FIRST, operation="payout"), cost_bp=20)
    bound_again(connected, made.owner)
    return made


def due(who: Seller) -> Settlement:
    return approved(who.shop, 10_000)


def asked() -> list[tuple[str, str, str]]:
    rows = ChannelRequest.objects.filter(operation="payout").order_by("created_at", "id")
    return list(rows.values_list("channel_id", "state", "verdict"))


def cleared() -> dict[str, int]:
    found = {one: balance(platform_account(f"clearing:channel:{one}")).posted for one in (FIRST, SECOND)}
    return {one: fen for one, fen in found.items() if fen}


def shut(channel: str, at: datetime, hours: int = 1) -> None:
    MaintenanceWindow.objects.create(
        channel_id=channel, starts_at=at, ends_at=at + timedelta(hours=hours), words_en="Moving", words_zh="搬家", created_at=at
    )


def test_the_cheaper_channel_pays_and_its_clearing_account_is_booked(connected: SandboxBank, who: Seller) -> None:
    row = due(who)
    pay_out(row)
    assert (asked(), cleared()) == ([(SECOND, "success", "")], {SECOND: NET})
    assert_paid_out(row, connected, who.owner, NET)


def test_an_announced_window_is_gone_around_and_waited_out_where_it_cannot_be(connected: SandboxBank, who: Seller) -> None:
    row = due(who)
    at = start_of_day(row.due_on)
    shut(SECOND, at)
    shut(FIRST, at - timedelta(hours=1), hours=2)
    sweeps.pay_due(shard=row.shard, at=at)
    row.refresh_from_db()
    assert (row.state, row.code, asked(), waiting()) == ("approved", "channel_under_maintenance", [], [])
    MaintenanceWindow.objects.filter(channel_id=FIRST).update(ends_at=at + timedelta(minutes=5))
    pay_out(row, at=at + timedelta(minutes=10))
    assert (asked(), cleared()) == ([(FIRST, "success", "")], {FIRST: NET})
    assert_paid_out(row, connected, who.owner, NET)


def test_a_definite_no_goes_on_with_the_same_payout_at_the_other_channel(connected: SandboxBank, who: Seller) -> None:
    row = due(who)
    connected.fault("maintenance", operations=["payout"], times=1)
    sweeps.pay_due(shard=row.shard, at=start_of_day(row.due_on))
    assert (asked(), cleared()) == ([(SECOND, "failed", "next_channel"), (FIRST, "success", "")], {FIRST: NET})
    assert MerchantPayout.objects.get().number == 1
    assert_paid_out(row, connected, who.owner, NET)
    client = verified(staff("sam", "support"))
    for page in ("payments_settlement_change", "payments_merchantpayout_change"):
        key = row.pk if "settlement" in page else MerchantPayout.objects.get().pk
        shown = client.get(reverse(f"admin:{page}", args=[key])).content.decode()
        places = [shown.index(one.public_id) for one in ChannelRequest.objects.filter(operation="payout").order_by("created_at")]
        assert places == sorted(places)


def test_where_no_channel_takes_it_the_money_is_the_merchants_again(connected: SandboxBank, who: Seller) -> None:
    row = due(who)
    connected.fault("maintenance", operations=["payout"], times=99)
    pay_out(row)
    assert asked() == [(SECOND, "failed", "next_channel"), (FIRST, "failed", "retry_same")]
    assert (row.state, row.code, standing(who.merchant), cleared()) == ("returned", "MAINTENANCE", {"available": NET}, {})
    assert [item.kind for item in waiting()] == ["settlement.payout_returned"]
    assert_nothing_open()
    assert_books_balance()


def test_an_unknown_result_never_goes_on_and_what_comes_back_is_mirrored_where_it_was_paid(connected: SandboxBank, who: Seller) -> None:
    row = due(who)
    connected.fault("timeout_after_effect", operations=["payout"], times=1, params={"hold_ms": 5})
    at = start_of_day(row.due_on)
    sweeps.pay_due(shard=row.shard, at=at)
    assert asked() == [(SECOND, "unknown", "")]
    at = settle(at, pause_s=0.02)
    assert (asked(), cleared()) == ([(SECOND, "success", "")], {SECOND: NET})
    assert_paid_out(row, connected, who.owner, NET)
    merchant = channels.ChannelCredential.objects.get(channel_id=SECOND, retired_at=None).merchant
    made = ChannelRequest.objects.get(operation="payout")
    connected.return_payout(merchant, made.request_no)
    channels.query(request_id=made.id, at=at)
    row.refresh_from_db()
    assert (row.state, standing(who.merchant), cleared()) == ("returned", {"available": NET}, {})
    assert_books_balance()


@pytest.mark.parametrize("where", ["+payments.channels.services.conclude", "payments.cards.routes.place_another"])
def test_a_process_killed_between_two_channels_leaves_the_rest_to_the_worker(where: str, connected: SandboxBank, who: Seller) -> None:
    row = due(who)
    at = start_of_day(row.due_on)
    connected.fault("maintenance", operations=["payout"], times=1)
    payout = paying.pay(settlement_id=row.id, at=at)
    assert payout is not None
    killed("send", where, request=str(payout.request_id))
    settle(at + timedelta(seconds=61), pause_s=0.02)
    through = FIRST if where.startswith("+") else SECOND
    assert ((through, "success", "") in asked(), cleared()) == (True, {through: NET})
    assert_paid_out(row, connected, who.owner, NET)


def test_many_workers_on_one_settlement_pay_it_once(connected: SandboxBank, who: Seller) -> None:
    row = due(who)
    at = start_of_day(row.due_on)
    connected.fault("maintenance", operations=["payout"], times=1)
    together(lambda _: outbound.pay(settlement_id=row.id, at=at), 6)
    settle(at)
    assert (asked(), cleared()) == ([(SECOND, "failed", "next_channel"), (FIRST, "success", "")], {FIRST: NET})
    assert_paid_out(row, connected, who.owner, NET)


def test_a_merchant_suspended_meanwhile_is_paid_nowhere_else(connected: SandboxBank, who: Seller) -> None:
    row = due(who)
    at = start_of_day(row.due_on)
    connected.fault("maintenance", operations=["payout"], times=99)
    assert paying.pay(settlement_id=row.id, at=at) is not None
    suspend(who.merchant)
    settle(at + timedelta(seconds=61))
    row.refresh_from_db()
    assert ([one[:2] for one in asked()], row.state) == ([(SECOND, "failed")], "returned")
    assert_books_balance()

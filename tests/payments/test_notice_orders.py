"""Notices in any order, with copies, and with the jobs that take them in late: the end is that of each once and in order."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.clock import queries as clock
from core.outbox import services as outbox
from payments.channels import services as channels
from payments.channels.models import Break, ChannelRequest
from payments.refunds.models import Refund
from payments.wallet.models import TopUp, Withdrawal
from tests.payments.cashier.world import shop
from tests.payments.refunds.world import by_card, refund
from tests.payments.wallet.bank_world import card_holder, request_of, top_up, withdraw
from tests.payments.world import Postbox, deliver
from tests.sandbox_bank import SandboxBank

Letter = tuple[str, dict[str, str], bytes]
KINDS = (b"payout.returned", b"payout.", b"refund.", b"payment.")
NUMBER = 4


def in_order(letters: list[Letter]) -> list[Letter]:
    """Payment, refund, payout, and the payout's return last."""
    return sorted(letters, key=lambda letter: -next(place for place, kind in enumerate(KINDS) if kind in letter[2]))


def told(letters: list[Letter]) -> dict[str, Any]:
    """Deliver each, with `None` for the jobs to run, and the jobs once more; what became of everything. Taken back after."""
    client, at = Client(), clock.now()
    with transaction.atomic():
        for letter in [*letters, None]:
            if letter is not None:
                assert deliver(client, letter) == 200
                continue
            at += timedelta(minutes=1)
            outbox.run_pending(at=at)
        ended = {
            "requests": sorted(ChannelRequest.objects.values_list("operation", "state", "code", "fee_fen")),
            "orders": [list(model.objects.order_by("id").values_list("state", flat=True)) for model in (TopUp, Withdrawal, Refund)],
            "breaks": Break.objects.count(),
            "journals": journals(),
        }
        transaction.set_rollback(True)
    return ended


def journals() -> list[tuple[str, list[int]]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT event, amounts FROM ledger_journal ORDER BY 1, 2")
        return cursor.fetchall()


@pytest.fixture
def letters(postbox: Postbox, sandbox_bank: SandboxBank) -> list[Letter]:
    """What the bank says of a top-up, a payout that came back, and a refund, whose answers were all lost."""
    who, where = card_holder(sandbox_bank, fen=50_000), shop()
    bought = by_card(where, who, 10_000)
    sandbox_bank.flush()
    postbox.letters = []
    lost = {"operations": ["payment", "payout", "refund"], "params": {"hold_ms": 5}, "times": 3}
    sandbox_bank.fault("timeout_after_effect", **lost)
    assert (top_up(who, 10_000).state, refund(bought, 4_000).state) == ("processing", "processing")
    paid = withdraw(who, 10_000)
    merchant = str(channels.open_port("sandbox_bank").account.merchant)  # type: ignore[attr-defined]
    sandbox_bank.return_payout(merchant, request_of(paid).request_no)
    sandbox_bank.flush()
    postbox.wait(NUMBER)
    assert len(postbox.letters) == NUMBER
    return in_order(postbox.letters)


def test_every_order_of_copied_and_late_notices_ends_as_each_once_in_order(letters: list[Letter]) -> None:
    expected = told(letters)
    assert expected["orders"] == [["succeeded"], ["returned"], ["succeeded"]]
    assert expected["breaks"] == 0
    copies = st.lists(st.one_of(st.integers(0, NUMBER - 1), st.none()), max_size=6)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(drawn=copies.flatmap(lambda more: st.permutations([*range(NUMBER), *more])))
    def any_order(drawn: list[int | None]) -> None:
        assert told([letters[place] if place is not None else None for place in drawn]) == expected

    any_order()

"""Wallets against a plain dictionary: whatever is done in whatever order, the two agree and money is conserved."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.ledger.refusals import InsufficientFunds
from core.clock import queries as clock
from core.moves import WrongState
from payments.wallet.models import Transfer
from payments.wallet.services import transfers
from payments.wallet.services.transfers import AcceptanceOver
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.world import fund, holder, intent, open_day, posted

PEOPLE = 3
people = st.integers(0, PEOPLE - 1)
amounts = st.integers(1, 400)
REFUSALS = (InsufficientFunds, WrongState, AcceptanceOver)


class Wallets(RuleBasedStateMachine):
    """`kept`: what the dictionary says each has. `waiting`: offers on their way, with both sides and the amount."""

    @initialize()
    def begin(self) -> None:
        open_day()
        self.now = clock.now()
        self.who = [holder() for _ in range(PEOPLE)]
        self.kept = dict.fromkeys(range(PEOPLE), 0)
        self.put_in = 0
        self.waiting: dict[Any, tuple[int, int, int]] = {}

    def attempt(self, act: Any) -> Any:
        try:
            with transaction.atomic():
                return act()
        except REFUSALS:
            return None

    @rule(person=people, fen=amounts)
    def top_up(self, person: int, fen: int) -> None:
        fund(self.who[person], fen)
        self.kept[person] += fen
        self.put_in += fen

    @rule(payer=people, step=st.integers(1, PEOPLE - 1), fen=amounts, offered=st.booleans())
    def pay(self, payer: int, step: int, fen: int, offered: bool) -> None:
        payee = (payer + step) % PEOPLE
        act = transfers.offer if offered else transfers.send
        self.now += timedelta(hours=3)
        facts = {"intent": intent(self.who[payer]), "payee_id": self.who[payee].id, "amount_fen": fen, "remark": "", "at": self.now}
        made: Transfer | None = self.attempt(lambda: act(**facts))
        assert (made is not None) == (self.kept[payer] >= fen)
        if made is None:
            return
        self.kept[payer] -= fen
        if offered:
            self.waiting[made.id] = (payer, payee, fen)
        else:
            self.kept[payee] += fen

    @rule(place=st.integers(0, 9), way=st.sampled_from(["accept", "decline", "expire"]))
    def end(self, place: int, way: str) -> None:
        if not self.waiting:
            return
        offer_id = list(self.waiting)[place % len(self.waiting)]
        payer, payee, fen = self.waiting[offer_id]
        over = Transfer.objects.get(pk=offer_id).expires_at <= self.now
        if way == "expire":
            ended = self.attempt(lambda: transfers.expire(transfer_id=offer_id, at=self.now))
            assert ended is over
        else:
            act = transfers.accept if way == "accept" else transfers.decline
            ended = self.attempt(lambda: act(payee_id=self.who[payee].id, transfer_id=offer_id, at=self.now)) is not None
            assert ended == (way == "decline" or not over)
        if ended:
            del self.waiting[offer_id]
            self.kept[payee if way == "accept" else payer] += fen

    @invariant()
    def the_two_agree_and_nothing_is_lost(self) -> None:
        if not hasattr(self, "who"):
            return
        assert [posted(person) for person in self.who] == list(self.kept.values())
        assert sum(self.kept.values()) + sum(fen for _, _, fen in self.waiting.values()) == self.put_in

    def teardown(self) -> None:
        if hasattr(self, "who"):
            assert_books_balance()


@pytest.mark.django_db
def test_wallets_agree_with_a_dictionary_whatever_is_done_to_them() -> None:
    few = settings(max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Wallets, settings=few)

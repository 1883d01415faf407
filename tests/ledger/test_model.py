"""The ledger against a plain-dict model, step by step (hypothesis): they agree on every accept and refusal."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from accounts.ledger import batch, days, queries, services
from accounts.ledger.accounts import AccountRef
from accounts.ledger.legs import Draft, credit, debit
from accounts.ledger.models import Entry, Hold, Journal, LedgerBalance, PendingLeg
from core.errors import DomainError
from core.ids import new_id
from tests.ledger.conftest import AT, user
from tests.ledger_proof import assert_books_balance

FLOORS = {"test:user": 0, "test:limit10": -10, "test:credit": -1000, "test:capped": None, "test:free": None, "test:hot": None}
AMOUNTS = st.integers(1, 60)
PLACES = st.integers(0, 6)


class Model:
    """What the ledger should hold, in dicts: balances, holds, journals."""

    def __init__(self, roles: list[str]) -> None:
        self.roles = roles
        self.posted: dict[int, int] = defaultdict(int)
        self.held: dict[int, int] = defaultdict(int)
        self.holds: dict[object, tuple[int, int]] = {}
        self.journals: dict[object, list[tuple[int, int]]] = {}
        self.reversed: set[object] = set()

    def refused(self, moves: list[tuple[int, int]], freed: dict[int, int] | None = None, forced: bool = False) -> bool:
        net: dict[int, int] = defaultdict(int)
        for place, amount in moves:
            net[place] += amount
        for place, delta in net.items():
            role, after = self.roles[place], self.posted[place] + delta
            left = after - self.held[place] + (freed or {}).get(place, 0)
            if role == "test:capped" and delta > 0 and after > 0:
                return True
            floor = FLOORS[role]
            if floor is not None and left < min(floor, self.posted[place] - self.held[place]) and not forced:
                return True
        return False

    def apply(self, journal: object, moves: list[tuple[int, int]]) -> None:
        self.journals[journal] = moves
        for place, amount in moves:
            self.posted[place] += amount


class LedgerAgainstModel(RuleBasedStateMachine):
    holds = Bundle("holds")
    journals = Bundle("journals")

    def __init__(self) -> None:
        super().__init__()
        self.frame = transaction.atomic()
        self.frame.__enter__()
        roles = ["test:user", "test:user", "test:limit10", "test:credit", "test:capped", "test:free", "test:hot"]
        self.accounts: list[AccountRef] = [user(role=role) for role in roles]
        self.model = Model(roles)

    def teardown(self) -> None:
        assert_books_balance(open_holds=len(self.model.holds))
        replayed: dict[object, int] = defaultdict(int)
        for journal in Journal.objects.all():
            for key, amount in zip(journal.accounts, journal.amounts, strict=True):
                replayed[key] += amount
        assert {key: total for key, total in replayed.items() if total} == {
            account.id: self.model.posted[place] for place, account in enumerate(self.accounts) if self.model.posted[place]
        }
        transaction.set_rollback(True)
        self.frame.__exit__(None, None, None)

    def legs(self, moves):
        return [credit(self.accounts[place], amount) if amount > 0 else debit(self.accounts[place], -amount) for place, amount in moves]

    def agree(self, act, expected_refusal: bool) -> bool:
        """Run `act`; assert that it is refused exactly when the model says so, and that a refusal changed nothing."""
        before = self.counts()
        try:
            act()
        except DomainError:
            assert expected_refusal
            assert self.counts() == before
            return False
        assert not expected_refusal
        return True

    def counts(self) -> tuple[object, ...]:
        balances = list(
            LedgerBalance.objects.exclude(version=0, held=0).order_by("account_id").values_list("account_id", "posted", "held", "version")
        )
        return (
            Journal.objects.count(),
            Entry.objects.count(),
            PendingLeg.objects.count(),
            Hold.objects.filter(state="open").count(),
            balances,
        )

    @rule(target=journals, source=PLACES, to=PLACES, amount=AMOUNTS)
    def post(self, source: int, to: int, amount: int):
        moves, journal = [(source, -amount), (to, amount)], new_id()
        refused = self.model.refused(moves)
        if self.agree(lambda: services.post(journal_id=journal, event="test.moved", legs=self.legs(moves), at=AT), refused):
            self.model.apply(journal, moves)
        return journal

    @rule(journal=journals)
    def post_again(self, journal):
        if journal in self.model.journals and journal not in self.model.reversed:
            done = services.post(journal_id=journal, event="test.moved", legs=self.legs(self.model.journals[journal]), at=AT)
            assert done.replayed

    @rule(pairs=st.lists(st.tuples(PLACES, PLACES, AMOUNTS), min_size=1, max_size=6), twice=st.booleans())
    def post_many(self, pairs, twice: bool) -> None:
        items = [(new_id(), [(source, -amount), (to, amount)]) for source, to, amount in pairs]
        drafts = [Draft(journal, "test.moved", self.legs(moves)) for journal, moves in items]
        outcomes = batch.post_many(drafts + drafts[:1] if twice else drafts, at=AT)
        for (journal, moves), outcome in zip(items, outcomes, strict=False):
            refused = self.model.refused(moves)
            assert (outcome.refusal is not None) == refused
            if not refused:
                self.model.apply(journal, moves)
        if twice and items[0][0] not in self.model.journals and outcomes[-1].posted:
            assert not self.model.refused(items[0][1])
            self.model.apply(*items[0])

    @rule(target=holds, place=st.integers(0, 5), amount=AMOUNTS)
    def hold(self, place: int, amount: int):
        held = new_id()
        lowest = -1000 if self.model.roles[place] == "test:credit" else 0
        refused = self.model.posted[place] - self.model.held[place] - amount < lowest
        later = AT + timedelta(days=1)
        if self.agree(lambda: services.hold(hold_id=held, account=self.accounts[place], amount=amount, expires_at=later, at=AT), refused):
            self.model.holds[held] = (place, amount)
            self.model.held[place] += amount
        return held

    @rule(held=consumes(holds), to=st.integers(4, 6), part=st.integers(1, 70))
    def capture(self, held, to: int, part: int) -> None:
        if held not in self.model.holds:
            return
        place, amount = self.model.holds[held]
        moves, journal = [(place, -part), (to, part)], new_id()
        refused = part > amount or self.model.refused(moves, {place: amount}) or place == to
        if place == to:
            return
        if self.agree(
            lambda: services.capture(hold_id=held, journal_id=journal, event="test.moved", legs=self.legs(moves), amount=part, at=AT),
            refused,
        ):
            del self.model.holds[held]
            self.model.held[place] -= amount
            self.model.apply(journal, moves)
            self.model.reversed.add(journal)

    @rule(held=consumes(holds))
    def release(self, held) -> None:
        if held in self.model.holds:
            services.release(hold_id=held, at=AT)
            place, amount = self.model.holds.pop(held)
            self.model.held[place] -= amount

    @rule(journal=consumes(journals), forced=st.booleans())
    def reverse(self, journal, forced: bool) -> None:
        if journal not in self.model.journals or journal in self.model.reversed:
            return
        moves, undo = [(place, -amount) for place, amount in self.model.journals[journal]], new_id()
        event = "test.forced" if forced else "test.reversed"
        refused = self.model.refused(moves, forced=forced)
        if self.agree(lambda: services.reverse(journal_id=undo, reverses=journal, event=event, at=AT), refused):
            self.model.apply(undo, moves)
            self.model.reversed |= {journal, undo}

    @rule()
    def fold(self) -> None:
        days.fold_all()

    @invariant()
    def balances_agree(self) -> None:
        for place, account in enumerate(self.accounts):
            assert queries.balance(account) == queries.Balance(self.model.posted[place], self.model.held[place])
        assert sum(self.model.posted.values()) == 0


@pytest.mark.usefixtures("ledger")
def test_the_ledger_and_the_model_agree_on_every_step() -> None:
    run_state_machine_as_test(
        LedgerAgainstModel,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
        ),
    )

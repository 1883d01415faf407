"""Limits against a plain dictionary: whatever is taken and given back in whatever order, the two agree and no cap is passed."""

import uuid
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.errors import DomainError, Invalid
from core.ids import new_id
from core.limits import queries, services
from core.limits.services import Levy, LimitReached, Toll

OWNERS = 2
COUNTERS = {"t:life": "life", "t:year": "2031", "t:day": "2031-05-04"}
owners, names, caps = st.integers(0, OWNERS - 1), st.sampled_from(sorted(COUNTERS)), st.integers(0, 60)
amounts = st.integers(1, 25)
wanted = st.dictionaries(names, st.tuples(amounts, caps), min_size=1)
Key = tuple[int, str]


class Limits(RuleBasedStateMachine):
    """`kept`: what the dictionary says is used, by owner and counter."""

    @initialize()
    def begin(self) -> None:
        self.who = [new_id() for _ in range(OWNERS)]
        self.kept: dict[Key, int] = {(owner, name): 0 for owner in range(OWNERS) for name in COUNTERS}

    def fits(self, owner: int, name: str, amount: int, cap: int) -> bool:
        return self.kept[owner, name] + amount <= cap

    @rule(owner=owners, name=names, amount=amounts, cap=caps)
    def take(self, owner: int, name: str, amount: int, cap: int) -> None:
        facts = {"counter": name, "owner": self.who[owner], "period": COUNTERS[name], "amount": amount, "cap": cap}
        if self.fits(owner, name, amount, cap):
            self.kept[owner, name] += amount
            assert services.take(**facts) == self.kept[owner, name]
            return
        with pytest.raises(LimitReached) as refused:
            services.take(**facts)
        used = self.kept[owner, name]
        assert refused.value.members == {"counter": name, "cap": cap, "used": used, "remaining": max(cap - used, 0)}

    @rule(owner=owners, tolls=wanted)
    def take_all(self, owner: int, tolls: dict[str, tuple[int, int]]) -> None:
        asked = [Toll(name, COUNTERS[name], amount, cap) for name, (amount, cap) in tolls.items()]
        over = [toll.counter for toll in asked if not self.fits(owner, toll.counter, toll.amount, toll.cap)]
        if not over:
            services.take_all(owner=self.who[owner], tolls=asked)
            self.count(owner, asked)
            return
        with pytest.raises(LimitReached) as refused:
            services.take_all(owner=self.who[owner], tolls=asked)
        assert refused.value.members["counter"] == over[0], "the first that says no"

    @rule(first=wanted, second=wanted)
    def levy(self, first: dict[str, tuple[int, int]], second: dict[str, tuple[int, int]]) -> None:
        """Two rules that count two owners: both or neither."""
        asked = [[Toll(name, COUNTERS[name], *tolls) for name, tolls in drawn.items()] for drawn in (first, second)]
        levies = [Levy(self.who[owner], tuple(tolls), refusing(owner)) for owner, tolls in enumerate(asked)]
        refuser = [
            owner for owner, tolls in enumerate(asked) for toll in tolls if not self.fits(owner, toll.counter, toll.amount, toll.cap)
        ]
        if refuser:
            with pytest.raises(Invalid) as refused:
                services.levy(levies=levies)
            assert refused.value.field == f"owner {refuser[0]}"
            return
        services.levy(levies=levies)
        for owner, tolls in enumerate(asked):
            self.count(owner, tolls)

    def count(self, owner: int, tolls: list[Toll]) -> None:
        for toll in tolls:
            self.kept[owner, toll.counter] += toll.amount

    @rule(owner=owners, name=names, amount=amounts)
    def give_back(self, owner: int, name: str, amount: int) -> None:
        facts = {"counter": name, "owner": self.who[owner], "period": COUNTERS[name], "amount": amount}
        if amount <= self.kept[owner, name]:
            self.kept[owner, name] -= amount
            assert services.give_back(**facts) == self.kept[owner, name]
            return
        with pytest.raises(ValueError, match="never taken"):
            services.give_back(**facts)

    @invariant()
    def the_two_agree(self) -> None:
        if hasattr(self, "who"):
            assert {key: used(self.who[key[0]], key[1]) for key in self.kept} == self.kept


def refusing(owner: int) -> Callable[[LimitReached], DomainError]:
    return lambda _: Invalid(f"owner {owner}", "", "")


def used(owner: uuid.UUID, name: str) -> int:
    return queries.used(counter=name, owner=owner, period=COUNTERS[name])


@pytest.mark.django_db
def test_limits_agree_with_a_dictionary_whatever_is_taken_and_given_back() -> None:
    few = settings(max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Limits, settings=few)

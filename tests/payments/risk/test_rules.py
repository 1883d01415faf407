"""The decision table and every kind of rule at its bound, one fen or one act over, and beside its further condition."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from payments.risk.rules import NEEDS, SEVERITY, TESTS, Facts, Kind, Listed, Rule, Tally, Verdict, Window, evaluate, in_hours, least_near

SCENES = frozenset({"transfer", "withdrawal"})


def tally(count: int = 1, fen: int = 100, *, near: int = 0) -> Tally:
    return Tally(dict.fromkeys(Window, count), dict.fromkeys(Window, fen), near)


FACTS = Facts("transfer", 100, 12, {"transfer": tally()}, account_age_h=9_999.0, device_age_h=9_999.0, payee_age_h=9_999.0, payee_fen=100)


def rule(kind: Kind = Kind.AMOUNT, verdict: Verdict = Verdict.REVIEW, **changes: object) -> Rule:
    return Rule("id", str(kind), kind, verdict, SCENES, **changes)


HIT = {
    Kind.AMOUNT: (rule(amount_fen=99), {"amount_fen": 99}),
    Kind.VELOCITY_COUNT: (rule(Kind.VELOCITY_COUNT, window=Window.HOUR, most=4), {"tallies": {"transfer": tally(4)}}),
    Kind.VELOCITY_SUM: (rule(Kind.VELOCITY_SUM, window=Window.WEEK, amount_fen=99), {"tallies": {"transfer": tally(fen=99)}}),
    Kind.NEW_DEVICE: (rule(Kind.NEW_DEVICE, hours=24, amount_fen=99), {"device_age_h": 24.0}),
    Kind.NEW_PAYEE: (rule(Kind.NEW_PAYEE, hours=24, amount_fen=99), {"payee_age_h": 24.0}),
    Kind.ACCOUNT_AGE: (rule(Kind.ACCOUNT_AGE, hours=24, amount_fen=99), {"account_age_h": 24.0}),
    Kind.NIGHT: (rule(Kind.NIGHT, from_hour=22, to_hour=6, amount_fen=99), {"hour": 6}),
    Kind.JUST_UNDER_LIMIT: (rule(Kind.JUST_UNDER_LIMIT, amount_fen=100, share_bp=500, most=2), {"amount_fen": 94}),
    Kind.SHARED_DEVICE: (rule(Kind.SHARED_DEVICE, most=3, amount_fen=99), {"sharers": 3}),
}
HITTING = {
    Kind.AMOUNT: {"amount_fen": 100},
    Kind.VELOCITY_COUNT: {"tallies": {"transfer": tally(5)}},
    Kind.VELOCITY_SUM: {"tallies": {"transfer": tally(fen=100)}},
    Kind.NEW_DEVICE: {"device_age_h": 23.99},
    Kind.NEW_PAYEE: {"payee_age_h": 0.0},
    Kind.ACCOUNT_AGE: {"account_age_h": 0.0},
    Kind.NIGHT: {"hour": 22},
    Kind.JUST_UNDER_LIMIT: {"amount_fen": 95, "tallies": {"transfer": tally(near=3)}},
    Kind.SHARED_DEVICE: {"sharers": 4},
}


def test_every_kind_has_its_test_and_its_parameters() -> None:
    assert set(TESTS) == set(NEEDS) == set(HIT) == set(HITTING) == set(Kind)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_rule_hits_over_its_bound_and_not_at_it(kind: Kind) -> None:
    one, beside = HIT[kind]
    assert evaluate(replace(FACTS, **HITTING[kind]), [one], factors=0).verdict == Verdict.REVIEW
    assert evaluate(replace(FACTS, **(HITTING[kind] | beside)), [one], factors=0).verdict == Verdict.ALLOW


@pytest.mark.parametrize("kind", [Kind.NEW_DEVICE, Kind.ACCOUNT_AGE, Kind.NIGHT, Kind.SHARED_DEVICE])
def test_what_is_compared_with_an_amount_is_the_day_in_all_scenes_not_the_act(kind: Kind) -> None:
    one, _ = HIT[kind]
    small = replace(FACTS, amount_fen=1, **HITTING[kind])
    spread = {"transfer": tally(fen=50), "withdrawal": tally(fen=50)}
    assert evaluate(replace(small, tallies=spread), [one], factors=0).verdict == Verdict.REVIEW
    assert (
        evaluate(replace(small, tallies={"transfer": tally(fen=99), "payment": tally(fen=99)}), [one], factors=0).verdict == Verdict.ALLOW
    )


def test_what_a_new_payee_is_compared_with_is_all_they_got_so_far() -> None:
    one, _ = HIT[Kind.NEW_PAYEE]
    facts = replace(FACTS, amount_fen=1, payee_age_h=0.0, payee_fen=99)
    assert evaluate(facts, [one], factors=0).verdict == Verdict.ALLOW
    assert evaluate(replace(facts, payee_fen=100), [one], factors=0).verdict == Verdict.REVIEW


def test_a_rule_of_other_scenes_never_hits() -> None:
    assert evaluate(replace(FACTS, scene="payment"), [rule(amount_fen=0)], factors=0).hits == ()


def test_an_act_without_a_device_or_payee_is_neither_new_nor_shared() -> None:
    facts = replace(FACTS, device_age_h=None, payee_age_h=None)
    rules = [HIT[kind][0] for kind in (Kind.NEW_DEVICE, Kind.NEW_PAYEE, Kind.SHARED_DEVICE)]
    assert evaluate(facts, rules, factors=0).hits == ()


BLOCKED, TRUSTED = Listed("b", "block", "phone", False), Listed("a", "allow", "customer", True)
REFUSE, REVIEW, NOTED = (rule(verdict=verdict) for verdict in (Verdict.REFUSE, Verdict.REVIEW, Verdict.ALLOW))
ONE, TWO = (rule(verdict=Verdict.STEP_UP, factors=factors) for factors in (1, 2))


@pytest.mark.parametrize(
    ("rules", "listed", "factors", "verdict", "asked"),
    [
        ([], [], 0, "allow", 0),
        ([NOTED], [], 0, "allow", 0),
        ([ONE], [], 0, "step_up", 1),
        ([ONE], [], 1, "allow", 0),
        ([TWO], [], 1, "step_up", 2),
        ([ONE, TWO], [], 0, "step_up", 2),
        ([TWO], [], 2, "allow", 0),
        ([ONE, REVIEW], [], 0, "review", 0),
        ([ONE, REVIEW], [], 2, "review", 0),
        ([ONE, REVIEW, REFUSE], [], 2, "refuse", 0),
        ([ONE, REVIEW], [TRUSTED], 0, "allow", 0),
        ([REFUSE], [TRUSTED], 2, "refuse", 0),
        ([], [BLOCKED], 2, "refuse", 0),
        ([NOTED], [BLOCKED, TRUSTED], 2, "refuse", 0),
        ([], [TRUSTED], 0, "allow", 0),
    ],
)
def test_the_decision_table(rules: list[Rule], listed: list[Listed], factors: int, verdict: str, asked: int) -> None:
    found = evaluate(replace(FACTS, listed=tuple(listed)), rules, factors=factors)
    assert (found.verdict, found.factors, found.hits) == (verdict, asked, tuple(rules))
    assert found.worth_keeping == bool(rules or listed)


@pytest.mark.parametrize(
    ("what", "acting", "verdict"),
    [
        ("customer", False, "review"),
        ("phone", False, "review"),
        ("merchant", False, "allow"),
        ("card", False, "allow"),
        ("device", True, "allow"),
    ],
)
def test_that_a_person_is_trusted_says_nothing_of_who_pays_them(what: str, acting: bool, verdict: str) -> None:
    assert evaluate(replace(FACTS, listed=(Listed("a", "allow", what, acting),)), [REVIEW], factors=0).verdict == verdict


@given(some.lists(some.sampled_from([REFUSE, REVIEW, NOTED, ONE, TWO])), some.integers(0, 2))
def test_one_more_rule_never_makes_a_verdict_milder(rules: list[Rule], factors: int) -> None:
    with_all = evaluate(FACTS, rules, factors=factors).verdict
    assert all(SEVERITY[evaluate(FACTS, rules[:place], factors=factors).verdict] <= SEVERITY[with_all] for place in range(len(rules)))


@pytest.mark.parametrize(
    ("hour", "start", "end", "within"),
    [(5, 0, 5, False), (0, 0, 5, True), (23, 22, 6, True), (5, 22, 6, True), (12, 22, 6, False), (23, 0, 24, True)],
)
def test_hours_of_a_night_may_go_over_midnight(hour: int, start: int, end: int, within: bool) -> None:
    assert in_hours(hour, start, end) is within


@pytest.mark.parametrize(("limit", "share", "least"), [(20_000, 500, 19_000), (5_000_000, 100, 4_950_000), (99, 100, 99), (1, 1, 1)])
def test_the_least_amount_just_under_a_limit(limit: int, share: int, least: int) -> None:
    assert least_near(limit, share) == least

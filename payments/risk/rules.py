"""What the rules say of an act: pure arithmetic on facts.

Each kind of rule hits when its figure is *over* its bound (`amount_fen`, `most`) and, where it names one, the age in hours is under
`hours`. Figures of a window are those of all the scenes of the rule together, this act among them, so that neither many small acts
nor acts spread over scenes stay below a bound. Windows roll: `hour`, `day` and `week` count at least that long back.

| kind | figure | further condition |
| --- | --- | --- |
| amount | this amount | |
| velocity_count | acts in `window` > `most` | |
| velocity_sum | fen in `window` | |
| new_device | fen of the day | device first used by this customer less than `hours` ago |
| new_payee | fen to this payee so far | payee first paid by this customer less than `hours` ago |
| account_age | fen of the day | registered less than `hours` ago |
| night | fen of the day | Shanghai hour in [from_hour, to_hour), over midnight where from > to |
| just_under_limit | acts just under a limit in the day > `most` | this amount at most `share_bp` below `amount_fen`, or equal |
| shared_device | fen of the day | more than `most` other customers used the device |

Decision: a row further up wins.

| block list | severest rule that hits | allow list | factors | verdict |
| --- | --- | --- | --- | --- |
| named | any | any | any | refuse |
| - | refuse | any | any | refuse |
| - | review | no | any | review |
| - | step_up (n) | no | < n | step_up |
| - | review, step_up | named | any | allow |
| - | step_up (n) | no | >= n | allow |
| - | allow, none | any | any | allow |
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

WHOLE_BP = 10_000


class Verdict(StrEnum):
    """In rising order of severity. As a rule's verdict `allow` only notes the hit: a rule on trial."""

    ALLOW = "allow"
    STEP_UP = "step_up"
    REVIEW = "review"
    REFUSE = "refuse"


SEVERITY = {verdict: place for place, verdict in enumerate(Verdict)}


class Kind(StrEnum):
    AMOUNT = "amount"
    VELOCITY_COUNT = "velocity_count"
    VELOCITY_SUM = "velocity_sum"
    NEW_DEVICE = "new_device"
    NEW_PAYEE = "new_payee"
    ACCOUNT_AGE = "account_age"
    NIGHT = "night"
    JUST_UNDER_LIMIT = "just_under_limit"
    SHARED_DEVICE = "shared_device"


class Window(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


NEEDS: dict[Kind, frozenset[str]] = {
    Kind.AMOUNT: frozenset({"amount_fen"}),
    Kind.VELOCITY_COUNT: frozenset({"window", "most"}),
    Kind.VELOCITY_SUM: frozenset({"window", "amount_fen"}),
    Kind.NEW_DEVICE: frozenset({"hours", "amount_fen"}),
    Kind.NEW_PAYEE: frozenset({"hours", "amount_fen"}),
    Kind.ACCOUNT_AGE: frozenset({"hours", "amount_fen"}),
    Kind.NIGHT: frozenset({"from_hour", "to_hour", "amount_fen"}),
    Kind.JUST_UNDER_LIMIT: frozenset({"amount_fen", "share_bp", "most"}),
    Kind.SHARED_DEVICE: frozenset({"most", "amount_fen"}),
}
"""The parameters of each kind; all others stay empty."""
PARAMETERS = ("amount_fen", "window", "most", "hours", "from_hour", "to_hour", "share_bp")


@dataclass(frozen=True)
class Rule:
    """A rule in force. `factors`: how many kinds of factor answer its step_up."""

    id: str
    code: str
    kind: Kind
    verdict: Verdict
    scenes: frozenset[str]
    factors: int = 1
    amount_fen: int = 0
    window: Window = Window.DAY
    most: int = 0
    hours: int = 0
    from_hour: int = 0
    to_hour: int = 0
    share_bp: int = 0


@dataclass(frozen=True)
class Tally:
    """A customer's acts of one scene by rolling window, this act among them; `near`: those of the day just under a limit."""

    counts: Mapping[Window, int]
    sums_fen: Mapping[Window, int]
    near: int = 0


@dataclass(frozen=True)
class Listed:
    """A list entry that names a party of the act. `acting`: it names who acts, or with what; else it names who is paid."""

    id: str
    effect: str
    what: str
    acting: bool


@dataclass(frozen=True)
class Facts:
    """All that is known of an act. Ages in hours; None where there is no such thing (an act without a device, or without a payee)."""

    scene: str
    amount_fen: int
    hour: int
    tallies: Mapping[str, Tally]
    account_age_h: float
    device_age_h: float | None = None
    sharers: int = 0
    payee_age_h: float | None = None
    payee_fen: int = 0
    listed: tuple[Listed, ...] = ()


@dataclass(frozen=True)
class Finding:
    """The verdict, the rules that hit and the list entries that named somebody. `factors`: how many a step_up asks for."""

    verdict: Verdict
    hits: tuple[Rule, ...] = ()
    listed: tuple[Listed, ...] = ()
    factors: int = 0

    @property
    def worth_keeping(self) -> bool:
        """An act that nothing was found about leaves no decision."""
        return bool(self.hits or self.listed)


def evaluate(facts: Facts, rules: Iterable[Rule], *, factors: int) -> Finding:
    """The verdict on an act proven by so many kinds of factor, by the decision table above."""
    hits = tuple(rule for rule in rules if facts.scene in rule.scenes and TESTS[rule.kind](rule, facts))
    if any(entry.effect == "block" for entry in facts.listed):
        return Finding(Verdict.REFUSE, hits, facts.listed)
    asked = max((rule.factors for rule in hits if rule.verdict == Verdict.STEP_UP), default=0)
    verdict = severest([rule.verdict for rule in hits if rule.verdict != Verdict.STEP_UP or rule.factors > factors])
    if verdict in (Verdict.STEP_UP, Verdict.REVIEW) and trusted(facts.listed):
        verdict = Verdict.ALLOW
    return Finding(verdict, hits, facts.listed, asked if verdict == Verdict.STEP_UP else 0)


def severest(verdicts: Sequence[Verdict]) -> Verdict:
    return max(verdicts, key=SEVERITY.__getitem__, default=Verdict.ALLOW)


def trusted(listed: Iterable[Listed]) -> bool:
    """Whether the allow list vouches for the act: for who acts or with what, or for the merchant or card that is paid. That a
    *person* is trusted says nothing of who pays them."""
    return any(entry.effect == "allow" and (entry.acting or entry.what in ("merchant", "card")) for entry in listed)


def counted(rule: Rule, facts: Facts, window: Window) -> int:
    return sum(facts.tallies[scene].counts[window] for scene in rule.scenes if scene in facts.tallies)


def summed(rule: Rule, facts: Facts, window: Window) -> int:
    return sum(facts.tallies[scene].sums_fen[window] for scene in rule.scenes if scene in facts.tallies)


def over_the_day(rule: Rule, facts: Facts) -> bool:
    return summed(rule, facts, Window.DAY) > rule.amount_fen


def amount(rule: Rule, facts: Facts) -> bool:
    return facts.amount_fen > rule.amount_fen


def velocity_count(rule: Rule, facts: Facts) -> bool:
    return counted(rule, facts, rule.window) > rule.most


def velocity_sum(rule: Rule, facts: Facts) -> bool:
    return summed(rule, facts, rule.window) > rule.amount_fen


def new_device(rule: Rule, facts: Facts) -> bool:
    return facts.device_age_h is not None and facts.device_age_h < rule.hours and over_the_day(rule, facts)


def new_payee(rule: Rule, facts: Facts) -> bool:
    return facts.payee_age_h is not None and facts.payee_age_h < rule.hours and facts.payee_fen > rule.amount_fen


def account_age(rule: Rule, facts: Facts) -> bool:
    return facts.account_age_h < rule.hours and over_the_day(rule, facts)


def night(rule: Rule, facts: Facts) -> bool:
    return in_hours(facts.hour, rule.from_hour, rule.to_hour) and over_the_day(rule, facts)


def in_hours(hour: int, start: int, end: int) -> bool:
    return start <= hour < end if start < end else hour >= start or hour < end


def just_under_limit(rule: Rule, facts: Facts) -> bool:
    near = sum(facts.tallies[scene].near for scene in rule.scenes if scene in facts.tallies)
    return least_near(rule.amount_fen, rule.share_bp) <= facts.amount_fen <= rule.amount_fen and near > rule.most


def least_near(limit_fen: int, share_bp: int) -> int:
    """The least amount that is just under a limit: the share off it, rounded down."""
    return limit_fen - limit_fen * share_bp // WHOLE_BP


def shared_device(rule: Rule, facts: Facts) -> bool:
    return facts.sharers > rule.most and over_the_day(rule, facts)


TESTS: dict[Kind, Callable[[Rule, Facts], bool]] = {
    Kind.AMOUNT: amount,
    Kind.VELOCITY_COUNT: velocity_count,
    Kind.VELOCITY_SUM: velocity_sum,
    Kind.NEW_DEVICE: new_device,
    Kind.NEW_PAYEE: new_payee,
    Kind.ACCOUNT_AGE: account_age,
    Kind.NIGHT: night,
    Kind.JUST_UNDER_LIMIT: just_under_limit,
    Kind.SHARED_DEVICE: shared_device,
}

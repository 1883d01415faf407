"""Campaigns: when they end how, what the creator gets, and what goes back. Money in fen; only paid pledges count."""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction

from core.allotment import allot_weights
from core.money import Rounding
from wealth.rules.rounding import percent, whole

ROUND_DAYS = 40


class Closing(StrEnum):
    ONLINE = "online"
    WAITING_FUNDS = "waiting_funds"
    SUCCESSFUL = "successful"
    FAILED = "failed"


class RoundResult(StrEnum):
    CAMPAIGN = "campaign"
    SECOND_ROUND = "second_round"
    FUNDED = "funded"
    FAILED_REFUND = "failed_refund"


def all_or_nothing(*, expired: bool, pending: bool, paid_fen: int, goal_fen: int) -> Closing:
    """Online to the end; then payments under way are waited for; then the goal decides. Source: Catarse's project machine."""
    if not expired:
        return Closing.ONLINE
    if pending:
        return Closing.WAITING_FUNDS
    return Closing.SUCCESSFUL if paid_fen >= goal_fen else Closing.FAILED


def flexible(*, expired: bool, pending: bool, paid_fen: int) -> Closing:
    """The same where every paid pledge counts: without one it failed."""
    return all_or_nothing(expired=expired, pending=pending, paid_fen=paid_fen, goal_fen=1)


def two_rounds(*, day: int, paid_fen: int, minimum_fen: int, one_round: bool = False, round_days: int = ROUND_DAYS) -> RoundResult:
    """A round to the minimum and a second one to the optimum. `day` counts from 0; a round is over on day `round_days`. Source: Goteo."""
    if day < round_days:
        return RoundResult.CAMPAIGN
    if paid_fen < minimum_fen:
        return RoundResult.FAILED_REFUND
    return RoundResult.FUNDED if one_round or day >= 2 * round_days else RoundResult.SECOND_ROUND


def fees_fen(*, raised_fen: int, shares_bp: Sequence[int]) -> list[int]:
    """What platform, payments and so on take of a successful campaign, each half up."""
    return [whole(raised_fen * percent(share), Rounding.HALF_UP) for share in shares_bp]


def net_fen(*, raised_fen: int, shares_bp: Sequence[int]) -> int:
    """What is left for the creator."""
    return raised_fen - sum(fees_fen(raised_fen=raised_fen, shares_bp=shares_bp))


def refunds_fen(pledges: Sequence[int]) -> tuple[list[int], int]:
    """(what goes back of each pledge, the platform's fee) of a campaign that failed: everything, and nothing."""
    return list(pledges), 0


def milestones_fen(*, net_fen: int, weights: Sequence[int]) -> list[int]:
    """What the creator is paid at each milestone, by weight, to the last fen (largest remainder)."""
    return allot_weights(net_fen, weights)


def stretch_reached(*, paid_fen: int, goals_fen: Sequence[int]) -> int:
    """How many of the stretch goals, upward, are reached."""
    return sum(1 for goal in goals_fen if paid_fen >= goal)


def progress_bp(*, paid_fen: int, goal_fen: int) -> int:
    """How much of the goal is paid, in basis points, truncated; more than 10,000 beyond it."""
    return whole(Fraction(paid_fen * 10_000, goal_fen))

"""Dividing whole minor units without losing or making one: by ratios in order, or by largest remainder."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final


class Rest:
    """The share that takes whatever the ratios leave."""


REST: Final = Rest()


class BadAllotment(ValueError):
    """The shares do not describe a division of the whole."""


def allot_ratio(total: int, shares: Sequence[Fraction | Rest]) -> list[int]:
    """Divide `total` minor units by `shares`: each part rounded toward zero, the left-over units given one by one from the
    first part on. REST stands for the ratio the others leave of 1 and takes part like them, so 16 by 1/3 and REST is 6, 10.
    A share of zero, named or left for the REST, gets nothing.

    Raises BadAllotment when a share is neither a Fraction nor REST, ratios are negative, do not sum to 1 without a REST,
    exceed 1, or two RESTs are named. Source: the allotment semantics of the Numscript language (Formance): 15 by 4/5, 2/25,
    3/25 is 13, 1, 1.
    """
    if not all(isinstance(share, Fraction | Rest) for share in shares):
        raise BadAllotment("a share is a Fraction or REST: write Fraction(1) for the whole")
    ratios = [share for share in shares if isinstance(share, Fraction)]
    rests = len(shares) - len(ratios)
    named = sum(ratios, Fraction(0))
    if rests > 1:
        raise BadAllotment("only one share may be the rest")
    if any(ratio < 0 for ratio in ratios) or named > 1:
        raise BadAllotment("ratios must be at least 0 and at most 1 together")
    if rests == 0 and named != 1:
        raise BadAllotment("ratios must sum to 1, or one share must be the rest")
    return spread(total, [share if isinstance(share, Fraction) else 1 - named for share in shares])


def spread(total: int, ratios: list[Fraction]) -> list[int]:
    """`total` times each ratio toward zero, and the units that are missing then given to the first parts that are not zero."""
    parts = [toward_zero(total * ratio) for ratio in ratios]
    missing = total - sum(parts)
    step = 1 if missing >= 0 else -1
    takers = [place for place, ratio in enumerate(ratios) if ratio]
    assert abs(missing) <= len(takers)
    for place in takers[: abs(missing)]:
        parts[place] += step
    return parts


def toward_zero(value: Fraction) -> int:
    return int(value)


def allot_weights(total: int, weights: Sequence[int]) -> list[int]:
    """Divide `total` minor units in proportion to whole `weights` by the largest-remainder (Hamilton) method.

    A tie goes to the earlier part. Zero weights get nothing. Raises BadAllotment for a negative weight or all zero.
    """
    whole = sum(weights)
    if any(weight < 0 for weight in weights) or whole == 0:
        raise BadAllotment("weights must be at least 0 and not all 0")
    sign = -1 if total < 0 else 1
    size = abs(total)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(size * weights[place] % whole), place))
    for place in by_remainder[: size - sum(parts)]:
        parts[place] += 1
    return [sign * part for part in parts]

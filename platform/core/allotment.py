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
    """Divide `total` minor units by `shares`: each part rounded toward zero, the left-over units given one by one
    from the first part on; with a REST share the REST takes what remains exactly.

    Raises BadAllotment when ratios are negative, do not sum to 1 without a REST, exceed 1, or two RESTs are named.
    Source: the allotment semantics of the Numscript language (Formance): 15 by 4/5, 2/25, 3/25 is 13, 1, 1.
    """
    ratios = [share for share in shares if isinstance(share, Fraction)]
    rests = len(shares) - len(ratios)
    named = sum(ratios, Fraction(0))
    if rests > 1:
        raise BadAllotment("only one share may be the rest")
    if any(ratio < 0 for ratio in ratios) or named > 1:
        raise BadAllotment("ratios must be at least 0 and at most 1 together")
    if rests == 0 and named != 1:
        raise BadAllotment("ratios must sum to 1, or one share must be the rest")
    full = [share if isinstance(share, Fraction) else 1 - named for share in shares]
    return spread(total, [toward_zero(total * ratio) for ratio in full])


def spread(total: int, parts: list[int]) -> list[int]:
    """Give the units missing from `parts` to the first parts, one each."""
    missing = total - sum(parts)
    step = 1 if missing >= 0 else -1
    assert abs(missing) <= len(parts)
    return [part + step if place < abs(missing) else part for place, part in enumerate(parts)]


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

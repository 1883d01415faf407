"""Which leg gives back how much, what of the fee goes back, and which account of the merchant pays. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Given:
    """What one leg gave to the order, and what of it is back or on its way back. Fen."""

    amount_fen: int
    back_fen: int

    @property
    def left_fen(self) -> int:
        return self.amount_fen - self.back_fen


def parts(amount_fen: int, legs: Sequence[Given]) -> list[int]:
    """Divide a refund among the legs so that all refunds together, this one included, are as near to pro rata as whole fen allow.

    Each leg gets its share of everything refunded so far less what it got, the fen left over go by the largest remainder, and no leg
    gives back more than it gave: the refund that takes the last fen of the order takes exactly what is left of each leg.
    Needs `amount_fen` of room in all.
    """
    whole = sum(leg.amount_fen for leg in legs)
    back = sum(leg.back_fen for leg in legs)
    assert 0 < amount_fen <= whole - back, "a refund needs room on the order"
    due = [(back + amount_fen) * leg.amount_fen - leg.back_fen * whole for leg in legs]
    found = [min(max(owed // whole, 0), leg.left_fen) for owed, leg in zip(due, legs, strict=True)]
    places = range(len(legs))
    while sum(found) < amount_fen:
        found[min((place for place in places if found[place] < legs[place].left_fen), key=lambda i: (found[i] * whole - due[i], i))] += 1
    while sum(found) > amount_fen:
        found[max((place for place in places if found[place]), key=lambda i: (found[i] * whole - due[i], i))] -= 1
    return found


def fee_back_fen(*, amount_fen: int, fee_fen: int, order_fen: int, before_fen: int, given_back_fen: int) -> int:
    """What of the order's fee goes back with a refund: its part of everything refunded with the fee so far (`before_fen`), rounded half
    up, less what went back (`given_back_fen`). The last refund takes the remainder."""
    due = (fee_fen * (before_fen + amount_fen) * 2 + order_fen) // (2 * order_fen)
    return min(max(due - given_back_fen, 0), fee_fen - given_back_fen, amount_fen)


def had(net_fen: int, accounts: Sequence[str], available: Mapping[str, int]) -> dict[str, int]:
    """What each of the merchant's accounts can pay, in order, as far as it has; those that pay nothing are left out."""
    found, rest = {}, net_fen
    for role in accounts:
        found[role] = min(rest, max(available[role], 0))
        rest -= found[role]
    return {role: fen for role, fen in found.items() if fen}


def taken(net_fen: int, accounts: Sequence[str], available: Mapping[str, int]) -> dict[str, int] | None:
    """The same; None when all of them together are short."""
    found = had(net_fen, accounts, available)
    return found if sum(found.values()) == net_fen else None

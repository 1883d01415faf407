"""How a red packet is shared out: pure arithmetic on whole fen."""

from collections.abc import Callable

Draw = Callable[[int, int], int]
"""Draws a whole number between two, both included, each as likely as any other."""


def fixed_shares(*, total_fen: int, count: int) -> list[int]:
    """Equal shares. Raises ValueError when the total does not divide."""
    share_fen, left_fen = divmod(total_fen, count)
    if left_fen:
        raise ValueError(f"{total_fen} fen do not make {count} equal shares")
    return [share_fen] * count


def lucky_shares(*, total_fen: int, count: int, most_fen: int, draw: Draw) -> list[int]:
    """Shares by chance whose sum is the total, each at least 1 fen and at most `most_fen`.

    The double-average method: each share is drawn evenly between 1 fen and twice the average of what is left, so that every place
    expects the same; the draw is narrowed so that the places after it can still be filled. Later draws spread wider, so the shares
    are shuffled: when one comes says nothing of how much one gets. Raises ValueError for a total that no such shares make.
    """
    if not count <= total_fen <= count * most_fen:
        raise ValueError(f"{total_fen} fen do not make {count} shares of 1 to {most_fen} fen")
    shares = []
    left_fen = total_fen
    for after in range(count - 1, -1, -1):
        least = max(1, left_fen - after * most_fen)
        most = min(most_fen, left_fen - after, 2 * left_fen // (after + 1)) if after else left_fen
        share_fen = draw(least, most)
        shares.append(share_fen)
        left_fen -= share_fen
    return shuffled(shares, draw)


def shuffled(shares: list[int], draw: Draw) -> list[int]:
    """In an order by chance (Fisher and Yates)."""
    mixed = list(shares)
    for place in range(len(mixed) - 1, 0, -1):
        other = draw(0, place)
        mixed[place], mixed[other] = mixed[other], mixed[place]
    return mixed

"""Who pays how much of a collect: pure arithmetic on whole fen."""


def even_parts(*, total_fen: int, heads: int) -> list[int]:
    """The total in `heads` parts that differ by 1 fen at most, the larger ones first. Raises ValueError for less than 1 fen a head."""
    part_fen, over = divmod(total_fen, heads)
    if part_fen < 1:
        raise ValueError(f"{total_fen} fen do not make {heads} parts")
    return [part_fen + 1] * over + [part_fen] * (heads - over)

"""A scorecard as JSON: read with every fault named, and written. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from credit.scoring.scorecard import Bin, Characteristic, Scorecard

CARD = {"name", "version", "base_points", "pdo", "odds_at", "score_at", "characteristics"}
CHARACTERISTIC = {"name", "en", "zh", "help_en", "help_zh", "bins"}
BIN = {"points", "en", "zh", "low", "high", "values", "other", "missing"}


class BadScorecard(ValueError):
    """A table that cannot score everybody, or says something twice; `field` is where, for example `age.bins[2].points`."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


def load(table: Mapping[str, Any]) -> Scorecard:
    """A scorecard from decoded JSON. Raises BadScorecard unless every applicant falls in exactly one bin of every characteristic."""
    known(table, CARD, "scorecard")
    rows = listed(table, "characteristics", "")
    card = Scorecard(
        name=words(table, "name", ""),
        version=integer(table, "version", ""),
        base_points=integer(table, "base_points", ""),
        characteristics=tuple(characteristic(row, f"characteristics[{place}]") for place, row in enumerate(rows)),
        pdo=integer(table, "pdo", ""),
        odds_at=decimal(table, "odds_at", "") or Decimal(0),
        score_at=integer(table, "score_at", ""),
    )
    for name, value in (("version", card.version), ("pdo", card.pdo), ("odds_at", card.odds_at)):
        if value <= 0:
            raise BadScorecard(name, "above nought")
    for name in card.facts:
        if card.facts.count(name) > 1:
            raise BadScorecard(name, "a characteristic is scored once")
    return card


def dump(card: Scorecard) -> dict[str, Any]:
    """What `load` reads, as JSON keeps it: decimals as text."""
    return {
        "name": card.name,
        "version": card.version,
        "base_points": card.base_points,
        "pdo": card.pdo,
        "odds_at": format(card.odds_at, "f"),
        "score_at": card.score_at,
        "characteristics": [dumped(each) for each in card.characteristics],
    }


def dumped(each: Characteristic) -> dict[str, Any]:
    row: dict[str, Any] = {"name": each.name, "en": each.en, "zh": each.zh, "help_en": each.help_en, "help_zh": each.help_zh}
    row["bins"] = [dumped_bin(one) for one in each.bins]
    return row


def dumped_bin(one: Bin) -> dict[str, Any]:
    row: dict[str, Any] = {"points": one.points, "en": one.en, "zh": one.zh}
    for name, end in (("low", one.low), ("high", one.high)):
        if end is not None:
            row[name] = format(end, "f")
    if one.values:
        row["values"] = list(one.values)
    for name, value in (("other", one.other), ("missing", one.missing)):
        if value:
            row[name] = True
    return row


def characteristic(row: Mapping[str, Any], where: str) -> Characteristic:
    known(row, CHARACTERISTIC, where)
    name = words(row, "name", where)
    bins = tuple(one_bin(each, f"{name}.bins[{place}]") for place, each in enumerate(listed(row, "bins", name)))
    found = Characteristic(
        name=name,
        en=words(row, "en", name),
        zh=words(row, "zh", name),
        bins=bins,
        help_en=words(row, "help_en", name) if row.get("help_en") else "",
        help_zh=words(row, "help_zh", name) if row.get("help_zh") else "",
    )
    if bool(found.help_en) != bool(found.help_zh):
        raise BadScorecard(f"{name}.help_zh" if found.help_en else f"{name}.help_en", "in both languages or in none")
    require_bins(found)
    return found


def one_bin(row: Mapping[str, Any], where: str) -> Bin:
    known(row, BIN, where)
    values = tuple(listed(row, "values", where)) if "values" in row else ()
    for place, value in enumerate(values):
        if not isinstance(value, str):
            raise BadScorecard(f"{where}.values[{place}]", f"a text, not {value!r}")
    found = Bin(
        points=integer(row, "points", where),
        en=words(row, "en", where),
        zh=words(row, "zh", where),
        low=decimal(row, "low", where),
        high=decimal(row, "high", where),
        values=values,
        other=flag(row, "other", where),
        missing=flag(row, "missing", where),
    )
    ranged = found.low is not None or found.high is not None
    if sum([ranged, bool(values), found.other, found.missing]) > 1:
        raise BadScorecard(where, "a range, texts, other or missing: one of them")
    return found


def require_bins(found: Characteristic) -> None:
    """Raises BadScorecard unless the bins share out everything that can be said, each thing to one, in the order of `Characteristic`."""
    where = f"{found.name}.bins"
    if not found.bins or not found.bins[-1].missing:
        raise BadScorecard(where, "the last bin is the missing one")
    said = found.bins[:-1]
    if any(one.missing for one in said):
        raise BadScorecard(where, "one missing bin")
    if found.category:
        require_texts(where, said)
    else:
        require_ranges(where, said)


def require_texts(where: str, said: tuple[Bin, ...]) -> None:
    if not said or not said[-1].other:
        raise BadScorecard(where, "the bin before the missing one is for every other text")
    seen: set[str] = set()
    for place, one in enumerate(said[:-1]):
        if not one.values:
            raise BadScorecard(f"{where}[{place}].values", "texts, as in the bins beside it")
        for value in one.values:
            if value in seen:
                raise BadScorecard(f"{where}[{place}].values", f"{value!r} is there twice")
            seen.add(value)


def require_ranges(where: str, said: tuple[Bin, ...]) -> None:
    if not said:
        raise BadScorecard(where, "a bin for what is known")
    if said[0].low is not None:
        raise BadScorecard(f"{where}[0].low", "the first range has no lower end")
    if said[-1].high is not None:
        raise BadScorecard(f"{where}[{len(said) - 1}].high", "the last range has no upper end")
    for place, (below, above) in enumerate(pairwise(said), start=1):
        if below.high is None or below.high != above.low:
            raise BadScorecard(f"{where}[{place}].low", f"begins at {above.low} where the range below ends at {below.high}")
        if above.high is not None and above.high <= below.high:
            raise BadScorecard(f"{where}[{place}].high", "a range ends above where it begins")


def known(row: Any, names: set[str], where: str) -> None:
    if not isinstance(row, Mapping):
        raise BadScorecard(where, "an object")
    unknown = sorted(set(row) - names)
    if unknown:
        raise BadScorecard(at(where if where != "scorecard" else "", unknown[0]), "no such field")


def at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def listed(row: Mapping[str, Any], name: str, where: str) -> list[Any]:
    value = row.get(name)
    if not isinstance(value, list) or not value:
        raise BadScorecard(at(where, name), "a list with something in it")
    return value


def words(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadScorecard(at(where, name), "a text with something in it")
    return value


def integer(row: Mapping[str, Any], name: str, where: str) -> int:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadScorecard(at(where, name), f"a whole number, not {value!r}")
    return value


def flag(row: Mapping[str, Any], name: str, where: str) -> bool:
    value = row.get(name, False)
    if not isinstance(value, bool):
        raise BadScorecard(at(where, name), "true or false")
    return value


def decimal(row: Mapping[str, Any], name: str, where: str) -> Decimal | None:
    """A whole number or the text of a decimal; None where it is not there."""
    value = row.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise ValueError
        found = Decimal(value)
        if not found.is_finite():
            raise ValueError
    except (ValueError, ArithmeticError):
        raise BadScorecard(at(where, name), f"a whole number or a decimal as text, not {value!r}") from None
    return found

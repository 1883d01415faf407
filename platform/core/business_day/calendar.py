"""The trading calendar as its sources tell it: official public holidays, the file of overrides, provisional years.

An exchange of the mainland trades on Monday to Friday except public holidays; it never trades on a weekend, not even on
one that is made a working day. Sources: the State Council's yearly notices as carried by the package chinesecalendar,
and the Shanghai Stock Exchange's notices where they differ (calendar.toml).
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from chinese_calendar import is_holiday
from chinese_calendar.constants import holidays

FILE = Path(__file__).with_name("calendar.toml")
EXCHANGE = "XSHG"
FRIDAY = 4


@dataclass(frozen=True)
class Fact:
    """Whether `exchange` trades on `day`, and how sure that is ("official" or "provisional")."""

    exchange: str
    day: date
    is_open: bool
    source: str
    note: str = ""


def official_years() -> range:
    """The years whose public holidays were announced when the package was made."""
    return range(min(holidays).year, max(holidays).year + 1)


def facts(data: dict[str, Any] | None = None) -> list[Fact]:
    """Every known day in order, without gaps. Raises ValueError when the provisional years leave one."""
    data = tomllib.loads(FILE.read_text()) if data is None else data
    found = {fact.day: fact for year in official_years() for fact in official(year)}
    for entry in data.get("provisional", []):
        if entry["year"] not in official_years():
            found |= {fact.day: fact for fact in provisional(entry["year"], set(entry["closed"]))}
    for entry in data.get("override", []):
        found[entry["day"]] = Fact(entry["exchange"], entry["day"], entry["open"], "official", entry["note"])
    days = sorted(found)
    if (days[-1] - days[0]).days + 1 != len(days):
        raise ValueError(f"{FILE.name}: the provisional years must follow {official_years()[-1]} without a gap")
    return [found[day] for day in days]


def official(year: int) -> Iterator[Fact]:
    for day in days_of(year):
        yield Fact(EXCHANGE, day, day.weekday() <= FRIDAY and not is_holiday(day), "official")


def provisional(year: int, closed: set[date]) -> Iterator[Fact]:
    for day in days_of(year):
        yield Fact(EXCHANGE, day, day.weekday() <= FRIDAY and day not in closed, "provisional")


def days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)

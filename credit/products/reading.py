"""Reading JSON that people typed, strictly: what is missing or wrong is named by its path."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from core.errors import Invalid

Found = TypeVar("Found")
LONGEST = 500
MOST_ENTRIES = 100


@dataclass(frozen=True)
class Part:
    """One JSON object at `path` ("" is the whole). Every reader raises Invalid naming the entry."""

    path: str
    found: Mapping[str, Any]

    @classmethod
    def of(cls, path: str, value: Any, known: Collection[str]) -> "Part":
        """Raises Invalid for what is no object, or has an entry beside `known`."""
        if not isinstance(value, dict):
            raise Invalid(path, "An object with entries belongs here.", "此处须为包含条目的对象。")
        strange = sorted(set(value) - set(known))
        if strange:
            at = f"{path}.{strange[0]}" if path else strange[0]
            names = sorted(known)
            raise Invalid(at, f"There is no such entry. Known are: {', '.join(names)}.", f"没有该条目,可用条目为:{'、'.join(names)}。")
        return cls(path, value)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        return name in self.found

    def whole(self, name: str, least: int, most: int, *, default: int | None = None) -> int:
        value = self.found.get(name, default)
        if type(value) is not int or not least <= value <= most:
            raise Invalid(self.at(name), f"A whole number from {least} to {most} belongs here.", f"此处须为 {least} 至 {most} 的整数。")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.found.get(name, default)
        if type(value) is not bool:
            raise Invalid(self.at(name), "true or false belongs here.", "此处须为 true 或 false。")
        return value

    def choice(self, name: str, choices: Collection[str], *, default: str | None = None) -> str:
        value = self.found.get(name, default)
        if value not in choices:
            raise Invalid(self.at(name), f"Choose one of: {', '.join(choices)}.", f"请从以下选项中选择:{'、'.join(choices)}。")
        return str(value)

    def words(self, name: str) -> str:
        value = self.found.get(name)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST:
            raise Invalid(self.at(name), f"Words of 1 to {LONGEST} characters belong here.", f"此处须为 1 至 {LONGEST} 字的文本。")
        return value.strip()

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(str(self.found.get(name)))
        except ValueError as problem:
            raise Invalid(self.at(name), "A day like 2026-03-31 belongs here.", "此处须为形如 2026-03-31 的日期。") from problem

    def part(self, name: str, known: Collection[str]) -> "Part":
        return Part.of(self.at(name), self.found.get(name), known)

    def listed(self, name: str, known: Collection[str], read: Callable[["Part"], Found], *, least: int = 1) -> tuple[Found, ...]:
        """Each entry of a list of objects, read; its path ends in its place, from 1."""
        value = self.found.get(name, [] if least == 0 else None)
        if not isinstance(value, list) or not least <= len(value) <= MOST_ENTRIES:
            raise Invalid(
                self.at(name),
                f"A list of {least} to {MOST_ENTRIES} entries belongs here.",
                f"此处须为 {least} 至 {MOST_ENTRIES} 个条目的列表。",
            )
        return tuple(read(Part.of(f"{self.at(name)}.{place}", one, known)) for place, one in enumerate(value, 1))

    def picked(self, name: str, choices: Collection[str], *, least: int = 1) -> tuple[str, ...]:
        """A list of different choices, in the order given."""
        value = self.found.get(name, [] if least == 0 else None)
        if (
            not isinstance(value, list)
            or len(value) < least
            or len(set(map(str, value))) != len(value)
            or set(map(str, value)) - set(choices)
        ):
            raise Invalid(
                self.at(name), f"Different ones of: {', '.join(choices)}.", f"请从以下选项中选择且不可重复:{'、'.join(choices)}。"
            )
        return tuple(map(str, value))

"""What is known about one applicant, and the words of a reason: shared by the rules and the scorecard."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Fact = int | Decimal | str | bool | None
Facts = Mapping[str, Fact]
"""A name to what is known: None where it was asked and is not known. A name that is not there at all is a mistake of the caller."""


class BadFact(ValueError):
    """A fact that is not there or not of its kind; `field` is its name."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True)
class Reason:
    """Why a decision is not better, and what would help; no help for what nobody can change."""

    code: str
    en: str
    zh: str
    help_en: str = ""
    help_zh: str = ""


def fact(facts: Facts, name: str) -> Fact:
    if name not in facts:
        raise BadFact(name, "this fact was not given; give None where it is not known")
    return facts[name]


def number(facts: Facts, name: str) -> int | Decimal | None:
    """A whole number or a Decimal, also as the text it is stored as. A float is refused: it is not what was said."""
    value = fact(facts, name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise BadFact(name, f"a whole number or a decimal, not {value!r}")
    try:
        found = value if isinstance(value, int) else Decimal(value)
    except InvalidOperation:
        raise BadFact(name, f"a whole number or a decimal, not {value!r}") from None
    if isinstance(found, Decimal) and not found.is_finite():
        raise BadFact(name, f"a finite number, not {value!r}")
    return found


def whole(facts: Facts, name: str) -> int | None:
    value = fact(facts, name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadFact(name, f"a whole number, not {value!r}")
    return value


def text(facts: Facts, name: str) -> str | None:
    value = fact(facts, name)
    if value is not None and not isinstance(value, str):
        raise BadFact(name, f"a text, not {value!r}")
    return value


def yes(facts: Facts, name: str) -> bool:
    value = fact(facts, name)
    if not isinstance(value, bool):
        raise BadFact(name, f"true or false, not {value!r}")
    return value


def stored(facts: Facts, names: tuple[str, ...]) -> dict[str, int | str | bool | None]:
    """These facts as JSON keeps them, a Decimal as its text: what a decision is made from again."""
    kept = {name: fact(facts, name) for name in names}
    return {name: format(value, "f") if isinstance(value, Decimal) else value for name, value in kept.items()}

"""Resident identity numbers of mainland China: shape, check character, birth date, age.

Source: GB 11643-1999 (citizen identification number) and ISO 7064 MOD 11-2 for the check character.
"""

import re
from dataclasses import dataclass
from datetime import date

from core.errors import Invalid

SHAPE = re.compile(r"^[1-9][0-9]{16}[0-9X]$")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class IdNumber:
    """A number of right form: upper case, with the day of birth it carries."""

    text: str
    born_on: date

    def age_on(self, day: date) -> int:
        """Whole years lived; born on 29 February one ages on 1 March in other years."""
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


def check_character(first_seventeen: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def read_id_number(text: str, *, today: date) -> IdNumber:
    """Raises Invalid, naming the field and never the number, for a wrong shape, check character or birth date."""
    number = text.strip().upper()
    born_on = birth_date(number) if SHAPE.match(number) and check_character(number[:17]) == number[17] else None
    if born_on is None or not EARLIEST <= born_on <= today:
        raise Invalid(
            "id_number",
            "This is not a valid 18-character resident identity number. Check every digit; the last may be X.",
            "身份证号码不正确,请核对 18 位号码(末位可为 X)。",
        )
    return IdNumber(number, born_on)


def birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def masked_id_number(number: str) -> str:
    """The first and last character only."""
    return f"{number[0]}{'*' * 16}{number[-1]}" if len(number) == 18 else ""


def masked_name(name: str) -> str:
    """The given name's last character behind stars, as banks show it: 林小满 becomes **满."""
    return "*" * (len(name) - 1) + name[-1] if name else ""

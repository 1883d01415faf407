"""Which payment PINs are too easy to guess. Pure."""

import re
from datetime import date
from itertools import pairwise

DIGITS = 6
SHAPE = re.compile(r"^[0-9]{6}$")
PAIRS = re.compile(r"^(..)\1\1$")
HALVES = re.compile(r"^(...)\1$")


def is_weak(pin: str, *, born_on: date | None = None, phone: str = "") -> bool:
    """Repeats, runs, patterns of two or three digits, the birthday in any common writing, the end of the phone number."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}) or PAIRS.match(pin) or HALVES.match(pin) or len(set(pin)) < 3:
        return True
    birthdays = {born_on.strftime(form) for form in ("%y%m%d", "%d%m%y", "%m%d%y", "%Y%m")} if born_on else set()
    return pin in birthdays or phone.endswith(pin)

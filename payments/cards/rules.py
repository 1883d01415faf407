"""Arithmetic and forms of cards, and their cap. Pure."""

import re
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from core.card_numbers import LONGEST, SHORTEST, luhn_valid
from core.limits.sockets import CapKind

LIFE = timedelta(minutes=10)
RESEND_AFTER = timedelta(seconds=60)
TRIES = 3
BINDINGS = CapKind("cards.bindings_a_day", _("Cards one customer tries to bind, a day"), usual=20, most=1000)
BIN_LENGTHS = (8, 7, 6)
SEPARATORS = re.compile(r"[ \-]")
MOBILE = re.compile(r"1[3-9][0-9]{9}")


def card_number(text: str) -> str | None:
    """The digits of a card number as typed (spaces and dashes allowed), None when its length or check digit is wrong."""
    digits = SEPARATORS.sub("", text)
    plain = digits.isascii() and digits.isdecimal() and SHORTEST <= len(digits) <= LONGEST
    return digits if plain and luhn_valid(digits) else None


def mobile(text: str) -> str | None:
    """A mainland mobile as 11 digits (a +86 in front is dropped), None for anything else."""
    digits = SEPARATORS.sub("", text).removeprefix("+86")
    return digits if MOBILE.fullmatch(digits) else None


def masked_mobile(digits: str) -> str:
    return f"{digits[:3]}****{digits[-4:]}"

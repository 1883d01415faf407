"""Knowing a payment card number when one is met, so that it is never taken in where it has no business."""

import re
import unicodedata

SHORTEST, LONGEST = 13, 19
USUAL = (16, 19)
RUN = re.compile(r"[0-9](?:[ \-_.]?[0-9]){12,}")
WHOLE = re.compile(r"[0-9]{13,19}|[0-9]{4}(?:[ -][0-9]{4}){2,3}[ -][0-9]{1,4}")
NOT_DIGITS = re.compile(r"[^0-9]")


def luhn_valid(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B (every second digit from the right doubled, digits summed, modulo 10)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def contains_card_number(text: str) -> bool:
    """Whether `text` holds 13 to 19 digits in a row that pass the check, also in wide digits or parted by a space, dot or dash;
    in a longer row, whether a number of a usual length (16 or 19) lies somewhere."""
    for run in RUN.findall(unicodedata.normalize("NFKC", text)):
        digits = NOT_DIGITS.sub("", run)
        lengths = (len(digits),) if len(digits) <= LONGEST else USUAL
        for length in lengths:
            if any(luhn_valid(digits[start : start + length]) for start in range(len(digits) - length + 1)):
                return True
    return False


def is_card_number(text: str) -> bool:
    """Whether `text` is nothing but a number that passes the check, plain or in groups of four: for names made by programs (random
    ones, times), in which such a run is no card's number where something stands around it."""
    return bool(WHOLE.fullmatch(text)) and luhn_valid(NOT_DIGITS.sub("", text))

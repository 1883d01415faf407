"""Check digits of card numbers and of mainland identity numbers, and masks for showing them."""

import re
from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_LONG_NUMBER = re.compile(r"(?<![0-9])([0-9]{6})[0-9]{3,9}([0-9]{3}[0-9Xx])(?![0-9])")


def luhn_digit(payload: str) -> str:
    """The check digit that follows `payload` (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, char in enumerate(reversed(payload)):
        digit = int(char) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return str(-total % 10)


def is_card_number(number: str) -> bool:
    """13 to 19 digits with a right check digit."""
    return number.isascii() and number.isdigit() and 13 <= len(number) <= 19 and luhn_digit(number[:-1]) == number[-1]


def id_check_digit(first17: str) -> str:
    """The 18th character of an identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _ID_CHECKS[sum(int(char) * weight for char, weight in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def is_id_number(number: str) -> bool:
    """18 characters, a date that exists and a right check digit; the region is not looked at."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return id_check_digit(number[:17]) == number[17]


def mask_mobile(mobile: str) -> str:
    """19900000001 -> 199****0001."""
    return f"{mobile[:3]}****{mobile[-4:]}"


def mask_numbers(text: str) -> str:
    """Card and identity numbers inside free text, with their middle blotted out."""
    return _LONG_NUMBER.sub(r"\1******\2", text)

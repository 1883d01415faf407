"""Unified social credit codes: 18 characters of which the last checks the others (GB 32100-2015)."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
BASE = len(ALPHABET)
LENGTH = 18


def check_letter(first: str) -> str:
    """The last character for the first 17: weights are the powers of 3, modulo 31."""
    total = sum(VALUES[letter] * pow(3, place, BASE) for place, letter in enumerate(first))
    return ALPHABET[-total % BASE]


def normal(text: str) -> str | None:
    """A code in upper case without spaces; None for what is no such code."""
    code = text.replace(" ", "").upper()
    if len(code) != LENGTH or any(letter not in VALUES for letter in code):
        return None
    return code if check_letter(code[:-1]) == code[-1] else None

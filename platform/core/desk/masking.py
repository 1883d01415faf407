"""Personal data as it is shown on a page that was not asked to reveal it, and money as people read it."""

from core.card_numbers import contains_card_number
from core.observe.redaction import without_numbers


def masked_phone(phone: str) -> str:
    """`+8613812345678` or `13812345678` -> `138****5678`."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"


def masked_name(name: str) -> str:
    """The last character stays: `王小明` -> `**明`, `Ann` -> `**n`."""
    return "*" * (len(name) - 1) + name[-1] if len(name) > 1 else "*"


def masked_id_number(number: str) -> str:
    """First and last character: `1****************X`."""
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}" if len(number) > 2 else "**"


def names_somebody(text: str) -> bool:
    """Whether a text an operator typed holds a phone, identity or card number, or a token, by their shape."""
    return contains_card_number(text) or without_numbers(text) != text


def yuan(fen: int | None) -> str:
    """Fen as yuan with two decimals and separators: 123456 -> `1,234.56`."""
    if fen is None:
        return "-"
    sign, rest = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{rest // 100:,}.{rest % 100:02d}"

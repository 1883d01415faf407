"""Validators for serializer fields of any room."""

from django.utils.translation import get_language
from rest_framework.exceptions import ValidationError

from core.card_numbers import contains_card_number, is_card_number

EN = "This holds a card number. Card numbers are taken only where a card is bound; leave it out."
ZH = "此处包含银行卡号。卡号仅可在绑卡时填写,请删除。"


def no_card_number(text: str) -> None:
    """For free text (nicknames, notes, remarks): refuses any 13 to 19 digits that pass the Luhn check."""
    if contains_card_number(text):
        raise refusal()


def not_a_card_number(text: str) -> None:
    """For names that programs make (a nonce): refuses what is a card number as a whole, plain or in groups of four."""
    if is_card_number(text):
        raise refusal()


def refusal() -> ValidationError:
    return ValidationError(ZH if (get_language() or "en").startswith("zh") else EN, code="card_number_refused")

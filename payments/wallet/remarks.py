"""What a customer may write beside a payment."""

import unicodedata

from core.card_numbers import contains_card_number
from core.errors import Invalid

MAX_LENGTH = 60
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
JOINERS = {"\u200d"}


def checked_remark(text: str) -> str:
    """The remark in NFC without outer blanks. Raises Invalid for control characters, over 60 characters, or a card number.

    The zero-width joiner stays, since emoji are made with it.
    """
    remark = unicodedata.normalize("NFC", text).strip()
    if len(remark) > MAX_LENGTH:
        raise Invalid("remark", f"A remark has at most {MAX_LENGTH} characters.", f"备注最多 {MAX_LENGTH} 个字符。")
    if any(unicodedata.category(letter) in UNSEEN and letter not in JOINERS for letter in remark):
        raise Invalid("remark", "A remark holds no control characters; write plain text.", "备注不能包含控制字符。")
    if contains_card_number(remark):
        raise Invalid("remark", "A remark may not hold a card number; leave it out.", "备注中不能包含银行卡号,请删除后重试。")
    return remark

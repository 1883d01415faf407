"""What may stand in a remark, and how others are shown."""

import pytest

from core.errors import Invalid
from payments.wallet.masks import masked_name
from payments.wallet.remarks import checked_remark


@pytest.mark.parametrize("text", ["午饭 AA", "  rent for May  ", "订单 20260301 号", "1234567890123", "room 4111", "🍜 noodles", ""])
def test_plain_remarks_are_kept_without_their_outer_blanks(text: str) -> None:
    assert checked_remark(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "card 4111 1111 1111 1111 thanks",
        "4111-1111-1111-1111",
        "卡号４１１１１１１１１１１１１１１１",
        "9901100000000000017",
        "no. 00004111111111111111",
    ],
)
def test_a_card_number_in_a_remark_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_remark(text)
    assert refused.value.field == "remark"


@pytest.mark.parametrize("text", ["a\x00b", "line\nbreak", "zero\u200bwidth", "right\u202eleft", "x" * 61])
def test_control_characters_and_long_remarks_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        checked_remark(text)


@pytest.mark.parametrize(("name", "shown"), [("林小满", "**满"), ("李明", "*明"), ("马", "*"), ("阿依努尔·买买提", "*******提")])
def test_a_name_shows_its_last_character_only(name: str, shown: str) -> None:
    assert masked_name(name) == shown

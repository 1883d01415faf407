"""Refusals: one code each, words in both languages, and every place in the words filled."""

import string

import pytest

from core.api.problems import CODES, TITLES
from core.errors import REGISTER, DomainError, Invalid, NotFound, TooManyRequests


def places(words: str) -> set[str]:
    """The facts the words quote; `<fact>_en` and `<fact>_zh` are one fact."""
    return {name.removesuffix("_en").removesuffix("_zh") for _, name, _, _ in string.Formatter().parse(words) if name}


def test_two_refusals_cannot_share_a_code() -> None:
    with pytest.raises(TypeError, match=r"'not_found' is taken by core\.errors\.NotFound"):
        type("Missing", (DomainError,), {"code": "not_found", "en": "x", "zh": "x"})
    assert REGISTER["not_found"] is NotFound


def test_every_refusal_of_every_floor_speaks_both_languages_about_the_same_facts() -> None:
    assert len(REGISTER) > 20
    for code, refusal in REGISTER.items():
        assert code == code.lower().replace(" ", "_"), code
        assert 400 <= refusal.status < 600, code
        assert refusal.en.strip(), code
        if code != "invalid":
            assert places(refusal.en) == places(refusal.zh), code
            assert any("\u4e00" <= letter <= "\u9fff" for letter in refusal.zh), code


def test_every_problem_title_speaks_both_languages() -> None:
    for code, (english, chinese) in TITLES.items():
        assert english.isascii(), code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), code
    assert set(CODES.values()) <= set(TITLES)


def test_the_words_are_filled_from_the_members_in_the_language_asked_for() -> None:
    refusal = TooManyRequests(retry_after=30)
    assert refusal.text("en-gb") == "Too many tries. Try again in 30 seconds."
    assert refusal.text("zh-hans") == "操作过于频繁,请在 30 秒后重试。"
    assert str(refusal) == "too_many_requests: Too many tries. Try again in 30 seconds."


def test_an_invalid_field_brings_its_own_words() -> None:
    refusal = Invalid("amount_fen", "Send at least 1 fen.", "金额至少为 1 分。")
    assert (refusal.field, refusal.text("en"), refusal.text("zh")) == ("amount_fen", "Send at least 1 fen.", "金额至少为 1 分。")

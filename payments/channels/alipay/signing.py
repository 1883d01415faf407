"""Signatures of Alipay's OpenAPI, RSA2 (opendocs.alipay.com, "self-made signing" and "verifying answers and notices"). Pure."""

from collections.abc import Mapping
from json import JSONDecodeError, JSONDecoder
from typing import Any

SIGN_TYPE = "RSA2"
UNSIGNED = frozenset({"sign"})
UNSIGNED_IN_NOTICES = frozenset({"sign", "sign_type"})
BLANK = " \t\r\n"
READER = JSONDecoder()


class Unreadable(ValueError):
    """Not the one JSON object that an answer is."""


def base_string(fields: Mapping[str, str], without: frozenset[str] = UNSIGNED) -> bytes:
    """What is signed of a request or a notice: name=value by name, joined by &."""
    return "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if name not in without).encode()


def nodes(text: str) -> dict[str, str]:
    """The members of an answer as they are written: an answer's signature is over the raw text of its node. Raises Unreadable, also for
    a name that comes twice."""
    found: dict[str, str] = {}
    place = after(text, 0, "{")
    while True:
        if text[place : place + 1] != '"':
            raise Unreadable("name")
        try:
            name, end = READER.raw_decode(text, place)
            start = skip(text, after(text, skip(text, end), ":"))
            _value, end = READER.raw_decode(text, start)
        except JSONDecodeError as problem:
            raise Unreadable("value") from problem
        if name in found:
            raise Unreadable("twice")
        found[name] = text[start:end]
        place = skip(text, end)
        if text[place : place + 1] == "}":
            break
        place = skip(text, after(text, place, ","))
    if text[place + 1 :].strip(BLANK):
        raise Unreadable("more than one")
    return found


def after(text: str, place: int, mark: str) -> int:
    place = skip(text, place)
    if text[place : place + 1] != mark:
        raise Unreadable(mark)
    return skip(text, place + 1)


def skip(text: str, place: int) -> int:
    while text[place : place + 1] in BLANK and place < len(text):
        place += 1
    return place


def value(text: str) -> Any:
    """Raises Unreadable."""
    try:
        return READER.decode(text)
    except JSONDecodeError as problem:
        raise Unreadable("value") from problem

"""Refusals: every business rule that says no raises a DomainError with a stable code and words in English and Chinese.

A DomainError means that nothing happened: the transaction it leaves is rolled back. The API turns it into an RFC 9457 problem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

REGISTER: dict[str, type[DomainError]] = {}


class DomainError(Exception):
    """Base of every refusal.

    Subclasses declare `code` (stable, part of the API's promise), `status` (HTTP), and `en` / `zh`: what happened and
    what to do, with `{name}` places filled from the keyword arguments, which are also sent as members of the problem.
    `field` names the request field at fault where there is one. Two classes with one code are refused at import. `shows` are members as
    the API's documentation shows them.

    `afterwards` is what must be written although nothing happened (why it was refused): the edge that answers the refusal calls it,
    in a transaction of its own, once the act's is rolled back.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409
    en: ClassVar[str]
    zh: ClassVar[str]
    shows: ClassVar[Mapping[str, Any]] = {}
    afterwards: Callable[[], object] | None = None

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        if "code" not in cls.__dict__:
            return
        other = REGISTER.setdefault(cls.code, cls)
        if other is not cls and (other.__module__, other.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"error code {cls.code!r} is taken by {other.__module__}.{other.__qualname__}")

    def __init__(self, *, field: str | None = None, **members: str | int | bool | list[str] | list[dict[str, str | int]] | None) -> None:
        self.field = field
        self.members = members
        super().__init__(f"{self.code}: {self.text('en')}")

    def text(self, language: str) -> str:
        """What happened and what to do, in `language` (zh for any Chinese tag, else English)."""
        words = self.zh if language.lower().startswith("zh") else self.en
        return words.format(**self.members)


class NotFound(DomainError):
    code = "not_found"
    status = 404
    en = "There is no such thing here, or it is not yours."
    zh = "未找到该内容,或它不属于您。"


class Invalid(DomainError):
    """A request field has a value that can never be accepted; `reason_en`/`reason_zh` say why and what to send."""

    code = "invalid"
    status = 422
    en = "{reason_en}"
    zh = "{reason_zh}"

    def __init__(self, field: str, reason_en: str, reason_zh: str) -> None:
        super().__init__(field=field, reason_en=reason_en, reason_zh=reason_zh)


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    en = "You may not do this."
    zh = "您无权执行此操作。"


class TooManyRequests(DomainError):
    """A rate or attempt limit; `retry_after` seconds are also sent as the Retry-After header."""

    code = "too_many_requests"
    status = 429
    en = "Too many tries. Try again in {retry_after} seconds."
    zh = "操作过于频繁,请在 {retry_after} 秒后重试。"

"""The environment, read once through typed helpers that collect every problem before refusing to start."""

import os
from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

Value = TypeVar("Value")


class Environment:
    """Typed reads of environment variables. Call `check()` after the last read: it names every bad variable at once."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.production = os.environ.get("BANYAN_ENV", "development") == "production"
        if os.environ.get("BANYAN_ENV", "development") not in {"development", "production"}:
            self.problems.append("BANYAN_ENV must be `development` or `production`")

    def text(self, name: str, *, development: str | None, secret: bool = False) -> str:
        """A text; `development` is its value outside production, None makes it needed everywhere."""
        value = os.environ.get(name)
        if value:
            if secret and self.production and len(value) < 32:
                self.problems.append(f"{name} is shorter than 32 characters")
            return value
        if development is None or self.production:
            self.problems.append(f"{name} is not set" + (" (a secret of at least 32 random characters)" if secret else ""))
        return development or ""

    def optional(self, name: str, default: str = "") -> str:
        return os.environ.get(name, default)

    def address(self, name: str, default: str = "") -> str:
        """Where an outside party is reached, without a slash at the end; in production by https alone."""
        value = os.environ.get(name, default).rstrip("/")
        if value and not value.startswith("https://" if self.production else ("https://", "http://")):
            self.problems.append(f"{name} must begin with https://")
        return value

    def whole(self, name: str, *, default: int, least: int = 0) -> int:
        return self.converted(name, default, lambda text: at_least(int(text), least), f"a whole number of at least {least}")

    def flag(self, name: str, *, default: bool) -> bool:
        return self.converted(name, default, yes_or_no, "true or false")

    def items(self, name: str, *, default: str) -> list[str]:
        return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]

    def converted(self, name: str, default: Value, convert: Callable[[str], Value], wanted: str) -> Value:
        text = os.environ.get(name)
        if text is None or text == "":
            return default
        try:
            return convert(text)
        except ValueError:
            self.problems.append(f"{name} must be {wanted}, not {text!r}")
            return default

    def check(self) -> None:
        """Raises ImproperlyConfigured with one line per problem."""
        if self.problems:
            raise ImproperlyConfigured("The environment cannot be used:\n- " + "\n- ".join(self.problems))


def at_least(value: int, least: int) -> int:
    if value < least:
        raise ValueError(value)
    return value


def yes_or_no(text: str) -> bool:
    answers = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in answers:
        raise ValueError(text)
    return answers[text.lower()]

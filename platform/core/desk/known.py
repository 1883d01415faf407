"""Browsers that have passed both factors of an account: a signed cookie nobody can make for an account they never logged in to."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE, SALT = "desk_device", "core.desk.known"
KEPT = timedelta(days=180)


def named(username: str) -> str:
    return username.strip().lower()


def device(request: HttpRequest, username: str) -> str:
    """The browser's own id when it has logged in to this account within KEPT, else ""."""
    held = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KEPT) or ""
    number, _, owner = held.partition(":")
    return number if owner and owner == named(username) else ""


def remember(request: HttpRequest, answer: HttpResponse, username: str) -> None:
    """Make the browser known to the account that has just passed both factors; it keeps the id it has."""
    number = device(request, username) or uuid.uuid4().hex
    answer.set_signed_cookie(
        COOKIE,
        f"{number}:{named(username)}",
        salt=SALT,
        max_age=KEPT,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )

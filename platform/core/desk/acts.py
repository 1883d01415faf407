"""Acts: what an operator does to a row or a list, each with its own page, form, role, audit record and one service call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.audit import services as audit
from core.desk.forms import ActForm, ReasonForm
from core.desk.sockets import Words


@dataclass(frozen=True)
class Doing:
    """What an act is run with. `row` is None for an act on the whole list."""

    request: HttpRequest
    staff: User
    row: Any
    data: dict[str, Any]
    at: datetime

    @property
    def actor(self) -> str:
        return f"staff:{self.staff.get_username()}"


Outcome = Words | HttpResponseBase | dict[str, Any]


def always(row: Any) -> bool:
    return True


def anybody(row: Any, staff: User) -> bool:
    return True


@dataclass(frozen=True)
class Act:
    """`name` is the path, `right` the row in the table of acts.

    `run` makes one service call and returns what to say, a response (a download), or `{label: value}` to show once
    (a reveal). `open_to` says whether a row can be acted on now; the service decides, this only hides the button;
    `open_for` does the same by who asks. `shows` draws what the person must read before acting (the row's own columns when not given).
    `proposes` is the sensitive act it asks for, which approvals call `named`.
    `audited` is False for acts whose service writes the audit record itself. `calls_out`: it asks an outside party, so it runs outside any
    transaction, with its audit record committed before.
    """

    name: str
    right: str
    title: Words
    run: Callable[[Doing], Outcome]
    form: type[ActForm] = ReasonForm
    icon: str = "play_arrow"
    variant: str = "default"
    explain: Words = ""
    button: Words = ""
    open_to: Callable[[Any], bool] = always
    open_for: Callable[[Any, User], bool] = anybody
    shows: Callable[[HttpRequest, Any], str] | None = None
    audited: bool = True
    calls_out: bool = False
    proposes: str = ""
    named: Words = ""
    details: Callable[[Doing], dict[str, Any]] = field(default=lambda doing: {})


def perform(act: Act, doing: Doing, target: str) -> Outcome:
    """Run the act and write its audit record, both or neither, unless it calls out. DomainErrors pass through."""
    if act.calls_out:
        note(act, doing, target)
        return act.run(doing)
    with transaction.atomic():
        outcome = act.run(doing)
        if act.audited:
            note(act, doing, target)
    return outcome


@transaction.atomic
def note(act: Act, doing: Doing, target: str) -> None:
    reason = str(doing.data.get("reason", ""))
    audit.record(actor=doing.actor, act=act.right, target=target, reason=reason, details=act.details(doing), at=doing.at)

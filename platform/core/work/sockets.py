"""What rooms say about the work items they ask for."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from django.utils.functional import Promise

from core.sockets import Socket

Words = str | Promise


@dataclass
class KindOfWork:
    """What work items of a kind are called, what an operator does about one, and what ends one by itself: empty where only a person's
    word does."""

    title: Words
    to_do: Words
    ends: Words = ""


@runtime_checkable
class WorkKind(Protocol):
    """A room's words for the work items it asks for."""

    title: Words
    to_do: Words
    ends: Words


WORK_KINDS: Socket[WorkKind] = Socket("core.work.kinds", WorkKind)

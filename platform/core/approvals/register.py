"""The register of sensitive acts. Rooms fill it in their sensitive.py."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from core.errors import DomainError

Payload = dict[str, Any]
Apply = Callable[[Payload, datetime], str]


class UnknownAct(DomainError):
    code = "approval_unknown_act"
    status = 422
    en = "There is no sensitive act called {act}."
    zh = "不存在名为 {act} 的敏感操作。"


@dataclass(frozen=True)
class SensitiveAct:
    """How an act is proposed, by whom, and what applies it.

    `apply(payload, at)` does it, inside the approving transaction, and returns one line saying what was done.
    `check(payload, at)` refuses (DomainError) a proposal that could never be applied. `target(payload)` names what is acted on:
    one pending proposal an act and target. `roles_make` and `roles_check` are role (group) names.
    """

    act: str
    apply: Apply
    roles_make: frozenset[str]
    roles_check: frozenset[str]
    expires_hours: int
    target: Callable[[Payload], str]
    check: Callable[[Payload, datetime], None] | None


ACTS: dict[str, SensitiveAct] = {}


def register(
    act: str,
    *,
    apply: Apply,
    roles_make: Collection[str],
    roles_check: Collection[str],
    expires_hours: int = 24,
    target: Callable[[Payload], str] | None = None,
    check: Callable[[Payload, datetime], None] | None = None,
) -> SensitiveAct:
    """Add an act (`<room>.<verb>`). Raises ValueError for a name that is taken or roles that leave nobody to act."""
    if act in ACTS:
        raise ValueError(f"sensitive act {act!r} is registered already")
    if not roles_make or not roles_check or expires_hours < 1:
        raise ValueError(f"sensitive act {act!r} needs makers, checkers and at least an hour")
    ACTS[act] = SensitiveAct(act, apply, frozenset(roles_make), frozenset(roles_check), expires_hours, target or default_target, check)
    return ACTS[act]


def default_target(payload: Payload) -> str:
    """The payload's own `target`, else the payload itself (as a hash): the same proposal twice is a duplicate."""
    named = payload.get("target")
    return str(named) if named else "payload:" + sha256(canonical(payload)).hexdigest()[:32]


def canonical(payload: Payload) -> bytes:
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def known(act: str) -> SensitiveAct:
    """Raises UnknownAct."""
    if act not in ACTS:
        raise UnknownAct(act=act)
    return ACTS[act]

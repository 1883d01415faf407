"""Addresses only the idempotency tests know: an effect, a refused effect, an effect with an outside party."""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Barrier, BrokenBarrierError
from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from core.api.views import EffectView, OutboundEffectView
from core.ids import new_id
from core.limits import queries as limits
from core.limits.services import take

EFFECTS = uuid.UUID("01933f6e-0000-7000-8000-0000000000ef")
OTHERS = uuid.UUID("01933f6e-0000-7000-8000-0000000000f0")
ANSWERS: dict[str, str] = {"outside": "success"}
OUTSIDE_SAYS: list[Callable[[], str]] = []
MEETING = Barrier(2)


@dataclass(frozen=True)
class Principal:
    principal: str
    is_authenticated: bool = True


class ByHeader(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Principal, None] | None:
        name = request.headers.get("X-Principal")
        return (Principal(name), None) if name else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class Input(serializers.Serializer[Any]):
    amount_fen = serializers.IntegerField(min_value=1)


@dataclass(frozen=True)
class Effect:
    pk: uuid.UUID
    total: int
    outside: str = ""


def effects() -> int:
    """How much the effects of all requests add up to."""
    return limits.used(counter="tests.effects", owner=EFFECTS, period="life")


class Add(EffectView):
    """Adds to a counter that may hold 1,000 and answers with a fresh id, so that no two runs answer alike."""

    authentication_classes = [ByHeader]
    permission_classes = [IsAuthenticated]
    input_class = Input

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Effect:
        total = take(counter="tests.effects", owner=EFFECTS, period="life", amount=data["amount_fen"], cap=1000)
        return Effect(new_id(), total)

    def shown(self, row: Effect, *, many: bool = False) -> dict[str, Any]:
        return {"total": row.total, "id": str(row.pk), "outside": row.outside, "name": "转账成功"}


class AddOutside(OutboundEffectView, Add):
    """Adds, then asks an outside party that may break the process."""

    def proceed(self, row: Effect, *, at: datetime) -> Effect:
        if ANSWERS["outside"] == "crash":
            raise RuntimeError("the process ends here")
        if OUTSIDE_SAYS:
            return Effect(row.pk, row.total, OUTSIDE_SAYS.pop()())
        return Effect(row.pk, row.total, ANSWERS["outside"])

    def recall(self, resource: str) -> Effect:
        return Effect(uuid.UUID(resource), effects())


class Crossing(Add):
    """Adds to two counters, even amounts in the other order than odd ones, each half way at the same moment: a deadlock."""

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Effect:
        first, second = (EFFECTS, OTHERS) if data["amount_fen"] % 2 else (OTHERS, EFFECTS)
        total = take(counter="tests.effects", owner=first, period="life", amount=data["amount_fen"], cap=1000)
        with suppress(BrokenBarrierError):
            MEETING.wait(1)
        take(counter="tests.effects", owner=second, period="life", amount=data["amount_fen"], cap=1000)
        return Effect(new_id(), total)


urlpatterns = [
    path("v1/tests/additions", Add.as_view()),
    path("v1/tests/others", Add.as_view()),
    path("v1/tests/crossings", Crossing.as_view()),
    path("v1/tests/outside", AddOutside.as_view()),
]

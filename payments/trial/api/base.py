"""What every operation of the merchants' sandbox shares."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from core.clock import queries as clock
from core.errors import DomainError, NotFound
from core.idempotency import queries as idempotency
from payments.channels.sandbox_bank.control import ControlRefused
from payments.merchants.api.signed import MerchantOutboundEffectView, signer_of
from payments.trial import payers, switch
from payments.trial.payers import TrialPayer, TrialPayerNotReady

NOT_READY = (NotFound, TrialPayerNotReady)


class Sandbox:
    """404 in production, and wherever there is no sandbox bank."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not switch.on():
            raise NotFound()
        super().initial(request, *args, **kwargs)  # type: ignore[misc]


class TrialEffectView(Sandbox, MerchantOutboundEffectView):
    """A signed POST that drives something, once per Idempotency-Key. `prepare` comes before anything is written and may ask the network;
    not for a request that has its answer already."""

    def post(self, request: Request, **url: str) -> Any:
        if not idempotency.answered(owner=self.owner(request), key=request.headers.get("Idempotency-Key", "")):
            self.prepare(request, **url)
        return super().post(request, **url)

    def prepare(self, request: Request, **url: str) -> None:
        """Raises what refuses the request, TrialPayerNotReady."""

    def proceed(self, row: Any, *, at: datetime) -> Any:
        return row


@contextmanager
def made_ready() -> Iterator[None]:
    """Raises TrialPayerNotReady for whatever keeps the people of the sandbox from being ready."""
    try:
        yield
    except (ControlRefused, DomainError) as problem:
        raise TrialPayerNotReady() from problem


def payer_of_today(request: Request) -> TrialPayer:
    """Raises TrialPayerNotReady."""
    with made_ready():
        return payers.ready(merchant_id=signer_of(request).merchant.id, at=clock.now())


def require_trial(request: Request, customer_id: UUID, at: datetime) -> None:
    """Refuse what is another payer's than the caller's test payer of the day of `at`. Raises TrialOnly, TrialPayerNotReady."""
    with made_ready():
        trial = payers.of_day(merchant_id=signer_of(request).merchant.id, at=at)
    if trial != customer_id:
        raise payers.TrialOnly()


class AsIn(serializers.Serializer[Any]):
    """A body with the field `as`, which is a word of Python's own."""

    results: tuple[str, ...] = ()
    words = ""

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"as": serializers.ChoiceField(self.results, default=self.results[0], help_text=self.words)}

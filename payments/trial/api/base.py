"""What every operation of the merchants' sandbox shares."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from rest_framework import serializers
from rest_framework.request import Request

from core.clock import queries as clock
from core.clock.queries import local_day, start_of_day
from core.errors import DomainError, NotFound
from core.idempotency import queries as idempotency_found
from core.idempotency import services as idempotency
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
    not for a request that was begun already, nor for two with one key at once."""

    def post(self, request: Request, **url: str) -> Any:
        key, owner = idempotency.checked_key(request.headers.get("Idempotency-Key")), self.owner(request)
        if idempotency_found.claimed(owner=owner, key=key):
            return super().post(request, **url)
        with alone(request, owner=f"prepare:{owner}", key=key):
            if not idempotency_found.claimed(owner=owner, key=key):
                self.prepare(request, **url)
            return super().post(request, **url)

    def prepare(self, request: Request, **url: str) -> None:
        """Raises what refuses the request, TrialPayerNotReady."""

    def proceed(self, row: Any, *, at: datetime) -> Any:
        return row


@contextmanager
def alone(request: Request, *, owner: str, key: str) -> Iterator[None]:
    """No other request with the key meanwhile, in any process. Raises StillRunning, KeyReused."""
    fingerprint = idempotency.fingerprint_of(request.method or "", request.get_full_path(), request.body)
    with transaction.atomic():
        record = idempotency.claim(owner=owner, key=key, fingerprint=fingerprint, at=clock.now()).record
    try:
        yield
    finally:
        idempotency.drop(record=record)


@contextmanager
def made_ready() -> Iterator[None]:
    """Raises TrialPayerNotReady for whatever keeps the people of the sandbox from being ready."""
    try:
        yield
    except (ControlRefused, DomainError, IntegrityError) as problem:
        raise TrialPayerNotReady() from problem


def payer_of_today(request: Request) -> TrialPayer:
    """Raises TrialPayerNotReady."""
    with made_ready():
        return payers.ready(merchant_id=signer_of(request).merchant.id, at=clock.now())


def require_trial(request: Request, customer_id: UUID, at: datetime) -> None:
    """Refuse what is another payer's than the caller's test payer of the day of `at`, or of the day before: what was begun before midnight
    may end after it. Raises TrialOnly, TrialPayerNotReady."""
    if customer_id not in trial_payers(request, {local_day(at)}):
        raise payers.TrialOnly()


def trial_payers(request: Request, days: Iterable[date]) -> frozenset[UUID]:
    """The caller's test payers whose payments may have ended on these days: theirs and the ones before. Raises TrialPayerNotReady."""
    wanted = {start_of_day(day) for day in days}
    merchant = signer_of(request).merchant
    with made_ready():
        found = [payers.of_day(merchant_id=merchant.id, at=at) for at in sorted(wanted | {at - timedelta(days=1) for at in wanted})]
    return frozenset(one for one in found if one is not None)


class AsIn(serializers.Serializer[Any]):
    """A body with the field `as`, which is a word of Python's own."""

    results: tuple[str, ...] = ()
    words = ""

    def get_fields(self) -> dict[str, Any]:
        return super().get_fields() | {"as": serializers.ChoiceField(self.results, default=self.results[0], help_text=self.words)}

"""Base classes of the API's views. A floor's view validates, calls one service and shows the row; this does the rest."""

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from core.api import shapes
from core.api.json import dump
from core.clock import queries as clock
from core.errors import DomainError
from core.idempotency import services as idempotency
from core.transactions import in_one_transaction


class View(APIView):
    """A read, or an effect that carries its own once-ness (documented where it is used)."""

    input_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    output_class: ClassVar[type[BaseSerializer[Any]] | None] = None
    refusals: ClassVar[tuple[type[DomainError], ...]] = ()
    query_checked: ClassVar[bool] = False
    """Whether the query is judged by a serializer, as bodies are."""

    def validated(self, request: Request) -> dict[str, Any]:
        """The request body through `input_class`. Raises DRF's ValidationError, answered as 422."""
        if self.input_class is None:
            return {}
        data: dict[str, Any] = shapes.read(self.input_class, request.data, {"request": request})
        return data

    def shown(self, row: Any, *, many: bool = False) -> Any:
        """A row, or rows, through `output_class`."""
        if self.output_class is None:
            return row
        context = {"request": self.request}
        return self.output_class(row, many=True, context=context).data if many else shapes.show(self.output_class, row, context)


class OneForm(BaseContentNegotiation):
    """Whatever the caller says it accepts: there is one form. Refusals are problem documents as everywhere."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileView(View):
    """A GET that answers with a file: `Accept` may name its type, or anything else."""

    content_negotiation_class = OneForm


class EffectView(View):
    """A POST that does something, once per Idempotency-Key.

    Subclasses write `effect(request, data, at=..., **url)`: one service call, returning the row to show. Its writes and
    the stored answer are one transaction, which begins anew when the database broke it off to end a deadlock: an effect
    does nothing outside it. A refusal (DomainError, validation) leaves no record, so the key stays free. The
    key is looked at before the body is judged: a repeat gets its answer even when its body would be refused by now.
    """

    success_status: ClassVar[int] = 201

    def post(self, request: Request, **url: str) -> HttpResponse:
        key = idempotency.checked_key(request.headers.get("Idempotency-Key"))
        fingerprint = idempotency.fingerprint_of(request.method or "", request.get_full_path(), request.body)
        at = clock.now()

        def once() -> HttpResponse:
            claim = idempotency.claim(owner=self.owner(request), key=key, fingerprint=fingerprint, at=at)
            if claim.answered:
                return replay(claim)
            row = self.effect(request, self.validated(request), at=at, **url)
            body = dump(self.shown(row))
            idempotency.finish(record=claim.record, status=self.success_status, body=body.decode())
            return raw_answer(self.success_status, body)

        return in_one_transaction(once)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> Any:
        raise NotImplementedError

    def owner(self, request: Request) -> str:
        """Whose keys these are: the authenticated principal."""
        caller: Any = request.user
        return str(caller.principal)


class CountedEffectView(EffectView):
    """An effect whose refusal must be written too: a wrong PIN or code is a try, and a rollback would forget it.

    `effect` returns such a DomainError instead of raising it: what it wrote commits, the key is freed, the refusal is answered.
    """

    def post(self, request: Request, **url: str) -> HttpResponse:
        key = idempotency.checked_key(request.headers.get("Idempotency-Key"))
        fingerprint = idempotency.fingerprint_of(request.method or "", request.get_full_path(), request.body)
        data = self.validated(request)
        at = clock.now()

        def once() -> HttpResponse | DomainError:
            claim = idempotency.claim(owner=self.owner(request), key=key, fingerprint=fingerprint, at=at)
            if claim.answered:
                return replay(claim)
            outcome = self.effect(request, data, at=at, **url)
            if isinstance(outcome, DomainError):
                idempotency.drop(record=claim.record)
                return outcome
            body = dump(self.shown(outcome))
            idempotency.finish(record=claim.record, status=self.success_status, body=body.decode())
            return raw_answer(self.success_status, body)

        answer = in_one_transaction(once)
        if isinstance(answer, DomainError):
            raise answer
        return answer


class OutboundEffectView(EffectView):
    """A POST whose effect needs an outside party: written first, asked outside any transaction, concluded after.

    `effect` commits the row and its outbound request; `proceed(row, at=...)` talks to the outside and returns the row
    as it then stands (never raises for what the outside says); `recall(resource)` finds the row of an abandoned run.
    """

    def post(self, request: Request, **url: str) -> HttpResponse:
        key = idempotency.checked_key(request.headers.get("Idempotency-Key"))
        fingerprint = idempotency.fingerprint_of(request.method or "", request.get_full_path(), request.body)
        at = clock.now()
        with transaction.atomic():
            claim = idempotency.claim(owner=self.owner(request), key=key, fingerprint=fingerprint, at=at)
            if claim.answered:
                return replay(claim)
            if claim.abandoned:
                row = self.recall(claim.record.resource)
            else:
                row = self.effect(request, self.validated(request), at=at, **url)
                idempotency.remember(record=claim.record, resource=str(row.pk))
        row = self.proceed(row, at=at)
        with transaction.atomic():
            body = dump(self.shown(row))
            if not idempotency.finish(record=claim.record, status=self.success_status, body=body.decode()):
                return replay(idempotency.answer(record=claim.record))
        return raw_answer(self.success_status, body)

    def proceed(self, row: Any, *, at: Any) -> Any:
        raise NotImplementedError

    def recall(self, resource: str) -> Any:
        raise NotImplementedError


def raw_answer(status: int, body: bytes, *, replayed: bool = False) -> HttpResponse:
    answer = HttpResponse(body, status=status, content_type="application/json")
    if replayed:
        answer["Idempotent-Replayed"] = "true"
    return answer


def replay(claim: idempotency.Claim) -> HttpResponse:
    assert claim.record.status is not None
    return raw_answer(claim.record.status, claim.record.body.encode(), replayed=True)

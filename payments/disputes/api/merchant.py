"""The merchant, by its programs and by its owner: reading disputes, handing files in, answering."""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.pages import Listing
from core.api.views import EffectView, View
from core.errors import DomainError, Invalid, NotFound
from core.ids import parse_public_id
from core.moves import WrongState
from payments.disputes import queries
from payments.disputes.api import examples as ex
from payments.disputes.api.shapes import AnswerIn, DisputeShown, FileIn, FileShown
from payments.disputes.files import FileNotTaken
from payments.disputes.models import Dispute
from payments.disputes.services import answering
from payments.merchants.api.examples import answer, asked, page
from payments.merchants.api.owner import own
from payments.merchants.api.signed import MerchantEffectView, MerchantListing, Signed, signer_of

MerchantOf = Callable[..., UUID]


def signers(request: Request, **url: str) -> UUID:
    """The merchant whose program signs."""
    found: UUID = signer_of(request).merchant.id
    return found


def owners(request: Request, **url: str) -> UUID:
    """The merchant of the address, the caller's own. Raises NotFound."""
    return own(request, **url).id


def dispute_of(merchant_id: UUID, dispute_id: str) -> Dispute:
    """Raises NotFound for another's."""
    found = queries.of_merchant(merchant_id).filter(pk=parse_public_id(Dispute.PREFIX, dispute_id)).first()
    if found is None:
        raise NotFound()
    return found


def content_of(text: str) -> bytes:
    """Raises Invalid for what is no base64."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as wrong:  # also for letters that base64 does not know
        raise Invalid("content", "Send the file as base64.", "请以 base64 编码上传文件。") from wrong


class Reading(View):
    """A dispute with its files. `merchant` says whose disputes these are."""

    merchant: MerchantOf
    output_class: ClassVar[type[BaseSerializer[Any]] | None] = DisputeShown
    refusals: ClassVar[tuple[type[DomainError], ...]] = (NotFound,)

    def one(self, request: Request, url: dict[str, str]) -> Dispute:
        return with_files([dispute_of(type(self).merchant(request, **url), url["dispute_id"])])[0]


def with_files(rows: list[Dispute]) -> list[Dispute]:
    """The rows with what was handed in for each, in one query."""
    found = queries.files_of([row.id for row in rows])
    for row in rows:
        row.handed_in = found[row.id]  # type: ignore[attr-defined]
    return rows


class Answering(Reading, EffectView):
    input_class = AnswerIn
    refusals = (NotFound, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Dispute:
        dispute = self.one(request, url)
        return with_files([answering.answer(dispute_id=dispute.id, text=data["text"], at=at)])[0]


class HandingIn(Reading, EffectView):
    input_class = FileIn
    output_class = FileShown
    refusals = (NotFound, WrongState, FileNotTaken, answering.TooManyFiles, Invalid)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Any:
        dispute = self.one(request, url)
        return answering.add_file(dispute_id=dispute.id, name=data["name"], content=content_of(data["content"]), at=at)


class Disputes(MerchantListing):
    """The merchant's disputes."""

    output_class = DisputeShown

    @extend_schema(operation_id="payments_merchant_disputes_list", examples=[page("A dispute", ex.THEIRS)])
    def get(self, request: Request, **url: str) -> Response:
        """The disputes of the merchant, newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Dispute]:
        return queries.of_merchant(signers(request))

    def shown(self, rows: Any, *, many: bool = False) -> Any:
        return super().shown(with_files(list(rows)), many=many)


class OneDispute(Signed, Reading):
    """One dispute."""

    merchant = staticmethod(signers)

    @extend_schema(operation_id="payments_merchant_disputes_read", examples=[answer("Answered", ex.ANSWERED, 200)])
    def get(self, request: Request, **url: str) -> Response:
        """A dispute of the merchant."""
        return Response(self.shown(self.one(request, url)))


@extend_schema(examples=[asked("An answer", ex.ANSWER), answer("Answered", ex.ANSWERED, 201)])
class Answers(Answering, MerchantEffectView):
    """Answer a dispute, once and in time; hand files in before. From here on people decide."""

    merchant = staticmethod(signers)


@extend_schema(examples=[asked("A receipt", ex.FILE_IN), answer("Kept", ex.FILE, 201)])
class Files(HandingIn, MerchantEffectView):
    """Hand a file in, five at most, before the answer. The same file again is the same."""

    merchant = staticmethod(signers)


class OwnersDisputes(Listing):
    """The disputes of a merchant of mine."""

    output_class = DisputeShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchants_disputes_list", examples=[page("A dispute", ex.THEIRS)])
    def get(self, request: Request, **url: str) -> Response:
        """The disputes of the merchant, newest first."""
        return super().get(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Dispute]:
        return queries.of_merchant(owners(request, **url))

    def shown(self, rows: Any, *, many: bool = False) -> Any:
        return super().shown(with_files(list(rows)), many=many)


class OwnersDispute(Reading):
    """One dispute of a merchant of mine."""

    merchant = staticmethod(owners)

    @extend_schema(operation_id="payments_merchants_disputes_read", examples=[answer("Answered", ex.ANSWERED, 200)])
    def get(self, request: Request, **url: str) -> Response:
        """A dispute of the merchant."""
        return Response(self.shown(self.one(request, url)))


@extend_schema(examples=[asked("An answer", ex.ANSWER), answer("Answered", ex.ANSWERED, 201)])
class OwnersAnswers(Answering):
    """Answer a dispute of a merchant of mine, once and in time; hand files in before. From here on people decide."""

    merchant = staticmethod(owners)


@extend_schema(examples=[asked("A receipt", ex.FILE_IN), answer("Kept", ex.FILE, 201)])
class OwnersFiles(HandingIn):
    """Hand a file in, five at most, before the answer. The same file again is the same."""

    merchant = staticmethod(owners)

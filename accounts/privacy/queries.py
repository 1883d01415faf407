"""Reads of consents, exports and what keeps an account open."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.privacy.models import Consent, ConsentDocument, DataExport
from accounts.privacy.sockets import EXPORTERS, OBLIGATIONS, Obstacle
from core.errors import NotFound


def documents() -> list[ConsentDocument]:
    """The newest version of each document."""
    return list(ConsentDocument.objects.order_by("kind", "-version").distinct("kind"))


def document(kind: str, version: int) -> ConsentDocument:
    """Raises NotFound."""
    found = ConsentDocument.objects.filter(kind=kind, version=version).first()
    if found is None:
        raise NotFound()
    return found


def newest(kind: str) -> ConsentDocument:
    """The newest version of one document. Raises NotFound."""
    found = ConsentDocument.objects.filter(kind=kind).order_by("-version").first()
    if found is None:
        raise NotFound()
    return found


def consents(customer_id: uuid.UUID) -> QuerySet[Consent]:
    """Every consent a customer ever gave, withdrawn ones too, newest first."""
    return Consent.objects.filter(customer_id=customer_id).select_related("document").order_by("-created_at", "-id")


def needed(at: datetime) -> QuerySet[ConsentDocument]:
    """Every version whose consent, or a later version's, an effect needs."""
    return ConsentDocument.objects.filter(required=True, required_from__lte=at)


def covering(customer: uuid.UUID) -> QuerySet[Consent]:
    """A customer's standing consents to the version of the outer query's document, or to a later one."""
    later = {"document__kind": OuterRef("kind"), "document__version__gte": OuterRef("version")}
    return Consent.objects.filter(customer_id=customer, withdrawn_at=None, **later)


LACKING = """EXISTS (
  SELECT 1 FROM accounts_consentdocument needed WHERE needed.required AND needed.required_from <= %s AND NOT EXISTS (
    SELECT 1 FROM accounts_consent given JOIN accounts_consentdocument agreed ON agreed.id = given.document_id
    WHERE given.customer_id = {customer} AND given.withdrawn_at IS NULL
      AND agreed.kind = needed.kind AND agreed.version >= needed.version))"""


def lacking_consent(customer: str, at: datetime) -> tuple[str, tuple[object, ...]]:
    """SQL, true where the customer whose id the expression `customer` gives lacks a needed consent; and its values. Every request asks."""
    return LACKING.format(customer=customer), (at,)


def missing_consents(customer_id: uuid.UUID, at: datetime) -> list[ConsentDocument]:
    """The newest version of each document the customer must agree to."""
    kinds = set(needed(at).filter(~Exists(covering(customer_id))).values_list("kind", flat=True))
    return [document for document in documents() if document.kind in kinds]


def exports(customer_id: uuid.UUID) -> QuerySet[DataExport]:
    return DataExport.objects.filter(customer_id=customer_id).order_by("-created_at", "-id")


def export(customer_id: uuid.UUID, export_id: uuid.UUID) -> DataExport:
    """A customer's own export. Raises NotFound."""
    found = DataExport.objects.filter(pk=export_id, customer_id=customer_id).first()
    if found is None:
        raise NotFound()
    return found


def archive(customer_id: uuid.UUID, session_id: uuid.UUID, export_id: uuid.UUID) -> DataExport:
    """An export as the session that asked for it may download it. Raises NotFound, for another session of the customer too."""
    found = export(customer_id, export_id)
    if found.session_id != session_id:
        raise NotFound()
    return found


def obstacles(customer_id: uuid.UUID, at: datetime) -> list[Obstacle]:
    """Everything that keeps an account open, over all rooms."""
    return [found for room in OBLIGATIONS for found in room.obstacles(customer_id=customer_id, at=at)]


def personal_data(customer_id: uuid.UUID) -> dict[str, Any]:
    """All that every room holds on a customer, by the room's name."""
    return {name: room.export(customer_id=customer_id) for name, room in EXPORTERS.items()}


def consent_history(customer_id: uuid.UUID) -> list[Mapping[str, Any]]:
    return [{"document": str(row.document), "given_at": row.created_at, "withdrawn_at": row.withdrawn_at} for row in consents(customer_id)]

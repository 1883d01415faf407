"""Reads of consents, exports and what keeps an account open."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

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


def consents(customer_id: uuid.UUID) -> QuerySet[Consent]:
    """Every consent a customer ever gave, withdrawn ones too, newest first."""
    return Consent.objects.filter(customer_id=customer_id).select_related("document").order_by("-created_at", "-id")


def has_consented(customer_id: uuid.UUID, kind: str) -> bool:
    """Whether a consent to any version of a document stands."""
    return Consent.objects.filter(customer_id=customer_id, document__kind=kind, withdrawn_at=None).exists()


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

"""The product's site with the leanest write there can be: authentication, idempotency record, journal, outbox event."""

from datetime import datetime
from typing import Any

from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request

from accounts.identity.authentication import caller_of
from accounts.ledger import services as ledger
from accounts.ledger.accounts import customer_account
from accounts.ledger.legs import credit, debit
from bench._ledger_ground import MOVED
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product
from core.api.views import EffectView
from core.ids import new_id
from core.outbox import services as outbox

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class MoveIn(serializers.Serializer[Any]):
    to = serializers.UUIDField()
    amount = serializers.IntegerField(min_value=1)


class Move(EffectView):
    """Money from the caller to another customer; no limits, no proofs, no rows of its own."""

    input_class = MoveIn

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> dict[str, Any]:
        payer = caller_of(request).customer
        amount: int = data["amount"]
        legs = [debit(customer_account(payer.id), amount), credit(customer_account(data["to"]), amount)]
        journal_id = new_id()
        told: outbox.Payload = {"journal": str(journal_id), "amount": amount}
        announced = outbox.announced(topic=MOVED, owner=payer.id, payload=told, at=at)
        ledger.post(journal_id=journal_id, event=MOVED, legs=legs, at=at, beside=[announced])
        return told


urlpatterns = [path("bench/moves", Move.as_view()), *product]

"""What a merchant's programs do with their own merchant: who am I, our balances, our stores; and the platform's keys for everybody."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import View
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import parse_public_id
from core.money import CNY
from core.moves import WrongState
from payments.merchants import queries
from payments.merchants.api import examples as ex
from payments.merchants.api.shapes import CertificatesShown, MerchantBalancesShown, SignerShown, StoreIn, StoreShown
from payments.merchants.api.signed import MerchantEffectView, MerchantListing, MerchantView, signer_of
from payments.merchants.models import Store
from payments.merchants.services import platform_keys, stores
from payments.merchants.services.applications import MerchantNotOpen

CREATED = 201


def balances_of(merchant_id: Any) -> dict[str, Any]:
    """The four balances by the last word of their account's name."""
    found = queries.balances(merchant_id)
    items = [{"account": role.split(":")[1], "posted": kept.posted, "held": kept.held} for role, kept in found.items()]
    return {"currency": CNY.code, "items": items}


class Certificates(View):
    """The platform's public keys, by which its answers and notices are verified. Read them again when an answer names a serial number
    you do not have, and once a day: a new key is here days before it signs."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    output_class = CertificatesShown

    @extend_schema(operation_id="payments_merchant_certificates_list", auth=[], examples=[ex.answer("Keys", ex.CERTIFICATES, 200)])
    def get(self, request: Request) -> Response:
        at = clock.now()
        platform_keys.signer(at)
        return Response(self.shown({"items": queries.platform_keys(at)}))


class Myself(MerchantView):
    """Who signed this request: the first thing to try a new key with. Works while the merchant is suspended too."""

    output_class = SignerShown

    @extend_schema(examples=[ex.answer("Myself", ex.SIGNER, 200)])
    def get(self, request: Request) -> Response:
        return Response(self.shown(signer_of(request)))


class Balances(MerchantView):
    """What the merchant has: to be settled, to be paid out, kept back, and frozen in disputes."""

    output_class = MerchantBalancesShown

    @extend_schema(operation_id="payments_merchant_balances_read", examples=[ex.answer("Balances", ex.BALANCES, 200)])
    def get(self, request: Request) -> Response:
        return Response(self.shown(balances_of(signer_of(request).merchant.id)))


class Stores(MerchantEffectView, MerchantListing):
    """The merchant's stores."""

    input_class = StoreIn
    output_class = StoreShown
    refusals = (MerchantNotOpen, stores.TooManyStores)

    @extend_schema(operation_id="payments_merchant_stores_list", examples=[ex.page("A store", ex.STORE)])
    def get(self, request: Request, **url: str) -> Response:
        """The stores, newest first, closed ones too."""
        return super().get(request, **url)

    @extend_schema(examples=[ex.asked("A store", ex.STORE_IN), ex.answer("Added", ex.STORE, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Add a store, so that orders can name it."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Store]:
        return queries.stores(signer_of(request).merchant.id)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Store:
        return stores.add(merchant_id=signer_of(request).merchant.id, name=data["name"], address=data["address"], at=at)


def own_store(request: Request, store_id: str) -> Store:
    """A store of the caller's merchant. Raises NotFound."""
    return queries.store(signer_of(request).merchant.id, parse_public_id(Store.PREFIX, store_id))


class OneStore(MerchantEffectView):
    """One store."""

    input_class = StoreIn
    output_class = StoreShown
    refusals = (NotFound, MerchantNotOpen)

    @extend_schema(examples=[ex.answer("A store", ex.STORE, 200)])
    def get(self, request: Request, store_id: str) -> Response:
        """One store, closed or not."""
        return Response(self.shown(own_store(request, store_id)))

    @extend_schema(
        operation_id="payments_merchant_stores_change", examples=[ex.asked("Moved", ex.STORE_IN), ex.answer("Changed", ex.STORE, CREATED)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Change a store's name and address."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Store:
        return stores.change(store=own_store(request, url["store_id"]), name=data["name"], address=data["address"], at=at)


@extend_schema(request=None, examples=[ex.answer("Closed", ex.STORE | {"state": "closed"}, CREATED)])
class StoreClosings(MerchantEffectView):
    """Close a store: orders may not name it any more."""

    output_class = StoreShown
    refusals = (NotFound, MerchantNotOpen, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Store:
        return stores.close(store=own_store(request, url["store_id"]), at=at)


@extend_schema(request=None, examples=[ex.answer("Open again", ex.STORE, CREATED)])
class StoreReopenings(MerchantEffectView):
    """Open a closed store again."""

    output_class = StoreShown
    refusals = (NotFound, MerchantNotOpen, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Store:
        return stores.reopen(store=own_store(request, url["store_id"]), at=at)

"""The stores, apps and keys of a customer's own merchants."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pages import Listing
from core.api.views import EffectView
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from core.moves import WrongState
from payments.merchants import queries
from payments.merchants.api import examples as ex
from payments.merchants.api.owner import PROOF_REFUSALS, own
from payments.merchants.api.server import CREATED
from payments.merchants.api.shapes import AppIn, AppShown, KeyIn, KeyShown, StoreIn, StoreShown
from payments.merchants.models import AppKey, MerchantApp, Store
from payments.merchants.services import apps, keys, stores
from payments.merchants.services.applications import MerchantNotOpen
from payments.wallet.api.base import customer_id, intent


def own_store(request: Request, **url: str) -> Store:
    """The store of the address, when it is its merchant's and that the caller's. Raises NotFound."""
    return queries.store(own(request, **url).id, parse_public_id(Store.PREFIX, url["store_id"]))


def own_app(request: Request, **url: str) -> MerchantApp:
    """The app of the address, likewise. Raises NotFound."""
    app = queries.own_app(customer_id(request), parse_public_id(MerchantApp.PREFIX, url["app_id"]))
    if app.merchant_id != own(request, **url).id:
        raise NotFound()
    return app


def own_key_id(request: Request, **url: str) -> UUID:
    """The key of the address, likewise. Raises NotFound."""
    key = queries.own_key(customer_id(request), parse_public_id(AppKey.PREFIX, url["key_id"]))
    if key.app_id != own_app(request, **url).id:
        raise NotFound()
    return key.id


class OwnStores(EffectView, Listing):
    """The stores of a merchant of mine."""

    input_class = StoreIn
    output_class = StoreShown
    refusals = (NotFound, MerchantNotOpen, stores.TooManyStores)

    @extend_schema(operation_id="payments_merchants_stores_list", examples=[ex.page("A store", ex.STORE)])
    def get(self, request: Request, **url: str) -> Response:
        """The stores, newest first, closed ones too."""
        return super().get(request, **url)

    @extend_schema(examples=[ex.asked("A store", ex.STORE_IN), ex.answer("Added", ex.STORE, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Add a store, so that orders can name it."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[Store]:
        return queries.stores(own(request, **url).id)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Store:
        return stores.add(merchant_id=own(request, **url).id, name=data["name"], address=data["address"], at=at)


class OwnStore(EffectView):
    """One store."""

    input_class = StoreIn
    output_class = StoreShown
    refusals = (NotFound, MerchantNotOpen)

    @extend_schema(examples=[ex.answer("A store", ex.STORE, 200)])
    def get(self, request: Request, **url: str) -> Response:
        """One store, closed or not."""
        return Response(self.shown(own_store(request, **url)))

    @extend_schema(
        operation_id="payments_merchants_stores_change",
        examples=[ex.asked("Moved", ex.STORE_IN), ex.answer("Changed", ex.STORE, CREATED)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Change the name and address of a store."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Store:
        return stores.change(store=own_store(request, **url), name=data["name"], address=data["address"], at=at)


@extend_schema(request=None, examples=[ex.answer("Closed", ex.STORE | {"state": "closed"}, CREATED)])
class OwnStoreClosings(EffectView):
    """Close a store: orders may not name it any more."""

    output_class = StoreShown
    refusals = (NotFound, MerchantNotOpen, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Store:
        return stores.close(store=own_store(request, **url), at=at)


@extend_schema(request=None, examples=[ex.answer("Open again", ex.STORE, CREATED)])
class OwnStoreReopenings(EffectView):
    """Open a closed store again."""

    output_class = StoreShown
    refusals = (NotFound, MerchantNotOpen, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Store:
        return stores.reopen(store=own_store(request, **url), at=at)


class Apps(EffectView, Listing):
    """The apps of a merchant of mine: the programs that call the signed server API."""

    input_class = AppIn
    output_class = AppShown
    refusals = (NotFound, Invalid, MerchantNotOpen, apps.TooManyApps)

    @extend_schema(operation_id="payments_merchants_apps_list", examples=[ex.page("An app", ex.APP)])
    def get(self, request: Request, **url: str) -> Response:
        """The apps, newest first, stopped ones too."""
        return super().get(request, **url)

    @extend_schema(examples=[ex.asked("An app", ex.APP_IN), ex.answer("Added", ex.APP, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Add an app; register a key for it next."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[MerchantApp]:
        return queries.apps(own(request, **url).id)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> MerchantApp:
        return apps.add(owner_id=customer_id(request), merchant_id=own(request, **url).id, at=at, **data)


class OneApp(EffectView):
    """One app."""

    input_class = AppIn
    output_class = AppShown
    refusals = (NotFound, Invalid, MerchantNotOpen)

    @extend_schema(examples=[ex.answer("An app", ex.APP, 200)])
    def get(self, request: Request, **url: str) -> Response:
        """One app, stopped or not."""
        return Response(self.shown(own_app(request, **url)))

    @extend_schema(
        operation_id="payments_merchants_apps_change", examples=[ex.asked("Moved", ex.APP_IN), ex.answer("Changed", ex.APP, CREATED)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Rename an app, and say where it hears news from now on."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> MerchantApp:
        return apps.change(owner_id=customer_id(request), app_id=own_app(request, **url).id, at=at, **data)


@extend_schema(request=None, examples=[ex.answer("Stopped", ex.APP | {"state": "stopped"}, CREATED)])
class AppStops(EffectView):
    """Accept nothing more that an app signs, at once: what to do first when its server is broken into."""

    output_class = AppShown
    refusals = (NotFound, MerchantNotOpen, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> MerchantApp:
        return apps.stop(owner_id=customer_id(request), app_id=own_app(request, **url).id, at=at)


@extend_schema(request=None, examples=[ex.answer("Started", ex.APP, CREATED)])
class AppStarts(EffectView):
    """Accept again what a stopped app signs."""

    output_class = AppShown
    refusals = (NotFound, MerchantNotOpen, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> MerchantApp:
        return apps.start(owner_id=customer_id(request), app_id=own_app(request, **url).id, at=at)


class Keys(EffectView, Listing):
    """The public keys of an app."""

    input_class = KeyIn
    output_class = KeyShown
    refusals = (
        NotFound,
        MerchantNotOpen,
        keys.PrivateKeySent,
        keys.BadPublicKey,
        keys.KeyKnown,
        keys.TooManyKeys,
        *PROOF_REFUSALS,
    )

    @extend_schema(operation_id="payments_merchants_apps_keys_list", examples=[ex.page("A key", ex.KEY)])
    def get(self, request: Request, **url: str) -> Response:
        """The keys, newest first, ended ones too; `last_used_on` says whether a program still signs with one."""
        return super().get(request, **url)

    @extend_schema(examples=[ex.asked("A key", ex.KEY_IN), ex.answer("Added", ex.NEW_KEY, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Register a public key. Two are active at most, so that a program changes over: add, switch, retire the old one."""
        return super().post(request, **url)

    def rows(self, request: Request, **url: str) -> QuerySet[AppKey]:
        return queries.keys(own_app(request, **url).id)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> AppKey:
        return keys.add(
            intent=intent(request, data["proof"]),
            app_id=own_app(request, **url).id,
            public_key_pem=data["public_key"],
            life_days=data["life_days"],
            at=at,
        )


@extend_schema(request=None, examples=[ex.answer("Retired", ex.KEY | {"state": "retired", "ended_at": ex.AT}, CREATED)])
class KeyRetirements(EffectView):
    """End a key that another has replaced."""

    output_class = KeyShown
    refusals = (NotFound, MerchantNotOpen, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> AppKey:
        return keys.retire(owner_id=customer_id(request), key_id=own_key_id(request, **url), at=at)


@extend_schema(request=None, examples=[ex.answer("Revoked", ex.KEY | {"state": "revoked", "ended_at": ex.AT}, CREATED)])
class KeyRevocations(EffectView):
    """End a key that fell into wrong hands, at once."""

    output_class = KeyShown
    refusals = (NotFound, MerchantNotOpen, WrongState)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> AppKey:
        return keys.revoke(owner_id=customer_id(request), key_id=own_key_id(request, **url), at=at)

"""Reads of merchants, their stores, apps and keys, and of the rules in force for them."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet

from accounts.ledger import queries as ledger
from accounts.ledger.queries import Balance
from core.batches import batches
from core.clock.queries import local_day
from core.crypto.blind_index import blind_index
from core.errors import DomainError, NotFound
from payments.merchants import accounts
from payments.merchants.models import AppKey, Merchant, MerchantApp, MerchantCategory, MerchantRate, MerchantTerms, PlatformKey, Store
from payments.merchants.states import OPENED, MerchantState, Scene

SHARED = "SELECT * FROM payments_merchant WHERE id = %s FOR KEY SHARE"


class MerchantNotSelling(DomainError):
    code = "merchant_not_selling"
    en = "This merchant takes no payments now. Nothing was charged; ask the merchant."
    zh = "该商户当前无法收款,未扣款,请联系商户。"


def merchant(merchant_id: uuid.UUID) -> Merchant:
    """Raises NotFound."""
    found = Merchant.objects.select_related("category").filter(pk=merchant_id).first()
    if found is None:
        raise NotFound()
    return found


def own(owner_id: uuid.UUID) -> QuerySet[Merchant]:
    """The merchants of an owner, newest first."""
    return Merchant.objects.filter(owner_id=owner_id).select_related("category").order_by("-created_at", "-id")


def own_merchant(owner_id: uuid.UUID, merchant_id: uuid.UUID) -> Merchant:
    """Raises NotFound, also for another's."""
    found = own(owner_id).filter(pk=merchant_id).first()
    if found is None:
        raise NotFound()
    return found


def names(merchant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The short names that payers read, in one query."""
    return dict(Merchant.objects.filter(pk__in=set(merchant_ids)).values_list("id", "short_name"))


def every_id() -> QuerySet[Merchant, uuid.UUID]:
    """The ids of all merchants, for a query that walks an index which begins with the merchant."""
    return Merchant.objects.values_list("id", flat=True)


def selling(merchant_id: uuid.UUID) -> bool:
    """Whether the merchant may be paid now."""
    return Merchant.objects.filter(pk=merchant_id, state=MerchantState.ACTIVE).exists()


def require_selling(merchant_id: uuid.UUID) -> Merchant:
    """The merchant, in a lock that payments share and that suspending and closing wait for: what the caller's transaction writes
    for it is seen by them, or they are seen here. Raises NotFound, MerchantNotSelling."""
    found = steady(merchant_id)
    if found.state != MerchantState.ACTIVE:
        raise MerchantNotSelling()
    return found


def steady(merchant_id: uuid.UUID) -> Merchant:
    """The merchant in the lock that payments share, whatever its state: it is not suspended, closed or given another card before the
    caller's transaction ends. Raises NotFound."""
    found = next(iter(Merchant.objects.raw(SHARED, [merchant_id])), None)
    if found is None:
        raise NotFound()
    return found


def hold_back(merchant_ids: Collection[uuid.UUID]) -> None:
    """Lock merchants, in order, against others who do the same: payments to them go on, suspending and closing wait."""
    rows = Merchant.objects.select_for_update(no_key=True).order_by("id")
    for some in batches(sorted(merchant_ids)):
        list(rows.filter(pk__in=some).values_list("pk", flat=True))


def stores(merchant_id: uuid.UUID) -> QuerySet[Store]:
    """Newest first."""
    return Store.objects.filter(merchant_id=merchant_id).order_by("-created_at", "-id")


def store(merchant_id: uuid.UUID, store_id: uuid.UUID) -> Store:
    """A store of the merchant, closed ones too. Raises NotFound."""
    found = stores(merchant_id).filter(pk=store_id).first()
    if found is None:
        raise NotFound()
    return found


def apps(merchant_id: uuid.UUID) -> QuerySet[MerchantApp]:
    """Newest first."""
    return MerchantApp.objects.filter(merchant_id=merchant_id).order_by("-created_at", "-id")


def app(app_id: uuid.UUID) -> MerchantApp:
    """An app with its merchant. Raises NotFound."""
    found = MerchantApp.objects.select_related("merchant").filter(pk=app_id).first()
    if found is None:
        raise NotFound()
    return found


def app_of(merchant_id: uuid.UUID, app_id: uuid.UUID) -> MerchantApp:
    """An app of the merchant. Raises NotFound."""
    found = apps(merchant_id).filter(pk=app_id).first()
    if found is None:
        raise NotFound()
    return found


def own_app(owner_id: uuid.UUID, app_id: uuid.UUID) -> MerchantApp:
    """Raises NotFound, also for another's."""
    found = MerchantApp.objects.select_related("merchant").filter(pk=app_id, merchant__owner_id=owner_id).first()
    if found is None:
        raise NotFound()
    return found


def key(key_id: uuid.UUID) -> AppKey:
    """A key with its app. Raises NotFound."""
    found = AppKey.objects.select_related("app").filter(pk=key_id).first()
    if found is None:
        raise NotFound()
    return found


def own_key(owner_id: uuid.UUID, key_id: uuid.UUID) -> AppKey:
    """Raises NotFound, also for another's."""
    found = AppKey.objects.select_related("app__merchant").filter(pk=key_id, app__merchant__owner_id=owner_id).first()
    if found is None:
        raise NotFound()
    return found


def own_store(owner_id: uuid.UUID, store_id: uuid.UUID) -> Store:
    """Raises NotFound, also for another's."""
    found = Store.objects.select_related("merchant").filter(pk=store_id, merchant__owner_id=owner_id).first()
    if found is None:
        raise NotFound()
    return found


def keys(app_id: uuid.UUID) -> QuerySet[AppKey]:
    """Newest first."""
    return AppKey.objects.filter(app_id=app_id).order_by("-created_at", "-id")


def key_by_serial(serial_no: str) -> AppKey | None:
    """A key with its app and merchant, in whatever state."""
    return AppKey.objects.select_related("app__merchant").filter(serial_no=serial_no).first()


def notify_url(app: MerchantApp, own: str) -> str:
    """Where news of an order goes: the order's own address, else the app's; empty for nowhere."""
    return own or app.notify_url


def rates_in_force(merchant_id: uuid.UUID, at: datetime) -> dict[str, MerchantRate]:
    """The rate of every scene for a merchant, in one query."""
    rows = rates(merchant_id, at)
    return {scene: best_rate(rows, scene) for scene in Scene.values}


def rate_in_force(merchant_id: uuid.UUID, scene: str, at: datetime) -> MerchantRate:
    """What a payment in `scene` costs the merchant on the day of `at`: its own rule of the scene, its own for all scenes, then
    everybody's likewise; of each the newest."""
    return best_rate(rates(merchant_id, at, scene), scene)


def rates(merchant_id: uuid.UUID, at: datetime, scene: str | None = None) -> list[MerchantRate]:
    """The newest row of each kind that could apply."""
    rows = MerchantRate.objects.filter(Q(merchant_id=merchant_id) | Q(merchant=None), effective_on__lte=local_day(at))
    if scene is not None:
        rows = rows.filter(scene__in=["", scene])
    return list(rows.order_by("merchant_id", "scene", "-effective_on").distinct("merchant_id", "scene"))


def best_rate(rows: Iterable[MerchantRate], scene: str) -> MerchantRate:
    """The most particular of the rows that apply to a scene."""
    fitting = [row for row in rows if row.scene in ("", scene)]
    assert fitting, "a migration writes everybody's first rate"
    return max(fitting, key=lambda row: (row.merchant_id is not None, row.scene != ""))


def terms_in_force(merchant_id: uuid.UUID, at: datetime) -> MerchantTerms:
    """The merchant's own terms on the day of `at`, else everybody's; the newest."""
    rows = MerchantTerms.objects.filter(Q(merchant_id=merchant_id) | Q(merchant=None), effective_on__lte=local_day(at))
    found = rows.order_by(F("merchant_id").asc(nulls_last=True), "-effective_on").first()
    assert found is not None, "a migration writes everybody's first terms"
    return found


def terms_of(merchant_ids: Iterable[uuid.UUID], on: date) -> dict[uuid.UUID, MerchantTerms]:
    """The terms in force for each of many merchants on a day, in one query a few thousand of them."""
    wanted = sorted(set(merchant_ids))
    dated = MerchantTerms.objects.filter(effective_on__lte=on).order_by("merchant_id", "-effective_on").distinct("merchant_id")
    own = {row.merchant_id: row for some in batches(wanted) for row in dated.filter(merchant_id__in=some)}
    everybody = dated.get(merchant=None)
    return {merchant_id: own.get(merchant_id, everybody) for merchant_id in wanted}


def balances_of(merchant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Balance]]:
    """Merchant to role to what stands on that account, for many merchants in a query a few thousand accounts."""
    refs = {merchant_id: accounts.all_of(merchant_id) for merchant_id in set(merchant_ids)}
    found = ledger.balances_of(ref for mine in refs.values() for ref in mine.values())
    return {key: {role: found.get(ref.id, Balance(0, 0)) for role, ref in mine.items()} for key, mine in refs.items()}


def balances(merchant_id: uuid.UUID) -> dict[str, Balance]:
    """Role to what stands on the merchant's account of it, in fen."""
    named = {account.id: role for role, account in accounts.all_of(merchant_id).items()}
    rows: Any = ledger.accounts_with_balances().filter(id__in=named)
    found = {named[row.id]: Balance(row.posted + row.pending, row.held) for row in rows}
    return {role: found.get(role, Balance(0, 0)) for role in accounts.ROLES}


def open_categories() -> QuerySet[MerchantCategory]:
    return MerchantCategory.objects.filter(open=True).order_by("code")


def licence_index(number: str) -> bytes:
    """The blind index of a licence number in its normal form."""
    return blind_index(number, purpose="merchant_licence")


def opened_by(owner_id: uuid.UUID) -> QuerySet[Merchant]:
    """The owner's merchants that are neither refused nor closed."""
    return own(owner_id).exclude(state__in=[MerchantState.REFUSED, MerchantState.CLOSED])


@dataclass(frozen=True)
class Waiting:
    """The queue of applications: how many, and since when the oldest waits."""

    number: int
    oldest: datetime | None


def waiting() -> Waiting:
    """Applications that nobody has decided yet."""
    found = Merchant.objects.filter(state__in=[MerchantState.APPLIED, MerchantState.UNDER_REVIEW])
    return Waiting(**found.aggregate(number=Count("id"), oldest=Min("applied_at")))


def paid_out_to(card_id: uuid.UUID) -> int:
    """How many open merchants are paid out to a card."""
    return Merchant.objects.filter(settlement_card_id=card_id, state__in=OPENED).count()


def platform_keys(at: datetime) -> QuerySet[PlatformKey]:
    """The platform's keys that merchants should have at `at`, the newest first."""
    return PlatformKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at)).order_by("-signs_from")

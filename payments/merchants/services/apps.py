"""An owner's apps: what they are called, where they hear news, and stopping one that misbehaves."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, Invalid
from core.limits.queries import cap
from core.limits.sockets import CapKind
from core.moves import advance
from payments.merchants import queries
from payments.merchants.models import URL_LENGTH, Merchant, MerchantApp
from payments.merchants.services.applications import locked, require_open, tell
from payments.merchants.states import APP_MOVES, AppState

MOST_APPS = 100
APPS = CapKind("merchants.apps", _("Apps of one merchant"), usual=20, most=MOST_APPS)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class TooManyApps(DomainError):
    code = "merchant_too_many_apps"
    en = "A merchant has at most {most} apps. Use one of them."
    zh = "每个商户最多 {most} 个应用,请使用已有应用。"


@transaction.atomic
def add(*, owner_id: UUID, merchant_id: UUID, name: str, notify_url: str, at: datetime) -> MerchantApp:
    """Raises NotFound, MerchantNotOpen, TooManyApps, Invalid."""
    queries.own_merchant(owner_id, merchant_id)
    merchant = require_open(locked(merchant_id))
    most = cap(APPS, at)
    if queries.apps(merchant_id).count() >= most:
        raise TooManyApps(most=most)
    made = MerchantApp.objects.create(
        merchant=merchant, name=name, notify_url=checked_url(notify_url, "notify_url"), created_at=at, changed_at=at
    )
    tell("merchant.app_added", merchant, at, app_id=str(made.id))
    return made


@transaction.atomic
def change(*, owner_id: UUID, app_id: UUID, name: str, notify_url: str, at: datetime) -> MerchantApp:
    """Rename an app and say where it hears news from now on. Raises NotFound, MerchantNotOpen, Invalid."""
    merchant = owners(owner_id, app_id)
    MerchantApp.objects.filter(pk=app_id).update(name=name, notify_url=checked_url(notify_url, "notify_url"), changed_at=at)
    tell("merchant.app_changed", merchant, at, app_id=str(app_id))
    return queries.own_app(owner_id, app_id)


@transaction.atomic
def stop(*, owner_id: UUID, app_id: UUID, at: datetime) -> MerchantApp:
    """Accept nothing more that an app signs. Raises NotFound, MerchantNotOpen, WrongState."""
    return move(owner_id, app_id, AppState.STOPPED, "merchant.app_stopped", at)


@transaction.atomic
def start(*, owner_id: UUID, app_id: UUID, at: datetime) -> MerchantApp:
    """Accept again what a stopped app signs. Raises NotFound, MerchantNotOpen, WrongState."""
    return move(owner_id, app_id, AppState.ACTIVE, "merchant.app_started", at)


def move(owner_id: UUID, app_id: UUID, to: AppState, topic: str, at: datetime) -> MerchantApp:
    merchant = owners(owner_id, app_id)
    advance(queries.own_app(owner_id, app_id), to, moves=APP_MOVES, at=at)
    tell(topic, merchant, at, app_id=str(app_id))
    return queries.own_app(owner_id, app_id)


def owners(owner_id: UUID, app_id: UUID) -> Merchant:
    """The open merchant of an owner's app, locked. Raises NotFound, MerchantNotOpen."""
    return require_open(locked(queries.own_app(owner_id, app_id).merchant_id))


def checked_url(url: str, field: str) -> str:
    """An address that news may be sent to: https, in development also http on this machine; empty is none. Raises Invalid."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host, port, name = parts.hostname or "", parts.port, parts.username
    except ValueError:
        host, port, name, parts = "", None, None, urlsplit("")
    secure = parts.scheme == "https"
    nearby = parts.scheme == "http" and host in LOOPBACK and not settings.PRODUCTION
    fits = len(url) <= URL_LENGTH and url.isascii() and url.isprintable() and " " not in url
    if not (fits and host and port != 0 and name is None and not parts.fragment and (secure or nearby)):
        raise Invalid(field, "Send a https address without login and fragment.", "请填写 https 地址,不含用户名与片段。")
    return url

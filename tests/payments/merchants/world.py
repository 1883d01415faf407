"""Merchants for tests, made by the platform's own services, and programs that sign for them."""

import json
import secrets
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import User
from django.test import Client as DjangoClient

from accounts.identity.models import Customer, DeviceSession
from core.approvals.services import applying
from core.clock import queries as clock
from payments.merchants import licences, queries, signing
from payments.merchants.api.signed import CONTENT_HASH
from payments.merchants.models import AppKey, Merchant, MerchantApp
from payments.merchants.services import applications, apps, keys, reviewing
from payments.merchants.services.applications import Application
from tests.payments.wallet.world import holder, proven

ROOT = "/v1/payments/merchant"
PEOPLE = {"maker": "staff:mary", "checker": "staff:carl"}


@lru_cache(maxsize=64)
def private_pem(number: int = 0) -> str:
    """A key pair of this test run; making one takes long."""
    return signing.new_private_pem()


def licence_number() -> str:
    """A well-formed code that nobody has."""
    first = "9111" + f"{uuid.uuid4().int % 10**13:013d}"
    return first + licences.check_letter(first)


def application(**changes: str) -> Application:
    facts = {
        "kind": "company",
        "name": "Hangzhou Tea Company Limited",
        "short_name": "Hangzhou Tea",
        "category": "5499",
        "contact_phone": "19900000001",
        "licence_number": licence_number(),
    }
    return Application(**(facts | changes))


def applied(owner: Customer | None = None, **changes: str) -> Merchant:
    owner = owner or holder(pin=True)
    return applications.apply(owner_id=owner.id, application=application(**changes), at=clock.now())


def reviewer() -> User:
    return User.objects.get_or_create(username="rita", defaults={"is_staff": True})[0]


def opened(owner: Customer | None = None, **changes: str) -> Merchant:
    """An active merchant, through application and review. Its owner has a PIN."""
    merchant = applied(owner, **changes)
    reviewing.take_up(merchant_id=merchant.id, reviewer=reviewer(), at=clock.now())
    with applying(reviewing.APPROVE, **PEOPLE):
        return reviewing.approve(merchant_id=merchant.id, applied_at=merchant.applied_at, at=clock.now())


def suspend(merchant: Merchant) -> Merchant:
    return reviewing.suspend(merchant_id=merchant.id, reason="many complaints", at=clock.now())


def add_app(merchant: Merchant, *, notify_url: str = "") -> MerchantApp:
    return apps.add(owner_id=merchant.owner_id, merchant_id=merchant.id, name="Web shop", notify_url=notify_url, at=clock.now())


def add_key(app: MerchantApp, private: str, *, life_days: int = 730, session: DeviceSession | None = None) -> AppKey:
    """Register the public half of a key, with the owner's PIN, in a session of theirs (a new one unless told)."""
    intent = proven(app.merchant.owner, amount_fen=0, payee=app.public_id, purpose=keys.PURPOSE, session=session)
    return keys.add(intent=intent, app_id=app.id, public_key_pem=signing.public_half(private), life_days=life_days, at=clock.now())


@dataclass
class Program:
    """A merchant's program: an app with a registered key, which signs what it sends. `skew_s` is how wrong its clock is."""

    app: MerchantApp
    key: AppKey
    private: str = field(repr=False)
    skew_s: int = 0

    @property
    def merchant(self) -> Merchant:
        return self.app.merchant

    def signed(self, method: str, path: str, body: bytes = b"", *, nonce: str = "", **changes: str) -> str:
        """The Authorization header; `changes` name what it says otherwise than the truth."""
        facts = {"app_id": self.app.public_id, "serial_no": self.key.serial_no} | changes
        return signing.authorization(
            private_pem=self.private, method=method, path=path, timestamp=int(clock.wall().timestamp()) + self.skew_s,
            nonce=nonce or secrets.token_hex(16), body=body, **facts,
        )  # fmt: skip

    def get(self, path: str, *, header: str = "") -> Any:
        return DjangoClient().get(path, headers={"Authorization": header or self.signed("GET", path)})

    def post(self, path: str, data: Any = None, *, key: str = "", header: str = "", nonce: str = "") -> Any:
        body = json.dumps({} if data is None else data).encode()
        headers = {"Authorization": header or self.signed("POST", path, body, nonce=nonce), "Idempotency-Key": key or uuid.uuid4().hex}
        return DjangoClient().post(path, body, content_type="application/json", headers=headers)


def program(merchant: Merchant | None = None, *, number: int | None = None, session: DeviceSession | None = None) -> Program:
    """An app of the merchant (a new active one unless told) with a key of its own."""
    app = add_app(merchant or opened())
    private = signing.new_private_pem() if number is None else private_pem(number)
    return Program(queries.app(app.id), add_key(queries.app(app.id), private, session=session), private)


def answer_is_signed(answer: Any) -> bool:
    """Whether the platform signed these very bytes, for the request that was sent, with a key it publishes."""
    keys_by_serial = {row["serial_no"]: row["public_key"] for row in DjangoClient().get(f"{ROOT}/certificates").json()["items"]}
    if "Banyan-Signature" not in answer.headers:
        return False
    said = signing.parse(answer.wsgi_request.headers["Authorization"])
    assert said is not None
    body = answer[CONTENT_HASH].encode() if answer.streaming else answer.content
    text = signing.text(answer["Banyan-Timestamp"], said.nonce_str, body=body)
    return signing.verified(keys_by_serial[answer["Banyan-Serial"]], text, answer["Banyan-Signature"])

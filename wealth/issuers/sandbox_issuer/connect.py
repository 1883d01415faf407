"""Making this installation known to the sandbox issuer, and its clock ours (development only)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.conf import settings
from django.db import transaction

from core.clock.queries import offset
from core.ids import new_id
from core.moves import advance
from payments.channels import transport
from wealth.issuers.models import Issuer, IssuerCredential
from wealth.issuers.sandbox_issuer import signing
from wealth.issuers.sandbox_issuer.client import document
from wealth.issuers.states import ISSUER_MOVES, IssuerState

ISSUER = "sandbox_issuer"
PATIENCE = transport.Patience(connect_s=1.0, total_s=5.0)


class ControlRefused(RuntimeError):
    """The control plane refused or did not answer; the message says what it said."""


def control(method: str, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """One unsigned call. Raises ControlRefused for anything but a 200."""
    body = orjson.dumps(dict(content))
    headers = {"Host": urlsplit(settings.SANDBOX_ISSUER_URL).netloc, "Content-Type": "application/json", "Content-Length": str(len(body))}
    try:
        answer = transport.call(method, settings.SANDBOX_ISSUER_URL + path, headers=headers, body=body, patience=PATIENCE)
        found = document(answer)
    except (transport.NotDelivered, transport.NoAnswer) as problem:
        raise ControlRefused(f"{path}: {problem.reason}") from problem
    if answer.status != 200:
        raise ControlRefused(f"{path}: {answer.status} {found.get('message', '')}")
    return found


def connect(*, party: str, at: datetime, issuer: str = ISSUER) -> IssuerCredential:
    """Register (again) with the key there is, or with a fresh one, set the issuer's clock to ours and switch it on the first time.

    Doing it twice changes nothing. Calls the network: not inside a transaction. Raises ControlRefused.
    """
    live = IssuerCredential.objects.filter(issuer_id=issuer, retired_at=None, party=party).first()
    key_pem = live.private_key_pem if live is not None else signing.new_key_pem()
    shown = control("PUT", f"/control/parties/{party}", {"public_key_pem": signing.public_pem(key_pem)})
    offset.forget()
    control("PUT", "/control/clock", {"offset_seconds": offset.current()})
    return keep(issuer, live, party, key_pem, shown, at)


@transaction.atomic
def keep(issuer: str, live: IssuerCredential | None, party: str, key_pem: str, shown: Mapping[str, Any], at: datetime) -> IssuerCredential:
    """Store what was agreed; a credential whose issuer's key has changed is retired for a new one."""
    row = Issuer.objects.select_for_update().get(code=issuer)
    first = not IssuerCredential.objects.filter(issuer_id=issuer).exists()
    if first and row.state == IssuerState.OFF:
        advance(row, IssuerState.ON, moves=ISSUER_MOVES, at=at)
    if live is not None and live.issuer_key_id == shown["issuer_key_id"]:
        return live
    IssuerCredential.objects.filter(issuer_id=issuer, retired_at=None).update(retired_at=at)
    return IssuerCredential.objects.create(
        id=new_id(),
        issuer_id=issuer,
        party=party,
        private_key_pem=key_pem,
        issuer_public_key_pem=shown["issuer_public_key_pem"],
        issuer_key_id=shown["issuer_key_id"],
        created_at=at,
    )


class IssuerClock:
    """Sets the issuer's clock to ours, over its control plane."""

    def follow(self, *, offset_seconds: int) -> None:
        """Raises ControlRefused."""
        control("PUT", "/control/clock", {"offset_seconds": offset_seconds})

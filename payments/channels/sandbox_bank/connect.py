"""Making this installation known to the sandbox bank: a key of our own, registered there, and the bank's key taken in."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from core.clock.queries import offset
from core.ids import new_id
from payments.channels.models import Channel, ChannelCredential
from payments.channels.sandbox_bank import signing
from payments.channels.sandbox_bank.control import control

CHANNEL = "sandbox_bank"
NOTICE_PATH = f"/v1/payments/notices/{CHANNEL}"


def connect(*, merchant: str, notify_url: str, at: datetime, channel: str = CHANNEL) -> ChannelCredential:
    """Register (again) with the key there is, or with a fresh one, set the bank's clock to ours and switch the channel on.

    Doing it twice changes nothing. Calls the network: not inside a transaction. Raises ControlRefused.
    """
    live = ChannelCredential.objects.filter(channel_id=channel, retired_at=None, merchant=merchant).first()
    key_pem = live.private_key_pem if live is not None else signing.new_key_pem()
    content = {"public_key_pem": signing.public_pem(key_pem), "notify_url": notify_url}
    shown = control("PUT", f"/control/merchants/{merchant}", content)
    offset.forget()
    control("PUT", "/control/clock", {"offset_seconds": offset.current()})
    return keep(channel, live, merchant, key_pem, shown, at)


@transaction.atomic
def keep(
    channel: str, live: ChannelCredential | None, merchant: str, key_pem: str, shown: dict[str, Any], at: datetime
) -> ChannelCredential:
    """Store what was agreed; a credential whose bank key has changed is retired for a new one."""
    Channel.objects.filter(code=channel, enabled=False).update(enabled=True, changed_at=at)
    if live is not None and live.bank_key_id == shown["bank_key_id"]:
        return live
    ChannelCredential.objects.filter(channel_id=channel, retired_at=None).update(retired_at=at)
    return ChannelCredential.objects.create(
        id=new_id(),
        channel_id=channel,
        merchant=merchant,
        private_key_pem=key_pem,
        bank_public_key_pem=shown["bank_public_key_pem"],
        bank_key_id=shown["bank_key_id"],
        created_at=at,
    )


def default_notify_url() -> str:
    return settings.PUBLIC_URL.rstrip("/") + NOTICE_PATH

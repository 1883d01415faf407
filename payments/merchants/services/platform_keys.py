"""The platform's own key pairs, with which it signs answers and notices to merchants."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction

from core.approvals.services import must_be_applying
from core.clock import queries as clock
from core.errors import DomainError
from payments.merchants import queries, signing
from payments.merchants.models import PlatformKey

ROTATE = "merchant.rotate_platform_key"
MOST_DAYS = 30


class RotationUnderWay(DomainError):
    code = "platform_key_rotation_under_way"
    en = "A new key waits for its turn already, from {signs_from} on. Rotate again after that."
    zh = "已有新密钥等待启用(自 {signs_from} 起),请在其启用后再行更换。"


@dataclass(frozen=True)
class Signer:
    """The private half of the key that signs now."""

    serial_no: str
    private_key_pem: str = field(repr=False)

    def headers(self, *, body: bytes, wall: datetime, nonce: str) -> dict[str, str]:
        """The headers of a signed answer or notice."""
        timestamp = str(int(wall.timestamp()))
        return {
            "Banyan-Serial": self.serial_no,
            "Banyan-Timestamp": timestamp,
            "Banyan-Nonce": nonce,
            "Banyan-Signature": signing.sign(self.private_key_pem, signing.text(timestamp, nonce, body=body)),
        }


def signer(at: datetime) -> Signer:
    """The key that signs at `at`; the very first is made when it is first needed."""
    key = queries.platform_keys(at).filter(signs_from__lte=at).first() or first(at)
    return Signer(key.serial_no, key.private_key_pem)


def first(at: datetime) -> PlatformKey:
    """Make the platform's first key, once whoever else makes it too."""
    PlatformKey.objects.bulk_create([fresh(signs_from=at, at=at)], ignore_conflicts=True)
    return PlatformKey.objects.get(ends_at=None)


def fresh(*, signs_from: datetime, at: datetime) -> PlatformKey:
    private = signing.new_private_pem()
    public = signing.public_half(private)
    serial = signing.serial_of(public)
    return PlatformKey(serial_no=serial, public_key_pem=public, private_key_pem=private, signs_from=signs_from, created_at=at)


@transaction.atomic
def rotate(*, overlap_days: int, at: datetime) -> PlatformKey:
    """Make the next key: readable now, signing after `overlap_days`, when the last one stops; that one stays readable as long again.

    0 days is for a key that fell into wrong hands: the new one signs at once and the old one is gone. Raises ApprovalNeeded outside an
    approval, RotationUnderWay.
    """
    must_be_applying(ROTATE)
    last = PlatformKey.objects.select_for_update().filter(ends_at=None).first()
    overlap = timedelta(days=overlap_days)
    if last is not None:
        if last.signs_from >= at:
            raise RotationUnderWay(signs_from=clock.local(last.signs_from).isoformat(timespec="minutes"))
        PlatformKey.objects.filter(pk=last.pk).update(ends_at=at + 2 * overlap)
    key = fresh(signs_from=at + overlap, at=at)
    key.save(force_insert=True)
    return key

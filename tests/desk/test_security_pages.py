"""PINs and passkeys as support sees them: their state and never a secret; the PIN-free rule by two people."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.security import services
from accounts.security.models import PIN_TRIES, Passkey, PaymentPin, PinFreeLimit
from core.approvals.models import Approval
from core.clock import queries as clock
from tests.desk.people import staff, verified
from tests.factories import customer

pytestmark = pytest.mark.django_db
PINS, PASSKEYS = reverse("admin:accounts_paymentpin_changelist"), reverse("admin:accounts_passkey_changelist")


def test_support_sees_that_a_pin_is_locked_and_until_when_and_never_its_hash() -> None:
    who, at = customer(), clock.now()
    services.set_pin(customer_id=who.id, pin="284613", at=at)
    client = verified(staff("sue", "support"))
    assert "usable" in client.get(PINS, {"q": who.public_id}).content.decode()
    for _ in range(PIN_TRIES):
        services.try_pin(customer_id=who.id, pin="000001", at=at)
    pin = PaymentPin.objects.get(customer=who)
    for page in (client.get(PINS, {"q": who.public_id}), client.get(reverse("admin:accounts_paymentpin_change", args=[pin.pk]))):
        said = page.content.decode()
        assert [words in said for words in ("locked", f"{PIN_TRIES} / {PIN_TRIES}", who.public_id)] == [True] * 3
        assert pin.hashed not in said
    assert client.get(PINS + "export/").status_code == 302


def test_support_sees_passkeys_by_customer_and_which_were_removed() -> None:
    who, other, at = customer(), customer(), clock.now()
    for owner, name, removed_at in ((who, "phone", None), (who, "old key", at), (other, "tablet", None)):
        Passkey.objects.create(
            customer=owner, credential_id=f"credential of {name}".encode(), public_key=b"key", sign_count=0, backed_up=False, name=name,
            created_at=at, removed_at=removed_at,
        )  # fmt: skip
    page = verified(staff("sue", "support")).get(PASSKEYS, {"q": who.public_id}).content.decode()
    assert [words in page for words in ("phone", "old key", "removed", "tablet", "credential of")] == [True, True, True, False, False]


def test_the_pin_free_amount_is_a_dated_rule_that_two_people_change() -> None:
    maker, checker = verified(staff("max", "finance_maker")), verified(staff("cara", "finance_checker"))
    tomorrow = clock.local_day(clock.now()) + timedelta(days=1)
    body = {"starts_on": tomorrow.isoformat(), "amount_fen": "500.00", "per_day": "5", "source": "a notice", "reason": "the new notice"}
    before = PinFreeLimit.objects.count()
    assert maker.post(reverse("admin:accounts_pinfreelimit_add"), body).status_code == 302
    assert PinFreeLimit.objects.count() == before
    approval = Approval.objects.get(act="accounts.pinfreelimit.change")
    checker.post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"})
    made = PinFreeLimit.objects.get(starts_on=tomorrow)
    assert (made.amount_fen, made.per_day, made.source) == (50_000, 5, "a notice")

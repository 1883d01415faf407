"""The demo's operators: one for each role, with a known password and an authenticator whose code can be read on the terminal; and what
two of them decide together."""

from datetime import datetime

from django.contrib.auth.models import User
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.approvals import services as approvals
from core.approvals.register import Payload
from core.clock import queries as clock
from core.desk import staff
from core.desk.roles import Role

FINANCE = ("finance_maker", "finance_checker")
PASSWORD = "banyan-demo-only"  # noqa: S105  (the demo refuses to run in production)


def hire(*, at: datetime) -> None:
    """One operator a role, named as the role; those that exist stay as they are."""
    for role in Role:
        if not User.objects.filter(username=role).exists():
            user = staff.add(username=role, password=PASSWORD, roles=[role], at=at)
            TOTPDevice.objects.create(user=user, name="demo", confirmed=True)


def codes() -> dict[str, str]:
    """The present authenticator code of each demo operator."""
    found = {}
    for device in TOTPDevice.objects.filter(name="demo", confirmed=True).select_related("user"):
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
        totp.time = clock.wall().timestamp()
        found[device.user.get_username()] = f"{totp.token():0{device.digits}d}"
    return dict(sorted(found.items()))


def operator(name: str) -> User:
    return User.objects.get(username=name)


def second_look(act: str, payload: Payload, reason: str, at: datetime, *, people: tuple[str, str]) -> None:
    """Have a sensitive act proposed by the first of two operators and approved by the second."""
    proposed = approvals.propose(act=act, payload=payload, maker=operator(people[0]), reason=reason, at=at)
    approvals.approve(approval_id=proposed.id, checker=operator(people[1]), at=at)

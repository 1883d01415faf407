"""Members of staff for tests: with a role, with or without a verified second factor."""

from django.contrib.auth.models import Group, User
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

PASSWORD = "correct horse battery staple"


def staff(username: str, *roles: str, superuser: bool = False) -> User:
    user = User.objects.create(username=username, is_staff=True, is_superuser=superuser)
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def verified(user: User, *, raises: bool = True) -> Client:
    """A browser that has passed both factors."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=True)
    client = unverified(user, raises=raises)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return client


def unverified(user: User, *, raises: bool = True) -> Client:
    """A browser that has passed the password only."""
    client = Client(raise_request_exception=raises)
    client.force_login(user)
    return client


def code(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key):06d}"


def wrong_code(device: TOTPDevice) -> str:
    near = {totp(device.bin_key, drift=step) for step in range(-3, 4)}
    return next(f"{number:06d}" for number in range(10) if number not in near)


def asked_of_the_database(queries: CaptureQueriesContext) -> int:
    """How many statements ran, but for the sandbox clock's, which is read again every half second."""
    return sum("core_sandboxclock" not in query["sql"] for query in queries)

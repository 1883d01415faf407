"""Operators' accounts: made, given roles, dismissed, each change on the audit record."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import Group, User
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.audit import services as audit
from core.desk.roles import Role
from core.errors import DomainError

APART = frozenset({Role.FINANCE_MAKER, Role.FINANCE_CHECKER})


class RolesTogether(DomainError):
    code = "staff_roles_together"
    en = "One person is finance_maker or finance_checker, never both."
    zh = "同一人不得同时担任财务经办与财务复核。"


class UsernameTaken(DomainError):
    code = "staff_username_taken"
    en = "There is an account called {username} already."
    zh = "账号 {username} 已存在。"


@transaction.atomic
def add(*, username: str, password: str, roles: Collection[str], at: datetime, by: str = "system") -> User:
    """Make an account. Raises UsernameTaken, RolesTogether."""
    check_apart(roles)
    if User.objects.filter(username=username).exists():
        raise UsernameTaken(username=username)
    user = User.objects.create_user(username, password=password, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    note(user, by=by, act="staff.added", at=at, roles=sorted(roles))
    return user


@transaction.atomic
def set_roles(*, user: User, roles: Collection[str], at: datetime, by: str = "system") -> User:
    """Replace the roles. Raises RolesTogether."""
    check_apart(roles)
    user.groups.set(Group.objects.filter(name__in=roles))
    note(user, by=by, act="staff.roles_set", at=at, roles=sorted(roles))
    return user


@transaction.atomic
def reset_second_factor(*, user: User, at: datetime, by: str = "system") -> None:
    """Forget the authenticator; the next login sets a new one up."""
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    note(user, by=by, act="staff.second_factor_reset", at=at, roles=[])


@transaction.atomic
def dismiss(*, user: User, at: datetime, by: str = "system") -> None:
    """Close an account: no login, no role, no device. The row stays for the records that name it."""
    user.is_active = False
    user.is_superuser = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "is_superuser", "password"])
    user.groups.clear()
    TOTPDevice.objects.filter(user_id=user.pk).delete()
    note(user, by=by, act="staff.dismissed", at=at, roles=[])


def check_apart(roles: Collection[str]) -> None:
    if {str(role) for role in roles} >= APART:
        raise RolesTogether()


def note(user: User, *, by: str, act: str, at: datetime, roles: list[str]) -> None:
    audit.record(actor=by, act=act, target=f"staff:{user.get_username()}", reason="", details={"roles": roles}, at=at)

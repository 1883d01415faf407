"""Every address of the desk x every role: opened or refused exactly as the matrix says, and an address without a row fails."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from core.desk.base import DeskAdmin
from core.desk.proposals import ProposedAdmin
from core.desk.roles import Role
from core.desk.site import desk
from tests.desk import matrix
from tests.desk.people import staff, unverified, verified

pytestmark = pytest.mark.django_db
OPEN_TO_ALL_STAFF = {"index", "password_change", "password_change_done", "jsi18n", "app_list", "search"}
BEFORE_THE_SECOND_FACTOR = {"login", "logout", "second_factor", "set_language"}
SITE_PAGES = {model._meta.label_lower: page for model, page in desk._registry.items()}


def names() -> list[str]:
    """The name of every address under the desk."""
    found: list[str] = []

    def walk(patterns: list[Any]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and pattern.name:
                found.append(pattern.name)

    walk(next(one for one in get_resolver().url_patterns if getattr(one, "app_name", None) == "admin").url_patterns)
    return found


def expected_names() -> set[str]:
    own = OPEN_TO_ALL_STAFF | BEFORE_THE_SECOND_FACTOR | {"autocomplete", "view_on_site"} | set(matrix.SITE_PAGES)
    for label, page in SITE_PAGES.items():
        base = label.replace(".", "_")
        own |= {f"{base}_{view}" for view in ("changelist", "add", "change", "delete", "history")}
        own |= {f"{base}_export"} if page.exports else set()
        own |= {f"{base}_{act.name}" for act in page.acts} | {f"{base}_do_{act.name}" for act in page.list_acts}
        own |= set(page.extra_names)
    return own


def status(client: Client, address: str, method: str = "get") -> int:
    code: int = getattr(client, method)(address).status_code
    return code


def test_the_matrix_names_the_roles_there_are() -> None:
    assert set(matrix.ROLES) == {str(role) for role in Role}


def test_every_page_has_its_row_in_the_matrix_and_every_row_its_page() -> None:
    assert set(SITE_PAGES) == set(matrix.PAGES)
    assert {(label, act.name) for label, page in SITE_PAGES.items() for act in (*page.acts, *page.list_acts)} == set(matrix.ACTS)
    assert {label for label, page in SITE_PAGES.items() if isinstance(page, ProposedAdmin)} == set(matrix.PROPOSE)
    assert {name for page in SITE_PAGES.values() for name in page.extra_names} == set(matrix.OWN_PAGES)


def test_every_address_of_the_desk_is_known_to_this_test() -> None:
    assert set(names()) - expected_names() == set()


def test_every_page_is_of_our_own_base() -> None:
    assert [label for label, page in SITE_PAGES.items() if not isinstance(page, DeskAdmin)] == []


@pytest.mark.parametrize("role", [*matrix.ROLES, "superuser", "nobody"])
def test_lists_forms_and_acts_open_to_the_roles_of_the_matrix_and_to_nobody_else(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if role != "superuser":  # who sees everything draws every page once; for the others only the door matters
        monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    user = staff("them", *([role] if role in matrix.ROLES else []), superuser=role == "superuser")
    client = verified(user)
    wrong: list[str] = []

    def expect(address: str, allowed: bool, *, good: int = 200, method: str = "get") -> None:
        got = status(client, address, method)
        if got != (good if allowed else 403):
            wrong.append(f"{role} {method} {address}: {got}")

    for label, page in SITE_PAGES.items():
        base = f"admin:{label.replace('.', '_')}"
        sees = role == "superuser" or role in matrix.PAGES[label]
        expect(reverse(f"{base}_changelist"), sees)
        if role in {"superuser", "nobody"}:
            expect(reverse(f"{base}_changelist") + "?q=nothing-like-it", sees)
        unknown = unknown_key(page)
        expect(reverse(f"{base}_change", args=[unknown]), sees, good=302)
        proposes = role in matrix.PROPOSE.get(label, set())
        expect(reverse(f"{base}_add"), proposes and label not in matrix.NOT_ADDED)
        if page.exports:
            expect(reverse(f"{base}_export"), sees and role in matrix.EXPORT)
        for act in page.acts:
            allowed = sees and role in matrix.ACTS[(label, act.name)]
            for method in ("get", "post"):
                expect(reverse(f"{base}_{act.name}", args=[unknown]), allowed, good=404, method=method)
        for act in page.list_acts:
            expect(reverse(f"{base}_do_{act.name}"), sees and role in matrix.ACTS[(label, act.name)])
    for name, roles in (matrix.OWN_PAGES | matrix.SITE_PAGES).items():
        expect(reverse(f"admin:{name}"), role == "superuser" or role in roles)
    assert wrong == []


def unknown_key(page: DeskAdmin) -> str:
    """A key that no row of the page's table has."""
    kind = page.opts.pk.get_internal_type()
    return {"UUIDField": str(uuid.uuid4()), "DateField": "2001-01-01"}.get(kind, "0")


@pytest.mark.parametrize("who", ["anonymous", "password only", "superuser with the password only", "customer"])
def test_without_the_second_factor_every_address_leads_to_the_login(who: str) -> None:
    user = staff("them", *matrix.ROLES, superuser=who.startswith("superuser"))
    if who == "customer":
        user.is_staff = False
        user.save()
    client = Client() if who == "anonymous" else (verified(user) if who == "customer" else unverified(user))
    wrong = []
    for label, page in SITE_PAGES.items():
        base = f"admin:{label.replace('.', '_')}"
        addresses = [reverse(f"{base}_changelist"), reverse(f"{base}_add"), reverse(f"{base}_change", args=["1"])]
        addresses += [reverse(f"{base}_{act.name}", args=["1"]) for act in page.acts]
        addresses += [reverse(f"{base}_do_{act.name}") for act in page.list_acts] + ([reverse(f"{base}_export")] if page.exports else [])
        for address in addresses:
            for method in ("get", "post"):
                answer = getattr(client, method)(address)
                if answer.status_code != 302 or not answer["Location"].startswith(reverse("admin:login")):
                    wrong.append(f"{method} {address}: {answer.status_code}")
    assert wrong == []


def test_nothing_is_deleted_or_edited_in_place_even_by_a_superuser() -> None:
    user = staff("root", superuser=True)
    client = verified(user)
    for label in SITE_PAGES:
        base = f"admin:{label.replace('.', '_')}"
        page = client.get(reverse(f"{base}_changelist")).content.decode()
        assert 'name="action"' not in page
        assert 'name="_save"' not in page
        client.post(reverse(f"{base}_changelist"), {"action": "delete_selected", "_selected_action": [str(user.pk)], "post": "yes"})
    assert User.objects.filter(pk=user.pk).exists()

"""No role is shown a link that it may not open: every link of the overview, the sidebar, and the customer page, followed."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.identity.models import Customer
from tests.desk import matrix
from tests.desk.people import staff, verified

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<a\b[^>]*\bhref="(/admin/[^"]*)"')


def links(client: Client, address: str) -> set[str]:
    return {unescape(found) for found in LINK.findall(client.get(address).content.decode())}


def refused(client: Client, addresses: set[str]) -> list[tuple[str, int]]:
    found = [(address, client.get(address).status_code) for address in sorted(addresses)]
    return [(address, status) for address, status in found if status != 200]


@pytest.mark.parametrize("role", matrix.ROLES)
def test_every_link_of_the_overview_and_the_sidebar_opens_for_the_role_that_sees_it(role: str, busy: Customer) -> None:
    client = verified(staff("them", role))
    found = links(client, reverse("admin:index"))
    assert refused(client, found) == []
    lists = {label for label, roles in matrix.PAGES.items() if role in roles}
    missing = {label for label in lists if reverse(f"admin:{label.replace('.', '_')}_changelist") not in found}
    assert missing == set(), "a page its role may open is in the sidebar"


@pytest.mark.parametrize("role", sorted(matrix.PAGES["accounts.customer"]))
def test_every_link_of_the_customer_page_opens_for_the_role_that_sees_it(role: str, busy: Customer) -> None:
    client = verified(staff("them", role))
    page = reverse("admin:accounts_customer_change", args=[busy.pk])
    found = links(client, page) - links(client, reverse("admin:index"))
    assert refused(client, found) == []
    sessions = reverse("admin:accounts_devicesession_changelist") + f"?q={busy.public_id}"
    assert (sessions in found) == (role in matrix.PAGES["accounts.devicesession"])


def test_a_role_without_a_queue_is_not_told_how_long_it_is(busy: Customer) -> None:
    text = verified(staff("them", "finance_maker")).get(reverse("admin:index")).content.decode()
    assert "Money commands" in text
    assert "Identity checks waiting" not in text
    assert "Identity checks waiting" in verified(staff("her", "support")).get(reverse("admin:index")).content.decode()

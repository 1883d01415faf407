"""Filters of lists: what may be chosen comes from a register, never from reading the whole table on every page."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import AllValuesFieldListFilter, FieldListFilter, RelatedFieldListFilter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.ledger.models import Journal
from core.audit import services as audit
from core.audit.admin import acts
from core.clock import queries as clock
from core.desk.site import desk
from tests.desk.people import staff, verified
from tests.house.test_scaling_table import rows

ROOT = Path(__file__).resolve().parents[2]
JOURNALS, AUDIT = reverse("admin:accounts_journal_changelist"), reverse("admin:core_auditrecord_changelist")


def chosen(field: Any) -> type:
    """The filter Django takes for a column named alone."""
    return next(made for test, made in FieldListFilter._field_list_filters if test(field))


def filters() -> list[tuple[str, Any, type]]:
    """Page, column and filter class of every filter of a column."""
    found = []
    for model, page in desk._registry.items():
        for one in page.list_filter:
            if isinstance(one, str):
                found.append((model._meta.label, model._meta.get_field(one), chosen(model._meta.get_field(one))))
            elif isinstance(one, tuple):
                found.append((model._meta.label, model._meta.get_field(one[0]), one[1]))
    return found


def test_no_filter_reads_a_table_that_grows_for_its_choices() -> None:
    small = {table for table, row in rows().items() if row["kind"] == "reference"} | {"auth_user", "auth_group"}
    bad = []
    for page, field, made in filters():
        if issubclass(made, AllValuesFieldListFilter) and field.model._meta.db_table not in small:
            bad.append(f"{page}.{field.name}")
        if issubclass(made, RelatedFieldListFilter) and field.related_model._meta.db_table not in small:
            bad.append(f"{page}.{field.name}")
    assert bad == [], "give the filter its choices from a register (core.desk.filters.among)"


@pytest.mark.django_db
def test_every_filter_by_another_table_opens_its_list() -> None:
    client, asked = verified(staff("max", "finance_maker")), 0
    seen = client.get(AUDIT).wsgi_request
    for model, page in desk._registry.items():
        related = [one for one in page.list_filter if isinstance(one, str) and model._meta.get_field(one).is_relation]
        if related and page.has_view_permission(seen):
            query = {f"{name}__{model._meta.get_field(name).target_field.name}__exact": "nobody" for name in related}
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            assert client.get(address, query).status_code == 200, address
            asked += 1
    assert asked > 5


@pytest.mark.django_db
def test_the_journals_are_filtered_by_an_event_named_in_the_books(busy: Any) -> None:
    client = verified(staff("max", "finance_maker"))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(JOURNALS).content.decode()
    assert not [query for query in captured.captured_queries if "DISTINCT" in query["sql"]]
    assert "(wallet.top_up)" in page
    journal = Journal.objects.get().public_id
    assert [journal in client.get(JOURNALS, {"event": event}).content.decode() for event in ("wallet.top_up", "wallet.transfer")] == [
        True,
        False,
    ]


@pytest.mark.django_db
def test_the_audit_log_is_filtered_by_an_act() -> None:
    for act in ("customer.freeze", "staff.added"):
        audit.record(actor="staff:lin", act=act, target=f"about_{act}", reason="", details={}, at=clock.now())
    client = verified(staff("eve", "auditor"))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(AUDIT, {"act": "customer.freeze"}).content.decode()
    assert not [query for query in captured.captured_queries if "DISTINCT" in query["sql"]]
    assert ("about_customer.freeze" in page, "about_staff.added" in page) == (True, False)


def test_every_name_an_act_is_recorded_under_can_be_chosen() -> None:
    """Services that write audit records name their acts in place."""
    written = set()
    for file in [*ROOT.glob("platform/core/**/*.py"), *ROOT.glob("accounts/**/*.py"), *ROOT.glob("payments/**/*.py")]:
        source = file.read_text()
        if "from core.audit import services" in source:
            written |= set(re.findall(r'\bact="([a-z_]+\.[a-z_.]+)"|\bACT = "([a-z_]+\.[a-z_.]+)"', source))
            written |= {(f"approval.{verb}", "") for verb in re.findall(r'\bverb="([a-z]+)"', source)}
    named = {one or other for one, other in written}
    assert {"qr_code.revoke", "outbox.skip", "approval.applied", "staff.added"} <= named
    assert named - acts() == set()

"""What other rooms see of collects: the statement, closing an account, the export, the desk."""

import json

import pytest
from django.urls import reverse

from accounts.privacy import queries as privacy
from core.clock import queries as clock
from payments.collects import services
from payments.collects.closing import Collects
from tests.desk.people import staff, verified
from tests.factories import api
from tests.payments.collects.world import DAY, each, pay, share_of
from tests.payments.wallet.world import holder, open_day

pytestmark = pytest.mark.django_db
MOVEMENTS = "/v1/payments/wallet/movements"


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def test_the_statement_tells_both_sides_who_paid_what_for() -> None:
    ann, bob = holder(), holder(1_000)
    collect = each(ann, 300, bob)
    share = pay(collect, bob)
    (mine,) = api(ann).get(MOVEMENTS, headers={"Accept-Language": "zh-CN"}).json()["items"]
    theirs = api(bob).get(MOVEMENTS).json()["items"][0]
    assert (mine["kind"], mine["title"], mine["side"], mine["amount"], mine["remark"]) == ("collect_in", "群收款来自", "in", 300, "聚餐")
    assert (theirs["kind"], theirs["title"], theirs["side"], theirs["order_id"]) == (
        "collect_out",
        "Collect paid to",
        "out",
        share.public_id,
    )
    assert (mine["counterparty"]["customer_id"], theirs["counterparty"]["customer_id"]) == (bob.public_id, ann.public_id)
    for who in (ann, bob):
        for text in ("聚餐", collect.public_id, share.public_id):
            assert len(api(who).get(MOVEMENTS, {"text": text}).json()["items"]) == 1, text
    assert api(holder()).get(MOVEMENTS, {"text": "聚餐"}).json()["items"] == []


def test_an_open_collect_keeps_its_organisers_account_open_and_an_export_names_nobody_else() -> None:
    ann, bob = holder(), holder(1_000)
    collect = each(ann, 300, bob)

    def codes(who: object) -> list[str]:
        return [found.code for found in Collects().obstacles(customer_id=who.id, at=clock.now())]  # type: ignore[attr-defined]

    assert (codes(ann), codes(bob)) == (["collects_open"], [])
    told, theirs = (json.loads(json.dumps(privacy.personal_data(who.id), default=str))["collects"] for who in (ann, bob))
    assert [(row["id"], row["amount"], row["people"]) for row in told["organised"]] == [(collect.public_id, 300, 1)]
    assert [(row["collect"], row["state"]) for row in theirs["asked"]] == [(collect.public_id, "asked")]
    assert bob.public_id not in json.dumps(told) + json.dumps(theirs)
    services.close(organiser_id=ann.id, collect_id=collect.id, at=clock.now())
    assert codes(ann) == []


def test_an_operator_finds_a_collect_by_anybody_in_it_and_sees_who_paid() -> None:
    ann, bob, eve = holder(), holder(1_000), holder()
    collect = each(ann, 321, bob, eve)
    share = pay(collect, bob)
    client = verified(staff("sue", "support"))
    address = reverse("admin:payments_collect_changelist")
    for term in (collect.public_id, ann.public_id, eve.public_id, share_of(collect, eve).public_id):
        assert collect.public_id in client.get(address, {"q": term}).content.decode(), term
    assert collect.public_id not in client.get(address, {"q": holder().public_id}).content.decode()
    page = client.get(reverse("admin:payments_collect_change", args=[collect.pk])).content.decode()
    assert [text in page for text in (bob.public_id, eve.public_id, ">6.42<", ">3.21<")] == [True] * 4
    assert reverse("admin:accounts_journal_change", args=[share.pk]) in page
    panel = client.get(reverse("admin:accounts_customer_change", args=[eve.pk])).content.decode()
    assert collect.public_id in panel


def test_the_first_page_tells_of_collects_the_sweeper_left() -> None:
    ann, bob = holder(), holder()
    client = verified(staff("sue", "support"))
    words = "Collects not closed in time"
    each(ann, 5, bob)
    assert words not in client.get("/admin/").content.decode()
    each(ann, 5, bob, at=clock.now() - 31 * DAY)
    assert words in client.get("/admin/").content.decode()

"""Issuers at the desk: two people switch one, a request is asked about and tells its story, a file is fetched by hand."""

from typing import Any

import pytest
from django.urls import reverse

from core.approvals.models import Approval
from tests.desk.people import staff, verified
from tests.query_counts import queries_of
from tests.sandbox_issuer import SandboxIssuer
from tests.wealth.issuers.world import MONDAY, TUESDAY, WEDNESDAY, again, fetched, on, sent, submit
from wealth.issuers.models import Issuer, IssuerFile
from wealth.issuers.sandbox_issuer.connect import ISSUER
from wealth.issuers.services import receiving, sending, settling

pytestmark = pytest.mark.django_db(transaction=True)


def propose(state: str) -> Any:
    row = Issuer.objects.get(code=ISSUER)
    address = reverse("admin:wealth_issuer_switch", args=[row.pk])
    return verified(staff("mia", "finance_maker")).post(address, {"state": state, "reason": "The issuer asked for it."})


def decide() -> Approval:
    approval = Approval.objects.latest("id")
    verified(staff("cara", "finance_checker")).post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"})
    approval.refresh_from_db()
    return approval


def test_an_issuer_is_switched_by_two_people(connected: SandboxIssuer) -> None:
    propose("maintenance")
    assert Issuer.objects.get(code=ISSUER).state == "on"
    assert decide().state == "applied"
    assert Issuer.objects.get(code=ISSUER).state == "maintenance"


def test_a_switch_that_was_overtaken_is_not_applied(connected: SandboxIssuer) -> None:
    propose("maintenance")
    Issuer.objects.filter(code=ISSUER).update(state="off")
    assert decide().state != "applied"
    assert Issuer.objects.get(code=ISSUER).state == "off"


def test_an_operator_asks_the_issuer_and_reads_the_story(connected: SandboxIssuer) -> None:
    request = submit()
    connected.switch("hang_after", number=request.number)
    sending.send(request_id=request.id, at=on(MONDAY))
    client = verified(staff("sue", "support"))
    client.post(reverse("admin:wealth_issuerrequest_ask", args=[request.pk]), {"reason": "The customer calls."})
    assert again(request).state == "accepted"
    fetched(connected)
    shown = client.get(reverse("admin:wealth_issuerrequest_change", args=[request.pk])).content.decode()
    assert "First sent" in shown
    assert "A line of a file" in shown


def test_finance_fetches_a_file_by_hand_and_reads_its_net_money(connected: SandboxIssuer) -> None:
    request = sent()
    connected.switch("file_extra_line")
    receiving.expect(at=on(TUESDAY, 1))
    connected.now(f"{TUESDAY}T01:00:00")
    client, file = verified(staff("fay", "finance_maker")), IssuerFile.objects.get()
    client.post(reverse("admin:wealth_issuerfile_fetch", args=[file.pk]), {"reason": "It is late."})
    while settling.settle_next(file.id, on(TUESDAY)):
        """Until every line is settled."""
    settling.settle_money(file_id=file.id, at=on(TUESDAY))
    assert again(request).state == "confirmed"
    shown = client.get(reverse("admin:wealth_issuerfile_change", args=[file.pk])).content.decode()
    assert "nobody&#x27;s order" in shown
    assert "100.00" in shown


def test_lists_send_no_more_queries_for_more_rows(connected: SandboxIssuer) -> None:
    client = verified(staff("fay", "finance_maker"))
    pages = [reverse(f"admin:wealth_{name}_changelist") for name in ("issuerrequest", "issuerfile", "issuerline")]

    def lists() -> None:
        assert [client.get(page).status_code for page in pages] == [200, 200, 200]

    sent()
    fetched(connected)
    lists()
    few = len(queries_of(lists))
    for _ in range(4):
        sent(trade_on=TUESDAY, at=on(TUESDAY))
    fetched(connected, WEDNESDAY)
    assert len(queries_of(lists)) <= few

"""Requests to an issuer over HTTP: accepted, refused, unknown and found out, cancelled, each told once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.factories import plugged
from tests.sandbox_issuer import SandboxIssuer
from tests.together import together
from tests.wealth.issuers.world import MONDAY, SHARD, TUESDAY, Listener, again, fetched, items, on, sent, submit
from wealth.issuers import schedule
from wealth.issuers.models import Issuer, IssuerRequest
from wealth.issuers.outside import InsideTransaction
from wealth.issuers.refusals import IssuerOff
from wealth.issuers.sandbox_issuer.connect import ISSUER
from wealth.issuers.services import sending, telling
from wealth.issuers.sockets import ISSUER_ADAPTERS

LATER = on(MONDAY) + timedelta(minutes=5)


def known(issuer: SandboxIssuer, request: IssuerRequest) -> list[dict[str, Any]]:
    return [one for one in issuer.control("GET", "orders")["orders"] if one["number"] == request.number]


def test_an_order_that_is_taken_waits_for_its_file_and_tells_nobody(connected: SandboxIssuer, listener: Listener) -> None:
    request = sent()
    assert (request.state, request.sends, request.due_at) == ("accepted", 1, None)
    assert [one["amount_fen"] for one in known(connected, request)] == [100_00]
    assert listener.heard == []


def test_a_refusal_is_told_once_and_the_row_may_ask_again(connected: SandboxIssuer, listener: Listener) -> None:
    request = submit()
    connected.switch("reject", number=request.number, params={"code": "NO_QUOTA"})
    sending.send(request_id=request.id, at=on(MONDAY))
    sending.query(request_id=request.id, at=on(MONDAY))
    assert (again(request).state, request.code, request.refused) == ("rejected", "NO_QUOTA", True)
    assert listener.heard == [("rejected", request.id)]
    assert sent(business_id=request.business_id).state == "accepted"


@pytest.mark.parametrize(
    ("switch", "resends"), [("hang", 2), ("http_500", 2), ("hang_after", 1), ("http_500_after", 1), ("forged_answer", 1)]
)
def test_no_answer_is_unknown_until_the_issuer_says_which(connected: SandboxIssuer, switch: str, resends: int) -> None:
    request = submit()
    connected.switch(switch, number=request.number)
    sending.send(request_id=request.id, at=on(MONDAY))
    assert (again(request).state, request.due_at) == ("unknown", on(MONDAY) + schedule.QUERY_DELAYS[0])
    assert sending.resolve_due(shard=SHARD, at=LATER) == 1
    assert (again(request).state, request.sends, request.queries) == ("accepted", resends, 1)
    assert len(known(connected, request)) == 1


def test_unknown_may_turn_out_refused(connected: SandboxIssuer, listener: Listener) -> None:
    request = submit()
    connected.switch("reject", number=request.number)
    connected.switch("hang_after", number=request.number)
    sending.send(request_id=request.id, at=on(MONDAY))
    assert (again(request).state, listener.heard) == ("unknown", [])
    sending.resolve_due(shard=SHARD, at=LATER)
    assert (again(request).state, request.code) == ("rejected", "PRODUCT_CLOSED")
    assert listener.heard == [("rejected", request.id)]


def test_what_stays_unknown_becomes_an_operators_and_is_still_asked_about(connected: SandboxIssuer) -> None:
    request = submit()
    connected.switch("hang_after", number=request.number)
    connected.switch("http_500", operation="query", number=request.number, times=0)
    sending.send(request_id=request.id, at=on(MONDAY))
    for _ in schedule.QUERY_DELAYS:
        assert items() == []
        again(request)
        sending.resolve_due(shard=SHARD, at=request.due_at or LATER)
    assert items() == ["issuer_request.unknown"]
    connected.switches_off()
    sending.resolve_due(shard=SHARD, at=again(request).due_at or LATER)
    assert (again(request).state, items()) == ("accepted", [])


def test_what_never_arrives_leaves_again_and_becomes_an_operators(connected: SandboxIssuer, settings: Any) -> None:
    there, settings.SANDBOX_ISSUER_URL = settings.SANDBOX_ISSUER_URL, "http://127.0.0.1:9"
    request = submit()
    at = on(MONDAY)
    for _ in schedule.QUERY_DELAYS:
        assert items() == []
        assert sending.resolve_due(shard=SHARD, at=at) == 1
        assert again(request).state == "created"
        at = request.due_at or at
    assert items() == ["issuer_request.unsent"]
    settings.SANDBOX_ISSUER_URL = there
    sending.resolve_due(shard=SHARD, at=at)
    assert (again(request).state, items()) == ("accepted", [])


def test_a_cancel_ends_its_original_and_one_that_comes_too_late_is_refused(connected: SandboxIssuer, listener: Listener) -> None:
    first, late = sent(), sent()
    cancel = sent("cancel", original_id=first.id)
    assert (cancel.state, again(first).state) == ("confirmed", "cancelled")
    fetched(connected)
    refused = sent("cancel", original_id=late.id, at=on(TUESDAY))
    assert (refused.state, refused.code, again(late).state) == ("rejected", "TOO_LATE", "confirmed")
    assert listener.heard == [("confirmed", cancel.id), ("confirmed", late.id), ("rejected", refused.id)]


def test_a_cancel_that_overtakes_its_original_stops_it(connected: SandboxIssuer) -> None:
    original = submit()
    cancel = sent("cancel", original_id=original.id)
    assert (cancel.state, again(original).state) == ("confirmed", "cancelled")
    assert sending.resolve_due(shard=SHARD, at=LATER) == 0
    assert known(connected, original) == []


def test_an_issuer_that_is_off_takes_nothing_new_and_one_under_maintenance_waits(connected: SandboxIssuer) -> None:
    request = submit()
    Issuer.objects.filter(code=ISSUER).update(state="maintenance")
    waits = submit()
    sending.resolve_due(shard=SHARD, at=LATER)
    assert (again(request).state, again(waits).state) == ("created", "created")
    Issuer.objects.filter(code=ISSUER).update(state="off")
    with pytest.raises(IssuerOff):
        submit()
    sending.resolve_due(shard=SHARD, at=LATER + schedule.MAINTENANCE_WAIT)
    assert (again(request).state, again(waits).state) == ("accepted", "accepted")


def test_what_the_room_refuses_now_is_told_again(connected: SandboxIssuer, listener: Listener) -> None:
    request = submit()
    connected.switch("reject", number=request.number)
    listener.refuses = 1
    sending.send(request_id=request.id, at=on(MONDAY))
    assert (again(request).state, request.owed, listener.heard, items()) == ("rejected", "rejected", [], ["issuer_request.untold"])
    assert telling.tell_due(shard=SHARD, at=on(MONDAY)) == 0
    assert telling.tell_due(shard=SHARD, at=LATER) == 1
    assert telling.tell_due(shard=SHARD, at=LATER) == 0
    assert (again(request).owed, listener.heard, items()) == ("", [("rejected", request.id)], [])


def test_many_sweepers_send_each_request_once(connected: SandboxIssuer) -> None:
    requests = [submit() for _ in range(6)]
    together(lambda _number: sending.resolve_due(shard=SHARD, at=on(MONDAY)), 4)
    assert {again(request).state for request in requests} == {"accepted"}
    assert {request.sends for request in requests} == {1}


def test_threads_that_ask_about_one_request_tell_its_end_once(connected: SandboxIssuer, listener: Listener) -> None:
    request = submit()
    connected.switch("reject", number=request.number)
    connected.switch("hang_after", number=request.number)
    sending.send(request_id=request.id, at=on(MONDAY))
    together(lambda _number: sending.query(request_id=request.id, at=LATER), 6)
    assert listener.heard == [("rejected", request.id)]


def test_no_call_is_made_inside_a_transaction(connected: SandboxIssuer) -> None:
    request = submit()
    with pytest.raises(InsideTransaction), transaction.atomic():
        sending.send(request_id=request.id, at=on(MONDAY))
    assert again(request).state == "created"


def test_an_answer_against_the_end_changes_nothing_and_asks_an_operator(connected: SandboxIssuer, listener: Listener) -> None:
    class Denies:
        def open(self, *, issuer: str) -> Any:
            raise AssertionError("not called")

    request = sent()
    fetched(connected)
    with plugged(ISSUER_ADAPTERS, Denies(), "sandbox_issuer"):
        assert sending.query(request_id=request.id, at=LATER).state == "confirmed"
    late = sent("cancel", original_id=request.id, at=on(TUESDAY))
    assert late.state == "rejected"
    assert listener.heard == [("confirmed", request.id), ("rejected", late.id)]

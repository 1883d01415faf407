"""A day's file: each line ends its request once, what does not fit is an operator's, and the net money is booked."""

import uuid
from typing import Any

import pytest

from tests.ledger_proof import behind_its_back, found_of
from tests.sandbox_issuer import SandboxIssuer
from tests.together import together
from tests.wealth.issuers.world import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    Listener,
    again,
    at_issuer,
    fetched,
    items,
    on,
    receive,
    sent,
    submit,
)
from wealth.issuers.models import IssuerFile, IssuerLine, IssuerSettlement
from wealth.issuers.services import receiving, sending, settling


def lines(file: IssuerFile) -> list[tuple[str, str]]:
    return list(IssuerLine.objects.filter(file=file).order_by("place").values_list("state", "broken"))


def test_a_file_confirms_and_refuses_and_the_days_net_money_is_booked(connected: SandboxIssuer, listener: Listener) -> None:
    product = uuid.uuid4()
    bought, sold = sent(fen=300_00, product=product), sent("redeem", 120_00, product=product)
    refused = submit(product=product)
    connected.switch("reject_in_file", number=refused.number)
    sending.send(request_id=refused.id, at=on(MONDAY))
    file = fetched(connected)
    assert (file.state, file.lines, file.subscribed_fen, file.redeemed_fen) == ("settled", 3, 300_00, 120_00)
    assert [(again(one).state, one.confirmed_fen, one.confirmed_units_fen) for one in (bought, sold, refused)] == [
        ("confirmed", 300_00, 300_00), ("confirmed", 120_00, 120_00), ("rejected", None, None),
    ]  # fmt: skip
    assert (bought.confirmed_on, refused.code, bought.nav) == (TUESDAY, "QUOTA_USED_UP", 1)
    assert sorted(listener.heard) == sorted([("confirmed", bought.id), ("confirmed", sold.id), ("rejected", refused.id)])
    settlement = IssuerSettlement.objects.get()
    assert (settlement.net_fen, settlement.requests, settlement.product_id) == (180_00, 2, product)
    assert at_issuer(product) == 180_00
    assert items() == []


def test_more_redeemed_than_bought_comes_back_from_the_issuer(connected: SandboxIssuer) -> None:
    product = uuid.uuid4()
    sent(fen=50_00, product=product)
    sent("redeem", 80_00, product=product)
    fetched(connected)
    assert at_issuer(product) == -30_00


def test_a_fee_stays_with_us_and_equal_money_both_ways_books_nothing(connected: SandboxIssuer) -> None:
    connected.control("PUT", "products/FEE02", {"fee_bp": 15})
    product, even = uuid.uuid4(), uuid.uuid4()
    request = sent(fen=1_000_00, product=product, product_code="FEE02")
    sent(fen=10_00, product=even)
    sent("redeem", 10_00, product=even)
    fetched(connected)
    assert (again(request).confirmed_fen, request.confirmed_units_fen, request.fee_fen) == (1_000_00, 998_50, 1_50)
    assert (at_issuer(product), at_issuer(even)) == (998_50, 0)
    assert IssuerSettlement.objects.get(product_id=even).journal_id is None


def test_a_repeated_line_and_a_file_received_again_settle_nothing_twice(connected: SandboxIssuer, listener: Listener) -> None:
    product = uuid.uuid4()
    request = sent(product=product)
    connected.switch("file_repeated_line")
    file = fetched(connected)
    assert lines(file) == [("settled", ""), ("repeated", "")]
    fetched(connected, hour=2)
    assert receiving.expect(at=on(TUESDAY, 3)) == 0
    assert listener.heard == [("confirmed", request.id)]
    assert at_issuer(product) == 100_00


def test_a_line_of_nobodys_order_is_an_operators_and_the_others_are_settled(connected: SandboxIssuer) -> None:
    request = sent()
    connected.switch("file_extra_line")
    file = fetched(connected)
    assert lines(file) == [("settled", ""), ("broken", "unknown_number")]
    assert (again(request).state, items(), file.state) == ("confirmed", ["issuer_line.broken"], "settled")


def test_another_amount_confirms_nothing_and_is_an_operators(connected: SandboxIssuer, listener: Listener) -> None:
    product = uuid.uuid4()
    request = sent(product=product)
    connected.switch("file_wrong_amount")
    file = fetched(connected)
    assert lines(file) == [("broken", "amount")]
    assert (again(request).state, listener.heard, at_issuer(product)) == ("accepted", [], 0)
    assert items() == ["issuer_line.broken", "issuer_request.unconfirmed"]


@pytest.mark.parametrize(
    ("switch", "code"), [("file_wrong_sum", "sums"), ("file_wrong_count", "count"), ("file_bad_signature", "signature")]
)
def test_a_file_that_cannot_be_believed_is_an_operators_and_fetched_again(connected: SandboxIssuer, switch: str, code: str) -> None:
    request = sent()
    connected.switch(switch)
    file = fetched(connected)
    assert (file.state, file.code, file.lines, items()) == ("waiting", f"broken_{code}", 0, ["issuer_file.waiting"])
    assert again(request).state == "accepted"
    assert fetched(connected, hour=2).state == "settled"
    assert (again(request).state, items()) == ("confirmed", [])


def test_a_missing_file_waits_and_alarms_from_nine(connected: SandboxIssuer) -> None:
    sent()
    connected.switch("file_missing", times=0)
    assert (fetched(connected, hour=1).code, items()) == ("not_ready", [])
    assert (fetched(connected, hour=9).state, items()) == ("waiting", ["issuer_file.waiting"])
    connected.switches_off()
    assert (fetched(connected, hour=10).state, items()) == ("settled", [])


def test_a_late_file_comes_the_next_day_and_is_the_day_it_says(connected: SandboxIssuer) -> None:
    request = sent()
    connected.switch("file_late", day=TUESDAY.isoformat(), times=0)
    fetched(connected, hour=1)
    fetched(connected, WEDNESDAY)
    assert IssuerFile.objects.get(day=TUESDAY).state == "settled"
    assert again(request).confirmed_on == TUESDAY


def test_an_order_the_issuer_took_after_its_file_is_confirmed_by_the_next_one(connected: SandboxIssuer) -> None:
    sent()
    fetched(connected)
    late = sent()
    assert fetched(connected, WEDNESDAY).state == "settled"
    assert again(late).confirmed_on == WEDNESDAY


def test_an_unknown_request_is_confirmed_by_the_file_too(connected: SandboxIssuer, listener: Listener) -> None:
    request = submit()
    connected.switch("hang_after", number=request.number)
    sending.send(request_id=request.id, at=on(MONDAY))
    fetched(connected)
    assert (again(request).state, listener.heard) == ("confirmed", [("confirmed", request.id)])


def test_two_workers_at_one_file_settle_each_line_once(connected: SandboxIssuer, listener: Listener) -> None:
    product = uuid.uuid4()
    requests = [sent(fen=1_00, product=product) for _ in range(6)]
    connected.now(f"{TUESDAY}T01:00:00")
    together(lambda _number: receive(), 3)
    file = IssuerFile.objects.get()

    def settle(_number: int) -> Any:
        while settling.settle_next(file.id, on(TUESDAY)):
            """Until no line is left that another has not."""
        return settling.settle_money(file_id=file.id, at=on(TUESDAY))

    done = together(settle, 4)
    settling.settle_money(file_id=file.id, at=on(TUESDAY))
    assert all(isinstance(one, bool) for one in done)
    assert sorted(listener.heard) == sorted(("confirmed", request.id) for request in requests)
    assert at_issuer(product) == 6_00
    assert IssuerSettlement.objects.count() == 1


def test_what_the_room_refuses_is_owed_and_the_file_is_settled_all_the_same(connected: SandboxIssuer, listener: Listener) -> None:
    request = sent()
    listener.refuses = 1
    assert fetched(connected).state == "settled"
    assert (again(request).state, request.owed, items()) == ("confirmed", "confirmed", ["issuer_request.untold"])


def test_the_check_finds_a_settlement_that_its_requests_deny(connected: SandboxIssuer) -> None:
    request = sent()
    fetched(connected)
    settlement = IssuerSettlement.objects.get()
    behind_its_back("UPDATE wealth_issuerrequest SET fee_fen = 1 WHERE id = %s", request.id)
    assert found_of("issuer") == [("issuer.settlement", settlement.public_id)]
    behind_its_back("UPDATE wealth_issuerrequest SET fee_fen = 0, settlement_id = NULL WHERE id = %s", request.id)
    assert ("issuer.left_out", request.public_id) in found_of("issuer")
    behind_its_back("UPDATE wealth_issuerrequest SET settlement_id = %s WHERE id = %s", settlement.id, request.id)

"""The sandbox issuer over HTTP: orders by number, the day's file, quotes, and every switch."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature

from tests.sandbox_bank import free_port
from tests.sandbox_issuer import Party, SandboxIssuer, sandbox_issuer

__all__ = ["sandbox_issuer"]
MONDAY, TUESDAY, WEDNESDAY = "2026-03-02", "2026-03-03", "2026-03-04"


@pytest.fixture
def party(sandbox_issuer: SandboxIssuer) -> Iterator[Party]:
    """A party, on a Monday morning, no switch on."""
    sandbox_issuer.switches_off()
    sandbox_issuer.now(f"{MONDAY}T09:00:00")
    yield sandbox_issuer.party()
    sandbox_issuer.switches_off()


def subscribe(party: Party, number: str, fen: int = 100_00, **content: Any) -> httpx.Response:
    return party.order("subscribe", number=number, product="BYCASH01", amount_fen=fen, trade_on=MONDAY, **content)


def test_the_same_number_is_the_same_order_and_another_content_is_refused(party: Party) -> None:
    first, again, other = subscribe(party, "A1"), subscribe(party, "A1"), subscribe(party, "A1", 99)
    assert first.json() == again.json()
    assert (first.json()["status"], first.json()["confirm_on"]) == ("taken", TUESDAY)
    assert (other.status_code, other.json()["code"]) == (409, "REQUEST_NO_REUSED")


def test_a_friday_is_confirmed_on_monday_and_a_holiday_is_no_trading_day(party: Party) -> None:
    friday = party.order("redeem", number="F1", product="BYCASH01", units_fen=5, trade_on="2026-03-06")
    eve = party.order("redeem", number="F2", product="BYCASH01", units_fen=5, trade_on="2024-02-08")
    assert friday.json()["confirm_on"] == "2026-03-09"
    assert eve.json()["confirm_on"] == "2024-02-19"


def test_unsigned_stale_and_repeated_requests_are_refused(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    bare = sandbox_issuer.http.post(f"{sandbox_issuer.base_url}/v1/orders/subscribe", json={})
    assert (bare.status_code, bare.json()["code"]) == (401, "SIGNATURE_MISSING")
    assert party.call("GET", "/v1/orders/x", **{"Issuer-Timestamp": "1000000000"}).json()["code"] == "TIMESTAMP_OUT_OF_RANGE"
    assert party.call("GET", "/v1/orders/x", **{"Issuer-Nonce": "a-nonce-not-signed"}).json()["code"] == "SIGNATURE_INVALID"


def test_a_cancelled_order_is_in_no_file_and_one_that_never_came_is_refused_when_it_does(
    sandbox_issuer: SandboxIssuer, party: Party
) -> None:
    subscribe(party, "C1")
    assert party.order("cancel", number="X1", original="C1").json()["status"] == "taken"
    assert party.order("cancel", number="X2", original="C2").json()["status"] == "taken"
    late = subscribe(party, "C2").json()
    assert (late["status"], late["code"]) == ("rejected", "CANCELLED")
    subscribe(party, "C3")
    sandbox_issuer.now(f"{TUESDAY}T01:00:00")
    head, lines = party.file(TUESDAY)
    assert [line["number"] for line in lines] == ["C3"]
    assert party.order("cancel", number="X3", original="C3").json()["code"] == "TOO_LATE"
    assert head["count"] == 1


def test_a_days_file_is_signed_summed_and_stays_what_it_was(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    sandbox_issuer.control("PUT", "products/FEE01", {"fee_bp": 15})
    subscribe(party, "D1", 10_000_00)
    party.order("subscribe", number="D2", product="FEE01", amount_fen=1_000_00, trade_on=MONDAY)
    party.order("redeem", number="D3", product="BYCASH01", units_fen=2_000_00, trade_on=MONDAY)
    assert party.call("GET", f"/v1/files/{TUESDAY}").json()["code"] == "FILE_NOT_READY"
    sandbox_issuer.now(f"{TUESDAY}T00:00:10")
    head, lines = party.file(TUESDAY)
    assert head == {
        "party": party.name, "day": TUESDAY, "count": 3, "subscribed_fen": 11_000_00, "redeemed_fen": 2_000_00, "fee_fen": 1_50,
    }  # fmt: skip
    assert [(line["number"], line["amount_fen"], line["units_fen"], line["fee_fen"]) for line in lines] == [
        ("D1", 10_000_00, 10_000_00, 0), ("D2", 1_000_00, 998_50, 1_50), ("D3", 2_000_00, 2_000_00, 0),
    ]  # fmt: skip
    assert subscribe(party, "D4").json()["confirm_on"] == WEDNESDAY
    assert party.file(TUESDAY) == (head, lines)


def test_a_hang_before_takes_nothing_and_one_after_took_it(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    for switch, number, status in (("hang", "H1", 404), ("hang_after", "H2", 200)):
        sandbox_issuer.switch(switch, number=number)
        with pytest.raises(httpx.RemoteProtocolError):
            subscribe(party, number)
        assert party.call("GET", f"/v1/orders/{number}").status_code == status


def test_a_500_before_takes_nothing_and_one_after_took_it(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    for switch, number, status in (("http_500", "E1", 404), ("http_500_after", "E2", 200)):
        sandbox_issuer.switch(switch, number=number)
        assert subscribe(party, number).status_code == 500
        assert party.call("GET", f"/v1/orders/{number}").status_code == status


def test_an_order_is_refused_at_once_or_in_the_file(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    sandbox_issuer.switch("reject", number="R1", params={"code": "NO_QUOTA"})
    sandbox_issuer.switch("reject_in_file", number="R2")
    assert (subscribe(party, "R1").json()["status"], subscribe(party, "R1").json()["code"]) == ("rejected", "NO_QUOTA")
    assert (subscribe(party, "R2").json()["status"], subscribe(party, "R2").json()["code"]) == ("taken", "")
    sandbox_issuer.now(f"{TUESDAY}T01:00:00")
    head, lines = party.file(TUESDAY)
    assert [(line["number"], line["status"], line["code"], line["amount_fen"]) for line in lines] == [
        ("R2", "rejected", "QUOTA_USED_UP", 0)
    ]
    assert head["subscribed_fen"] == 0


def test_a_forged_answer_does_not_verify(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    sandbox_issuer.switch("forged_answer", number="G1")
    with pytest.raises(InvalidSignature):
        subscribe(party, "G1")


@pytest.mark.parametrize(
    ("switch", "count", "subscribed", "lines"),
    [
        ("file_wrong_sum", 1, 100_01, 1),
        ("file_wrong_count", 2, 100_00, 1),
        ("file_extra_line", 2, 101_00, 2),
        ("file_wrong_amount", 1, 100_01, 1),
        ("file_repeated_line", 2, 200_00, 2),
    ],
)
def test_a_wrong_file_is_wrong_once(
    sandbox_issuer: SandboxIssuer, party: Party, switch: str, count: int, subscribed: int, lines: int
) -> None:
    subscribe(party, "W1")
    sandbox_issuer.now(f"{TUESDAY}T01:00:00")
    sandbox_issuer.switch(switch, party=party.name)
    head, found = party.file(TUESDAY)
    assert (head["count"], head["subscribed_fen"], len(found)) == (count, subscribed, lines)
    head, found = party.file(TUESDAY)
    assert (head["count"], head["subscribed_fen"], len(found)) == (1, 100_00, 1)


def test_a_file_may_be_missing_late_or_signed_over_something_else(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    subscribe(party, "L1")
    sandbox_issuer.now(f"{TUESDAY}T01:00:00")
    sandbox_issuer.switch("file_missing", party=party.name)
    assert party.call("GET", f"/v1/files/{TUESDAY}").json()["code"] == "FILE_NOT_READY"
    sandbox_issuer.switch("file_bad_signature", party=party.name)
    with pytest.raises(InvalidSignature):
        party.file(TUESDAY)
    sandbox_issuer.switch("file_late", party=party.name, times=0)
    assert party.call("GET", f"/v1/files/{TUESDAY}").json()["code"] == "FILE_NOT_READY"
    sandbox_issuer.now(f"{WEDNESDAY}T01:00:00")
    assert party.file(TUESDAY)[0]["count"] == 1


def quotes(party: Party, first: str, last: str, product: str = "BYCASH01") -> list[tuple[str, str, int]]:
    found = party.call("GET", f"/v1/quotes?first={first}&last={last}").json()["quotes"]
    return [(one["day"], one["income_per_10k"], one["revision"]) for one in found if one["product"] == product]


def test_every_natural_day_that_is_over_has_its_quote_and_a_revision_follows(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    found = quotes(party, "2026-02-27", MONDAY)
    assert [day for day, _income, _revision in found] == ["2026-02-27", "2026-02-28", "2026-03-01"]
    assert all(0.55 < float(income) < 0.70 and revision == 1 for _day, income, revision in found)
    assert quotes(party, "2026-02-27", MONDAY) == found
    sandbox_issuer.control("POST", "quotes", {"product": "BYCASH01", "day": "2026-02-28", "income_per_10k": "-0.0123"})
    assert quotes(party, "2026-02-28", "2026-02-28") == [("2026-02-28", "-0.0123", 2)]


def test_a_quote_may_be_missing_or_a_day_late(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    sandbox_issuer.switch("quote_missing", party=party.name, day="2026-02-27")
    assert quotes(party, "2026-02-27", "2026-02-27", "BYCASH01") == []
    sandbox_issuer.switches_off()
    sandbox_issuer.switch("quote_late", party=party.name, day="2026-03-01", times=0)
    assert quotes(party, "2026-03-01", "2026-03-01") == []
    sandbox_issuer.now(f"{TUESDAY}T01:00:00")
    assert len(quotes(party, "2026-03-01", "2026-03-01")) == 1


def test_the_page_says_what_it_makes_and_which_switches_are_on(sandbox_issuer: SandboxIssuer, party: Party) -> None:
    subscribe(party, "P1")
    sandbox_issuer.switch("quote_late", day="2026-03-01")
    text = sandbox_issuer.http.get(f"{sandbox_issuer.base_url}/").text
    assert "BYCASH01" in text
    assert "P1" in text
    assert "until" in text


def test_other_hosts_and_foreign_pages_are_refused(sandbox_issuer: SandboxIssuer) -> None:
    foreign = sandbox_issuer.http.get(f"{sandbox_issuer.base_url}/control/clock", headers={"Host": "evil.example"})
    assert foreign.status_code == 403
    plain = sandbox_issuer.http.post(f"{sandbox_issuer.base_url}/control/switches", content=b"{}", headers={"Content-Type": "text/plain"})
    assert plain.status_code == 400


def test_what_it_answered_survives_a_kill(tmp_path: Path) -> None:
    issuer = SandboxIssuer(tmp_path / "issuer", free_port())
    issuer.start()
    try:
        party = issuer.party()
        told = subscribe(party, "K1").json()
        issuer.kill()
        issuer.start()
        assert party.call("GET", "/v1/orders/K1").json() == told
    finally:
        issuer.kill()

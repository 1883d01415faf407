"""Statements: their arithmetic by number on every day, and each way they can be wrong."""

import base64
import csv
import hashlib
import io
from dataclasses import dataclass
from typing import Any

import pytest
from defusedxml import ElementTree

from tests.sandbox.conftest import Bound
from tests.sandbox_bank import BankClient, SandboxBank

NAMESPACES = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}


@dataclass(frozen=True)
class Sheet:
    """A statement in CSV: its lines and its summary, as dictionaries of text."""

    lines: list[dict[str, str]]
    summary: dict[str, str]

    def column(self, name: str) -> list[str]:
        return [line[name] for line in self.lines]


def fetch(client: BankClient, day: str, kind: str = "payments", form: str = "csv") -> bytes:
    answer = client.call("GET", f"/v1/statements?date={day}&kind={kind}&format={form}")
    assert answer.status_code == 200, answer.text
    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["Digest"] == f"sha-256={digest}"
    return answer.content


def sheet(client: BankClient, day: str, kind: str = "payments") -> Sheet:
    rows = list(csv.reader(io.StringIO(fetch(client, day, kind).decode())))
    columns, *lines, names, figures = rows
    assert (columns[0], names[0], figures[0]) == ("record", "SUMMARY_COLUMNS", "SUMMARY")
    return Sheet([dict(zip(columns, line, strict=True)) for line in lines], dict(zip(names[1:], figures[1:], strict=True)))


def busy_day(bank: SandboxBank, bound: Bound) -> tuple[str, dict[str, str]]:
    """A payment of 100.00, a refund of 25.00, a refused payment, a payout of 600.00 that comes back, one of 7.00; the day, the numbers."""
    client = bound.client
    paid = client.pay(bound.agreement_no, 100_00)["request_no"]
    refunded = client.refund(paid, 25_00)["request_no"]
    client.pay(bound.agreement_no, 99_999_99)
    returned = client.payout(bound.agreement_no, 600_00)["request_no"]
    bank.return_payout(client.merchant, returned)
    kept = client.payout(bound.agreement_no, 7_00)["request_no"]
    return bank.next_day(), {"paid": paid, "refunded": refunded, "returned": returned, "kept": kept}


def test_the_payments_of_a_day_by_number(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, no = busy_day(sandbox_bank, bound)
    found = sheet(bound.client, day)
    assert [(line["kind"], line["request_no"], line["original_request_no"], line["amount_fen"], line["fee_fen"], line["status"])
            for line in found.lines] == [
        ("payment", no["paid"], "", "10000", "20", "SUCCESS"),
        ("refund", no["refunded"], no["paid"], "2500", "0", "SUCCESS"),
        ("payout", no["returned"], "", "60000", "0", "SUCCESS"),
        ("payout_return", no["returned"], no["returned"], "60000", "0", "RETURNED"),
        ("payout", no["kept"], "", "700", "0", "SUCCESS"),
    ]  # fmt: skip
    assert found.summary == {
        "lines": "5", "payment_count": "1", "payment_fen": "10000", "refund_count": "1", "refund_fen": "2500", "payout_count": "2",
        "payout_fen": "60700", "payout_return_count": "1", "payout_return_fen": "60000", "fee_fen": "20", "net_fen": "7480",
    }  # fmt: skip
    assert set(found.column("last4")) == {bound.card[-4:]}


def test_the_account_of_a_day_by_number(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, _ = busy_day(sandbox_bank, bound)
    found = sheet(bound.client, day, "account")
    assert [(line["kind"], line["direction"], line["amount_fen"], line["balance_fen"], line["bank_transaction_code"])
            for line in found.lines] == [
        ("payout", "DBIT", "60000", "-60000", "PMNT/ICDT/DMCT"),
        ("payout_return", "CRDT", "60000", "0", "PMNT/ICDT/RRTN"),
        ("payout", "DBIT", "700", "-700", "PMNT/ICDT/DMCT"),
        ("settlement_payments", "CRDT", "10000", "9300", "PMNT/MCRD/POSP"),
        ("settlement_refunds", "DBIT", "2500", "6800", "PMNT/MCRD/DAJT"),
        ("fee", "DBIT", "20", "6780", "PMNT/MCRD/CHRG"),
    ]  # fmt: skip
    assert found.summary == {
        "entries": "6", "opening_fen": "0", "credit_count": "2", "credit_fen": "70000", "debit_count": "4", "debit_fen": "63220",
        "closing_fen": "6780",
    }  # fmt: skip
    assert sandbox_bank.control("GET", f"merchants/{bound.client.merchant}")["balance_fen"] == 67_80


def test_one_payment_of_100_00_at_60_basis_points_closes_at_99_40(sandbox_bank: SandboxBank) -> None:
    client = sandbox_bank.client(fee_bp=60)
    client.pay(client.bind(sandbox_bank.people(1)[0]), 100_00)
    found = sheet(client, sandbox_bank.next_day(), "account")
    assert [(line["bank_transaction_code"], line["amount_fen"]) for line in found.lines] == [
        ("PMNT/MCRD/POSP", "10000"), ("PMNT/MCRD/CHRG", "60"),
    ]  # fmt: skip
    assert found.summary["closing_fen"] == "9940"


def test_camt053_says_the_same_as_the_csv(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, no = busy_day(sandbox_bank, bound)
    statement = ElementTree.fromstring(fetch(bound.client, day, "account", "camt053")).find("c:BkToCstmrStmt/c:Stmt", NAMESPACES)

    def texts(node: Any, path: str) -> list[str]:
        return [found.text for found in node.findall("/".join(f"c:{name}" for name in path.split("/")), NAMESPACES)]

    assert texts(statement, "Bal/Tp/CdOrPrtry/Cd") == ["OPBD", "CLBD"]
    assert texts(statement, "Bal/Amt") == ["0.00", "67.80"]
    assert texts(statement, "Bal/CdtDbtInd") == ["CRDT", "CRDT"]
    assert texts(statement, "Bal/Dt/Dt") == [day, day]
    assert texts(statement, "Ntry/Amt") == ["600.00", "600.00", "7.00", "100.00", "25.00", "0.20"]
    assert texts(statement, "Ntry/CdtDbtInd") == ["DBIT", "CRDT", "DBIT", "CRDT", "DBIT", "DBIT"]
    assert texts(statement, "Ntry/BkTxCd/Domn/Fmly/SubFmlyCd") == ["DMCT", "RRTN", "DMCT", "POSP", "DAJT", "CHRG"]
    assert texts(statement, "Ntry/BkTxCd/Prtry/Cd") == [
        "PAYOUT", "PAYOUT_RETURN", "PAYOUT", "SETTLEMENT_PAYMENTS", "SETTLEMENT_REFUNDS", "FEE",
    ]  # fmt: skip
    assert texts(statement, "Ntry/NtryDtls/TxDtls/Refs/EndToEndId") == [no["returned"], no["returned"], no["kept"], *["NOTPROVIDED"] * 3]
    assert texts(statement, "Ntry/NtryDtls/TxDtls/RmtInf/Ustrd") == [no["returned"], no["returned"], no["kept"]]
    assert texts(statement, "TxsSummry/TtlNtries/NbOfNtries") == ["6"]
    assert texts(statement, "TxsSummry/TtlCdtNtries/Sum") + texts(statement, "TxsSummry/TtlDbtNtries/Sum") == ["700.00", "632.20"]
    references = [entry["entry_ref"] for entry in sheet(bound.client, day, "account").lines]
    assert texts(statement, "Ntry/NtryRef") == references


def test_a_negative_balance_is_a_debit_in_camt053(sandbox_bank: SandboxBank, bound: Bound) -> None:
    bound.client.payout(bound.agreement_no, 5_00)
    body = fetch(bound.client, sandbox_bank.next_day(), "account", "camt053").decode()
    assert '<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>' in body


def test_money_from_somewhere_else_comes_in_once_for_each_reference(sandbox_bank: SandboxBank, bound: Bound) -> None:
    for reference, amount_fen in (("W1", 60_00), ("W1", 60_00), ("W2", 2_00)):
        body = {"amount_fen": amount_fen, "reference": reference}
        told = sandbox_bank.control("POST", f"merchants/{bound.client.merchant}/transfers", body)
        assert (told["reference"], told["kind"], told["amount_fen"]) == (reference, "credit_transfer", amount_fen)
    found = sheet(bound.client, sandbox_bank.next_day(), "account")
    assert [(line["kind"], line["bank_transaction_code"], line["direction"], line["request_no"]) for line in found.lines] == [
        ("credit_transfer", "PMNT/RCDT/DMCT", "CRDT", "W1"), ("credit_transfer", "PMNT/RCDT/DMCT", "CRDT", "W2"),
    ]  # fmt: skip
    assert (found.summary["opening_fen"], found.summary["closing_fen"]) == ("0", "6200")
    assert sandbox_bank.control("GET", "check")["ok"]


def test_opening_plus_entries_is_closing_on_every_day_and_days_join(sandbox_bank: SandboxBank, bound: Bound) -> None:
    days, closing = [], 0
    for step in range(6):
        if step != 3:
            paid = bound.client.pay(bound.agreement_no, 10_00 + step)["request_no"]
            bound.client.refund(paid, 1_00)
        if step % 2:
            bound.client.payout(bound.agreement_no, 2_50)
        days.append(sandbox_bank.next_day())
    for day in days:
        account, payments = sheet(bound.client, day, "account"), sheet(bound.client, day)
        figures = {name: int(text) for name, text in account.summary.items()}
        assert figures["opening_fen"] == closing
        closing = figures["opening_fen"] + figures["credit_fen"] - figures["debit_fen"]
        assert figures["closing_fen"] == closing
        moved = int(payments.summary["net_fen"]) - int(payments.summary["payout_fen"]) + int(payments.summary["payout_return_fen"])
        assert closing - figures["opening_fen"] == moved
    assert sandbox_bank.control("GET", f"merchants/{bound.client.merchant}")["balance_fen"] == closing


def test_a_payout_returned_the_next_day_is_a_line_of_that_day(sandbox_bank: SandboxBank, bound: Bound) -> None:
    number = bound.client.payout(bound.agreement_no, 5_00)["request_no"]
    first = sandbox_bank.next_day()
    before = fetch(bound.client, first)
    sandbox_bank.return_payout(bound.client.merchant, number)
    second = sandbox_bank.next_day()
    assert fetch(bound.client, first) == before
    assert [(line["kind"], line["status"]) for line in sheet(bound.client, second).lines] == [("payout_return", "RETURNED")]
    assert sheet(bound.client, first).column("status") == ["SUCCESS"]


def test_the_day_turns_at_midnight_in_shanghai(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day = sandbox_bank.next_day()
    today = sandbox_bank.clock()["business_date"]
    assert today > day
    sandbox_bank.clock(now=f"{today}T23:50:00+08:00")
    late = bound.client.pay(bound.agreement_no, 1_00)
    answer = bound.client.call("GET", f"/v1/statements?date={today}&kind=payments&format=csv")
    assert (answer.status_code, answer.json()["code"]) == (409, "STATEMENT_NOT_READY")
    sandbox_bank.clock(offset_seconds=sandbox_bank.clock()["offset_seconds"] + 15 * 60)
    early = bound.client.pay(bound.agreement_no, 1_00)
    assert (late["booked_on"] == today, early["booked_on"] > today) == (True, True)
    assert sheet(bound.client, today).column("request_no") == [late["request_no"]]


def test_an_empty_day_is_an_empty_statement(sandbox_bank: SandboxBank, client: BankClient) -> None:
    found = sheet(client, sandbox_bank.next_day(), "account")
    assert (found.lines, found.summary["opening_fen"], found.summary["closing_fen"]) == ([], "0", "0")


@pytest.mark.parametrize(("query", "field"), [
    ("kind=payments&format=csv", "date"), ("date=2026-02-30&kind=payments&format=csv", "date"),
    ("date=2026-01-01&kind=x&format=csv", "kind"),
    ("date=2026-01-01&kind=payments&format=camt053", "format"), ("date=2026-01-01&kind=payments&format=csv&page=2", "page"),
    ("date=0001-01-01&kind=payments&format=csv", "date"),
])  # fmt: skip
def test_a_malformed_request_for_a_statement_is_refused_by_field(client: BankClient, query: str, field: str) -> None:
    answer = client.call("GET", f"/v1/statements?{query}")
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def ten_payments(bank: SandboxBank, bound: Bound) -> tuple[str, list[str]]:
    numbers = [bound.client.pay(bound.agreement_no, 1_00)["request_no"] for _ in range(10)]
    return bank.next_day(), numbers


def test_missing_lines_are_missing_from_lines_and_totals(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, numbers = ten_payments(sandbox_bank, bound)
    sandbox_bank.fault("missing_line", params={"count": 2, "date": day})
    found = sheet(bound.client, day)
    assert [number for number in numbers if number not in found.column("request_no")] == [numbers[0], numbers[5]]
    assert (found.summary["lines"], found.summary["payment_fen"]) == ("8", "800")
    assert fetch(bound.client, day) == fetch(bound.client, day)


def test_a_fault_hits_one_order_and_one_day(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, numbers = ten_payments(sandbox_bank, bound)
    sandbox_bank.fault("missing_line", request_no=numbers[7])
    assert sheet(bound.client, day).column("request_no") == numbers[:7] + numbers[8:]
    sandbox_bank.clear_faults()
    sandbox_bank.fault("missing_line", params={"date": "2000-01-01"})
    assert sheet(bound.client, day).column("request_no") == numbers


def test_extra_changed_and_duplicate_lines(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, numbers = ten_payments(sandbox_bank, bound)
    sandbox_bank.fault("extra_line", params={"amount_fen": 5_55})
    sandbox_bank.fault("changed_line", request_no=numbers[3], params={"delta_fen": -1})
    sandbox_bank.fault("duplicate_line", request_no=numbers[4])
    found = sheet(bound.client, day)
    assert found.column("request_no") == [*numbers[:5], numbers[4], *numbers[5:], "SANDBOX-EXTRA-1"]
    assert found.column("amount_fen") == ["100"] * 3 + ["99"] + ["100"] * 7 + ["555"]
    assert found.summary["payment_fen"] == str(12 * 1_00 - 1 + 4_55)


def test_an_extra_line_of_a_day_without_others_has_an_instant(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, _ = ten_payments(sandbox_bank, bound)
    empty = sandbox_bank.next_day()
    sandbox_bank.next_day()
    sandbox_bank.fault("extra_line")
    assert day != empty
    assert sheet(bound.client, empty).column("booked_at") == [f"{empty}T12:00:00+08:00"]


@pytest.mark.parametrize(("field", "expected"), [("fee_fen", ("100", "1", "SUCCESS")), ("status", ("100", "0", "PROCESSING"))])
def test_a_changed_line_may_differ_in_fee_or_status(
    sandbox_bank: SandboxBank, bound: Bound, field: str, expected: tuple[str, str, str]
) -> None:
    day, numbers = ten_payments(sandbox_bank, bound)
    sandbox_bank.fault("changed_line", request_no=numbers[2], params={"field": field})
    line = sheet(bound.client, day).lines[2]
    assert (line["amount_fen"], line["fee_fen"], line["status"]) == expected


def test_a_kept_summary_makes_the_arithmetic_fail(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, _ = ten_payments(sandbox_bank, bound)
    sandbox_bank.fault("missing_line", params={"keep_summary": True})
    found = sheet(bound.client, day)
    assert (len(found.lines), found.summary["lines"], found.summary["payment_fen"]) == (9, "10", "1000")


def test_a_bad_digest_does_not_match(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, _ = ten_payments(sandbox_bank, bound)
    sandbox_bank.fault("bad_digest", times=1)
    answer = bound.client.call("GET", f"/v1/statements?date={day}&kind=payments&format=csv")
    assert answer.headers["Digest"] != f"sha-256={base64.b64encode(hashlib.sha256(answer.content).digest()).decode()}"
    assert fetch(bound.client, day) == answer.content


def test_a_cut_off_shift_moves_the_last_lines_to_the_next_day(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, numbers = ten_payments(sandbox_bank, bound)
    following = bound.client.pay(bound.agreement_no, 1_00)["request_no"]
    next_day = sandbox_bank.next_day()
    sandbox_bank.fault("cut_off_shift", params={"date": day, "count": 2})
    assert sheet(bound.client, day).column("request_no") == numbers[:8]
    assert sheet(bound.client, next_day).column("request_no") == [*numbers[8:], following]
    assert sheet(bound.client, day, "account").summary["credit_fen"] == "1000"


def test_a_cut_off_shift_by_amount_moves_the_largest_wherever_they_stand(sandbox_bank: SandboxBank, bound: Bound) -> None:
    first, large, last = (bound.client.pay(bound.agreement_no, fen)["request_no"] for fen in (1_00, 3_00, 2_00))
    day, next_day = sandbox_bank.next_day(), sandbox_bank.next_day()
    sandbox_bank.fault("cut_off_shift", params={"date": day, "by": "amount"})
    assert sheet(bound.client, day).column("request_no") == [first, last]
    assert sheet(bound.client, next_day).column("request_no") == [large]


def test_a_tampered_account_joins_no_more(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, _ = ten_payments(sandbox_bank, bound)
    sandbox_bank.fault("changed_line", params={"kind": "account", "date": day, "delta_fen": 5})
    tampered = sheet(bound.client, day, "account")
    assert tampered.summary["closing_fen"] == "1005"
    after = sheet(bound.client, sandbox_bank.next_day(), "account")
    assert after.summary["opening_fen"] == "1000"


def test_statement_faults_come_by_header_too(sandbox_bank: SandboxBank, bound: Bound) -> None:
    day, numbers = ten_payments(sandbox_bank, bound)
    path = f"/v1/statements?date={day}&kind=payments&format=csv"
    assert numbers[0] not in bound.client.call("GET", path, faults="missing_line").text
    assert numbers[0] in bound.client.call("GET", path).text

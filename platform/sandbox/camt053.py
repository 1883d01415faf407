"""The settlement account's day as ISO 20022 camt.053.001.08 (BankToCustomerStatement)."""

from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from sandbox.clock import next_day
from sandbox.statements import TRANSACTION_CODES, AccountDay, Entry, sides

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_ISSUER = "SANDBOX-BANK"
# Max35Text of the schema: a longer business number is found in the remittance information alone.
_MAX35 = 35


def render(account: AccountDay) -> bytes:
    """One message with one statement."""
    document = Element("Document", xmlns=NAMESPACE)
    message = SubElement(document, "BkToCstmrStmt")
    reference = f"{account.account_no}-{account.day.replace('-', '')}"
    made_at = f"{next_day(account.day)}T00:00:00+08:00"
    header = SubElement(message, "GrpHdr")
    _text(header, "MsgId", reference)
    _text(header, "CreDtTm", made_at)
    statement = SubElement(message, "Stmt")
    _text(statement, "Id", reference)
    _text(statement, "CreDtTm", made_at)
    _text(statement, "FrToDt/FrDtTm", f"{account.day}T00:00:00+08:00")
    _text(_child(statement, "FrToDt"), "ToDtTm", f"{account.day}T23:59:59+08:00")
    _text(statement, "Acct/Id/Othr/Id", account.account_no)
    _text(_child(statement, "Acct"), "Ccy", "CNY")
    _balance(statement, "OPBD", account.opening_fen, account.day)
    _balance(statement, "CLBD", account.closing_fen, account.day)
    _totals(statement, account)
    for entry in account.entries:
        _entry(statement, entry, account.day)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(document, encoding="unicode").encode() + b"\n"


def _balance(statement: Element, code: str, amount_fen: int, day: str) -> None:
    balance = SubElement(statement, "Bal")
    _text(balance, "Tp/CdOrPrtry/Cd", code)
    _amount(balance, abs(amount_fen))
    _text(balance, "CdtDbtInd", "DBIT" if amount_fen < 0 else "CRDT")
    _text(balance, "Dt/Dt", day)


def _totals(statement: Element, account: AccountDay) -> None:
    (credits, credit_fen), (debits, debit_fen) = sides(account)
    net_fen = credit_fen - debit_fen
    summary = SubElement(statement, "TxsSummry")
    _text(summary, "TtlNtries/NbOfNtries", str(credits + debits))
    _text(_child(summary, "TtlNtries"), "Sum", _yuan(credit_fen + debit_fen))
    _text(_child(summary, "TtlNtries"), "TtlNetNtry/Amt", _yuan(abs(net_fen)))
    _text(_child(_child(summary, "TtlNtries"), "TtlNetNtry"), "CdtDbtInd", "DBIT" if net_fen < 0 else "CRDT")
    for name, count, amount_fen in (("TtlCdtNtries", credits, credit_fen), ("TtlDbtNtries", debits, debit_fen)):
        _text(summary, f"{name}/NbOfNtries", str(count))
        _text(_child(summary, name), "Sum", _yuan(amount_fen))


def _entry(statement: Element, entry: Entry, day: str) -> None:
    node = SubElement(statement, "Ntry")
    _text(node, "NtryRef", entry.entry_ref)
    _amount(node, entry.amount_fen)
    _text(node, "CdtDbtInd", entry.direction)
    _text(node, "Sts/Cd", "BOOK")
    _text(node, "BookgDt/DtTm", entry.booked_at)
    _text(node, "ValDt/Dt", day)
    _text(node, "AcctSvcrRef", entry.entry_ref)
    domain, family, sub_family = TRANSACTION_CODES[entry.kind].split("/")
    codes = SubElement(node, "BkTxCd")
    _text(codes, "Domn/Cd", domain)
    _text(_child(codes, "Domn"), "Fmly/Cd", family)
    _text(_child(_child(codes, "Domn"), "Fmly"), "SubFmlyCd", sub_family)
    _text(codes, "Prtry/Cd", entry.kind.upper())
    _text(_child(codes, "Prtry"), "Issr", _ISSUER)
    _text(node, "NtryDtls/TxDtls/Refs/EndToEndId", entry.request_no if 0 < len(entry.request_no) <= _MAX35 else "NOTPROVIDED")
    if entry.request_no:
        _text(_child(_child(node, "NtryDtls"), "TxDtls"), "RmtInf/Ustrd", entry.request_no)


def _amount(parent: Element, amount_fen: int) -> None:
    SubElement(parent, "Amt", Ccy="CNY").text = _yuan(amount_fen)


def _yuan(amount_fen: int) -> str:
    return str(Decimal(amount_fen).scaleb(-2))


def _child(parent: Element, name: str) -> Element:
    child = parent.find(name)
    assert child is not None
    return child


def _text(parent: Element, path: str, text: str) -> None:
    """Make the elements of `path` one inside the other; the last holds `text`."""
    for name in path.split("/"):
        parent = SubElement(parent, name)
    parent.text = text

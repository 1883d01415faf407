"""Statements from the outside are read on a hardened parser and believed only whole."""

import base64
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from payments.channels.port import ChannelUnreachable, StatementBroken, StatementNotReady
from payments.channels.sandbox_bank import camt053, statements
from payments.channels.transport import Answer

DAY = date(2026, 3, 1)
PAYMENTS = b"""record,line_no,booked_at,kind,request_no,bank_no,original_request_no,amount_fen,fee_fen,currency,status,last4
LINE,1,2026-03-01T09:32:00+08:00,payment,PY1,PY17,,10000,20,CNY,SUCCESS,0017
LINE,2,2026-03-01T10:00:00+08:00,refund,RF1,RF18,PY1,2500,0,CNY,SUCCESS,0017
LINE,3,2026-03-01T10:05:00+08:00,payout,PO1,PO19,,60000,0,CNY,SUCCESS,0017
LINE,4,2026-03-01T11:00:00+08:00,payout_return,PO1,PO19,PO1,60000,0,CNY,RETURNED,0017
SUMMARY_COLUMNS,lines,payment_count,payment_fen,refund_count,refund_fen,payout_count,payout_fen,payout_return_count,payout_return_fen,fee_fen,net_fen
SUMMARY,4,1,10000,1,2500,1,60000,1,60000,20,7480
"""
ACCOUNT = b"""record,line_no,booked_at,entry_ref,kind,bank_transaction_code,direction,amount_fen,currency,request_no,balance_fen
ENTRY,1,2026-03-01T10:05:00+08:00,PO19,payout,PMNT/ICDT/DMCT,DBIT,60000,CNY,PO1,-60000
ENTRY,2,2026-03-01T23:59:59+08:00,SETTLE-20260301-FEES,fee,PMNT/MCRD/CHRG,DBIT,20,CNY,,-60020
SUMMARY_COLUMNS,entries,opening_fen,credit_count,credit_fen,debit_count,debit_fen,closing_fen
SUMMARY,2,0,0,0,2,60020,-60020
"""
BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>"""


def answer(body: bytes, status: int = 200, digest: str | None = None) -> Answer:
    right = f"sha-256={base64.b64encode(sha256(body).digest()).decode()}"
    return Answer(status, {"digest": digest or right}, body)


def camt(entries: str, opening: str = "0.00", closing: str = "99.40") -> bytes:
    def balance(code: str, amount: str) -> str:
        return f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>"

    inside = balance("OPBD", opening) + balance("CLBD", closing) + entries
    return f"<Document xmlns='{camt053.NAMESPACE}'><BkToCstmrStmt><Stmt>{inside}</Stmt></BkToCstmrStmt></Document>".encode()


def entry(amount: str, mark: str, code: str, kind: str, reference: str = "NOTPROVIDED") -> str:
    return (
        f"<Ntry><NtryRef>{kind}-1</NtryRef><Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><DtTm>2026-03-01T23:59:59+08:00</DtTm></BookgDt><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>MCRD</Cd><SubFmlyCd>{code}</SubFmlyCd>"
        f"</Fmly></Domn><Prtry><Cd>{kind}</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
    )


def test_order_lines_are_read_by_number() -> None:
    found = statements.read(answer(PAYMENTS), day=DAY, kind="payments", format="csv")
    assert [(line.kind, line.request_no, line.amount_fen, line.fee_fen, line.direction) for line in found.lines] == [
        ("payment", "PY1", 10_000, 20, "credit"),
        ("refund", "RF1", 2_500, 0, "debit"),
        ("payout", "PO1", 60_000, 0, "debit"),
        ("payout_return", "PO1", 60_000, 0, "credit"),
    ]
    assert found.lines[0].booked_at == datetime(2026, 3, 1, 1, 32, tzinfo=UTC)
    assert (found.summary["net_fen"], found.sha256) == (7_480, sha256(PAYMENTS).hexdigest())


def test_account_entries_are_read_with_their_running_balance() -> None:
    found = statements.read(answer(ACCOUNT), day=DAY, kind="account", format="csv")
    assert [(line.kind, line.bank_code, line.direction, line.amount_fen) for line in found.lines] == [
        ("payout", "PMNT/ICDT/DMCT", "debit", 60_000),
        ("fee", "PMNT/MCRD/CHRG", "debit", 20),
    ]


def test_a_camt_statement_of_a_hundred_in_and_a_fee_closes_at_ninety_nine_forty() -> None:
    lines, totals = camt053.read(camt(entry("100.00", "CRDT", "POSP", "SETTLEMENT_PAYMENTS") + entry("0.60", "DBIT", "CHRG", "FEE")))
    assert [(line.kind, line.amount_fen, line.direction, line.bank_code, line.request_no) for line in lines] == [
        ("settlement_payments", 10_000, "credit", "PMNT/MCRD/POSP", ""),
        ("fee", 60, "debit", "PMNT/MCRD/CHRG", ""),
    ]
    assert totals["closing_fen"] == 9_940


@pytest.mark.parametrize(
    ("body", "kind", "why"),
    [
        (PAYMENTS.replace(b"10000,20", b"10001,20"), "payments", "summary: net_fen, payment_fen"),
        (PAYMENTS.replace(b"10000,20", b"1e4,20"), "payments", "whole number"),
        (PAYMENTS.replace(b"LINE,2,2026-03-01T10:00:00+08:00", b"LINE,2,yesterday"), "payments", "instant"),
        (PAYMENTS.replace(b"LINE,2,2026-03-01T10:00:00+08:00", b"LINE,2,2026-03-01T10:00:00"), "payments", "offset"),
        (PAYMENTS.replace(b"record,", b"record2,"), "payments", "header"),
        (b"\n".join(PAYMENTS.splitlines()[:-1]), "payments", "summary"),
        (PAYMENTS.replace(b",0017\nLINE,3", b"\nLINE,3"), "payments", "columns"),
        (b"\xff\xfe", "payments", "CSV"),
        (b"", "payments", "header"),
        (ACCOUNT.replace(b",-60020\nSUMMARY_C", b",-60021\nSUMMARY_C"), "account", "balance"),
        (ACCOUNT.replace(b"SUMMARY,2,0", b"SUMMARY,2,1"), "account", "balance"),
        (ACCOUNT.replace(b"DBIT,20", b"AWAY,20"), "account", "direction"),
    ],
)
def test_a_file_with_one_thing_wrong_is_not_believed_at_all(body: bytes, kind: str, why: str) -> None:
    with pytest.raises(StatementBroken, match=why):
        statements.read(answer(body), day=DAY, kind=kind, format="csv")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (BOMB, "reaches outside"),
        (OUTSIDE, "reaches outside"),
        (b"<Document>", "well-formed"),
        (b"<Document/>", "camt.053"),
        (camt(entry("100.00", "CRDT", "POSP", "X")), "closing"),
        (camt(entry("99.401", "CRDT", "POSP", "X")), "amount"),
        (camt(entry("-99.40", "CRDT", "POSP", "X")), "negative"),
        (camt(entry("NaN", "CRDT", "POSP", "X")), "amount"),
        (camt(entry("99.40", "IN", "POSP", "X")), "direction"),
    ],
)
def test_xml_that_is_dangerous_or_wrong_is_not_believed(body: bytes, why: str) -> None:
    with pytest.raises(StatementBroken, match=why):
        camt053.read(body)


def test_a_digest_that_does_not_match_and_a_day_that_is_not_over() -> None:
    with pytest.raises(StatementBroken, match="digest"):
        statements.read(answer(PAYMENTS, digest="sha-256=AAAA"), day=DAY, kind="payments", format="csv")
    with pytest.raises(StatementNotReady):
        statements.read(answer(b'{"code": "STATEMENT_NOT_READY"}', 409), day=DAY, kind="payments", format="csv")
    with pytest.raises(ChannelUnreachable):
        statements.read(answer(b"<html>", 502), day=DAY, kind="payments", format="csv")

"""Signing a card by four elements and an SMS code; the agreement that pays afterwards."""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox import cards, notices, people, sms
from sandbox.bank_context import Bank, Row, Tx, derived
from sandbox.clock import stamp
from sandbox.codes import CODES
from sandbox.faults import Faults, Target
from sandbox.identifiers import is_card_number, mask_mobile
from sandbox.wire import Refusal

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
TRIES = 3
RESEND_AFTER = timedelta(seconds=55)

_NO_FACE = {"bin": "", "last4": "", "bank_code": "", "bank_name": "", "bank_name_zh": "", "kind": ""}


@dataclass(frozen=True)
class Elements:
    """The four elements."""

    name: str
    id_number: str
    card_number: str
    mobile: str


def sign_start(bank: Bank, tx: Tx, merchant: str, request_no: str, elements: Elements, faults: Faults) -> dict[str, Any]:
    """Compare the four elements with the bank's own and send a code."""
    now = bank.clock.now()
    code = _declined(faults) or _elements_refusal(tx, elements)
    if code:
        shown = cards.face(elements.card_number) if is_card_number(elements.card_number) else _NO_FACE
        return _outcome(request_no, code) | {"sign_id": "", "mobile_masked": "", **_code_terms(""), **shown}
    sign_id = derived("SG", merchant, request_no)
    expires_at = stamp(now + CODE_LIFE)
    sms_code = _send_code(tx, elements.mobile, elements.card_number, now, faults)
    tx.execute(
        "INSERT INTO signings (sign_id, merchant, card_number, mobile, code, sent_at, expires_at, tries_left)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (sign_id, merchant, elements.card_number, elements.mobile, sms_code, stamp(now), expires_at, TRIES),
    )
    return _sent(request_no, sign_id, elements.mobile, expires_at, elements.card_number)


def resend(bank: Bank, tx: Tx, merchant: str, request_no: str, sign_id: str, faults: Faults) -> dict[str, Any]:
    """Send a new code; tries and life start again."""
    now = bank.clock.now()
    signing = _signing(tx, merchant, sign_id)
    code = _declined(faults) or _resend_refusal(signing, now)
    if code or signing is None:
        return _outcome(request_no, code) | {"sign_id": "", "mobile_masked": "", **_code_terms(""), **_NO_FACE}
    expires_at = stamp(now + CODE_LIFE)
    sms_code = _send_code(tx, signing["mobile"], signing["card_number"], now, faults)
    tx.execute(
        "UPDATE signings SET code = ?, sent_at = ?, expires_at = ?, tries_left = ? WHERE sign_id = ?",
        (sms_code, stamp(now), expires_at, TRIES, sign_id),
    )
    return _sent(request_no, sign_id, signing["mobile"], expires_at, signing["card_number"])


def sign_confirm(bank: Bank, tx: Tx, merchant: str, request_no: str, sign_id: str, code: str, faults: Faults) -> dict[str, Any]:
    """Compare the code; the right one makes an agreement."""
    now = bank.clock.now()
    signing = _signing(tx, merchant, sign_id)
    refusal = _confirm_refusal(signing, code, now, faults)
    if signing is None:
        return _outcome(request_no, refusal) | _unsigned(sign_id, 0, _NO_FACE)
    face, tries_left = cards.face(signing["card_number"]), signing["tries_left"]
    if refusal in ("WRONG_CODE", "") and tries_left:
        tries_left -= 1
        tx.execute("UPDATE signings SET tries_left = ? WHERE sign_id = ?", (tries_left, sign_id))
    if refusal:
        return _outcome(request_no, refusal) | _unsigned(sign_id, tries_left, face)
    agreement_no = derived("AG", merchant, request_no, sign_id)
    cancels = faults.get("bank_cancels_agreement")
    cancel_at = time.time() + cancels.params["after_ms"] / 1000 if cancels else None
    tx.execute(
        "INSERT INTO agreements (agreement_no, merchant, card_number, status, signed_at, cancel_due) VALUES (?, ?, ?, 'ACTIVE', ?, ?)",
        (agreement_no, merchant, signing["card_number"], stamp(now), cancel_at),
    )
    tx.execute("UPDATE signings SET agreement_no = ? WHERE sign_id = ?", (agreement_no, sign_id))
    signed = {"sign_id": sign_id, "tries_left": tries_left, "agreement_no": agreement_no, **face, "signed_at": stamp(now)}
    return _outcome(request_no, "") | signed


def unsign(bank: Bank, tx: Tx, merchant: str, request_no: str, agreement_no: str, faults: Faults) -> dict[str, Any]:
    """The merchant cancels; cancelled already is fine. No notice."""
    agreement = find(tx, merchant, agreement_no)
    code = _declined(faults) or ("AGREEMENT_NOT_FOUND" if agreement is None else "")
    if code or agreement is None:
        return _outcome(request_no, code) | {"agreement_no": agreement_no}
    _cancel(tx, agreement_no, "merchant", bank.clock.now())
    return view(get(tx, merchant, agreement_no)) | _outcome(request_no, "")


def cancel_by_bank(bank: Bank, agreement: Row) -> dict[str, Any]:
    """The card holder (or the bank) cancels at the bank; the merchant hears it by notice, once. A transaction of its own."""
    merchant, agreement_no = agreement["merchant"], agreement["agreement_no"]
    faults = bank.faults.pick(Target("bank_cancel", agreement_no=agreement_no, card_number=agreement["card_number"]))
    with bank.store.write() as tx:
        cancelled = _cancel(tx, agreement_no, "bank", bank.clock.now())
        after = view(get(tx, merchant, agreement_no))
        if cancelled:
            notices.emit(bank, tx, notices.News(merchant, "agreement.cancelled", agreement_no, after), faults.notice_faults())
    return after


def cancel_due(bank: Bank, *, until: float | None = None) -> int:
    """Cancel what was planned to be cancelled by now (`until` a moment, in unix seconds); how many."""
    with bank.store.read() as tx:
        planned = tx.execute("SELECT * FROM agreements WHERE cancel_due <= ?", (time.time() if until is None else until,)).fetchall()
    for agreement in planned:
        cancel_by_bank(bank, agreement)
    return len(planned)


def find(tx: Tx, merchant: str, agreement_no: str) -> Row | None:
    """The merchant's agreement; another merchant's is not there."""
    row: Row | None = tx.execute("SELECT * FROM agreements WHERE agreement_no = ? AND merchant = ?", (agreement_no, merchant)).fetchone()
    return row


def get(tx: Tx, merchant: str, agreement_no: str) -> Row:
    """The same. Raises Refusal NOT_FOUND."""
    row = find(tx, merchant, agreement_no)
    if row is None:
        raise Refusal("NOT_FOUND", "agreement_no")
    return row


def refusal(tx: Tx, merchant: str, agreement_no: str) -> str:
    """The code that keeps this agreement from moving money; "" when it may."""
    row = find(tx, merchant, agreement_no)
    if row is None:
        return "AGREEMENT_NOT_FOUND"
    return "" if row["status"] == "ACTIVE" else "AGREEMENT_CANCELLED"


def view(agreement: Row) -> dict[str, Any]:
    """The agreement as on the wire."""
    return {
        "status": "SUCCESS", "agreement_no": agreement["agreement_no"], "agreement_status": agreement["status"],
        **cards.face(agreement["card_number"]), "signed_at": agreement["signed_at"], "cancelled_at": agreement["cancelled_at"],
        "cancelled_by": agreement["cancelled_by"],
    }  # fmt: skip


def signing_view(tx: Tx, merchant: str, sign_id: str, now: datetime) -> dict[str, Any]:
    """A signing as on the wire. Raises Refusal NOT_FOUND."""
    signing = _signing(tx, merchant, sign_id)
    if signing is None:
        raise Refusal("NOT_FOUND", "sign_id")
    if signing["agreement_no"]:
        state = "CONFIRMED"
    elif signing["tries_left"] == 0:
        state = "LOCKED"
    else:
        state = "EXPIRED" if stamp(now) > signing["expires_at"] else "CODE_SENT"
    return {
        "status": "SUCCESS", "sign_id": sign_id, "sign_status": state, "tries_left": signing["tries_left"],
        "expires_at": signing["expires_at"], "agreement_no": signing["agreement_no"],
    }  # fmt: skip


def signing_card(tx: Tx, merchant: str, sign_id: str) -> str:
    """The card number of a signing, "" when there is none."""
    signing = _signing(tx, merchant, sign_id)
    return "" if signing is None else str(signing["card_number"])


def _signing(tx: Tx, merchant: str, sign_id: str) -> Row | None:
    row: Row | None = tx.execute("SELECT * FROM signings WHERE sign_id = ? AND merchant = ?", (sign_id, merchant)).fetchone()
    return row


def _elements_refusal(tx: Tx, elements: Elements) -> str:
    if not is_card_number(elements.card_number):
        return "CARD_NUMBER_INVALID"
    if not cards.supported(elements.card_number):
        return "CARD_UNSUPPORTED"
    card = cards.find(tx, elements.card_number)
    if card is None:
        return "CARD_NOT_FOUND"
    if card["holder"] not in ("*", elements.id_number):
        return "ID_MISMATCH"
    holder = people.find(tx, elements.id_number)
    if holder is None:
        return "ID_MISMATCH"
    if holder["name"] != elements.name:
        return "NAME_MISMATCH"
    if holder["mobile"] != elements.mobile:
        return "MOBILE_MISMATCH"
    return "" if card["status"] == "active" else cards.STATUS_REFUSAL[card["status"]]


def _resend_refusal(signing: Row | None, now: datetime) -> str:
    if signing is None:
        return "SIGN_NOT_FOUND"
    if signing["agreement_no"]:
        return "SIGN_ALREADY_CONFIRMED"
    return "SMS_TOO_OFTEN" if stamp(now - RESEND_AFTER) < signing["sent_at"] else ""


def _confirm_refusal(signing: Row | None, code: str, now: datetime, faults: Faults) -> str:
    if signing is None:
        return "SIGN_NOT_FOUND"
    if signing["agreement_no"]:
        return "SIGN_ALREADY_CONFIRMED"
    if signing["tries_left"] == 0:
        return "TOO_MANY_TRIES"
    if stamp(now) > signing["expires_at"]:
        return "CODE_EXPIRED"
    return _declined(faults) or ("" if secrets.compare_digest(code, signing["code"]) else "WRONG_CODE")


def _send_code(tx: Tx, mobile: str, card_number: str, now: datetime, faults: Faults) -> str:
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    if faults.get("lost_sms") is None:
        face = cards.face(card_number)
        text = f"【{face['bank_name_zh']}】验证码 {code}，用于绑定尾号 {face['last4']} 的银行卡，10 分钟内有效，请勿告诉他人。"
        sms.deliver(tx, mobile, text, "bank", now)
    return code


def _cancel(tx: Tx, agreement_no: str, by: str, now: datetime) -> bool:
    cursor = tx.execute(
        "UPDATE agreements SET status = 'CANCELLED', cancelled_at = ?, cancelled_by = ?, cancel_due = NULL"
        " WHERE agreement_no = ? AND status = 'ACTIVE'",
        (stamp(now), by, agreement_no),
    )
    return cursor.rowcount == 1


def _declined(faults: Faults) -> str:
    fault = faults.get("decline")
    return str(fault.params["code"]) if fault else ""


def _outcome(request_no: str, code: str) -> dict[str, Any]:
    status, message = ("FAILED", CODES[code].message) if code else ("SUCCESS", "")
    return {"request_no": request_no, "status": status, "code": code, "message": message}


def _code_terms(expires_at: str) -> dict[str, Any]:
    return {"code_length": CODE_DIGITS, "expires_at": expires_at, "resend_after_s": int(RESEND_AFTER.total_seconds())}


def _sent(request_no: str, sign_id: str, mobile: str, expires_at: str, card_number: str) -> dict[str, Any]:
    sent = {"sign_id": sign_id, "mobile_masked": mask_mobile(mobile), **_code_terms(expires_at), **cards.face(card_number)}
    return _outcome(request_no, "") | sent


def _unsigned(sign_id: str, tries_left: int, face: dict[str, Any]) -> dict[str, Any]:
    return {"sign_id": sign_id, "tries_left": tries_left, "agreement_no": "", **face, "signed_at": ""}

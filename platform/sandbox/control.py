"""The control plane for app teams and tests: merchants, clock, settings, faults, messages, notices, the books, reset."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from sandbox import accounts, books, keys, notices, people, sms
from sandbox.bank_context import Bank, Row, Tx, derived
from sandbox.clock import stamp
from sandbox.codes import CODES
from sandbox.courier import Courier, loopback_url
from sandbox.fault_kinds import FAULT_KINDS
from sandbox.guard import json_answer
from sandbox.magic import AMOUNTS, CARDS, PEOPLE
from sandbox.wire import Fields, Refusal, invalid, is_number, parse_object

_FEE_BP = 20
_OVERDRAFT_FEN = 1_000_000_000_00
_YEAR_S = 366 * 86_400
_WIPED = (
    "DELETE FROM card_movements", "DELETE FROM requests", "DELETE FROM signings", "DELETE FROM agreements", "DELETE FROM orders",
    "DELETE FROM entries", "DELETE FROM messages", "DELETE FROM notices", "DELETE FROM faults", "DELETE FROM cards",
    "DELETE FROM people", "DELETE FROM meta", "DELETE FROM receivers", "DELETE FROM deliveries",
    "DELETE FROM bills_paid",
)  # fmt: skip


def fields_of_body() -> Fields:
    """The JSON body, to be read field by field."""
    return Fields(parse_object(request.get_data()))


def fields_of_query() -> Fields:
    """The query string; numbers in it become numbers."""
    return Fields(
        {name: int(value) if value.isdecimal() and name in ("limit", "after_id") else value for name, value in request.args.items()}
    )


def blueprint(bank: Bank, courier: Courier) -> Blueprint:
    """The routes under /control that are about the bank as a whole; those about test data are in control_data.py."""
    routes = Blueprint("control", __name__, url_prefix="/control")
    _merchants(routes, bank)
    _clock_and_settings(routes, bank)
    _faults(routes, bank)
    _messages_and_notices(routes, bank, courier)
    _books(routes, bank, courier)
    return routes


def _merchants(routes: Blueprint, bank: Bank) -> None:
    @routes.put("/merchants/<merchant>")
    def register(merchant: str) -> Response:
        if not is_number(merchant):
            raise invalid("merchant", "must be 1 to 64 characters of A-Z a-z 0-9 _ -")
        fields = fields_of_body()
        pem, url = fields.text("public_key_pem", most=4096), fields.text("notify_url", most=500, default="")
        fee_bp = fields.whole("fee_bp", least=0, most=10_000, default=_FEE_BP)
        overdraft_fen = fields.whole("overdraft_fen", least=0, most=10**15, default=_OVERDRAFT_FEN)
        fields.done()
        keys.merchant_key(pem)
        if url:
            loopback_url(url)
        with bank.store.write() as tx:
            tx.execute(
                "INSERT INTO merchants (id, account_no, public_key_pem, notify_url, fee_bp, overdraft_fen) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET public_key_pem = excluded.public_key_pem, notify_url = excluded.notify_url,"
                " fee_bp = excluded.fee_bp, overdraft_fen = excluded.overdraft_fen",
                (merchant, derived("6900", merchant, length=12), pem, url, fee_bp, overdraft_fen),
            )
            return json_answer(_merchant(bank, tx, merchant))

    @routes.get("/merchants/<merchant>")
    def show_merchant(merchant: str) -> Response:
        with bank.store.read() as tx:
            return json_answer(_merchant(bank, tx, merchant))

    @routes.post("/merchants/<merchant>/transfers")
    def transfer(merchant: str) -> Response:
        fields = fields_of_body()
        amount_fen, reference = fields.whole("amount_fen", least=1, most=10**12), fields.number("reference")
        fields.done()
        with bank.store.write() as tx:
            row = accounts.receive(tx, merchant, amount_fen, reference, bank.clock.now())
            shown = ("entry_ref", "booked_on", "kind", "direction", "amount_fen", "balance_fen")
            return json_answer({"reference": row["request_no"]} | {name: row[name] for name in shown}, 201)


def _merchant(bank: Bank, tx: Tx, merchant: str) -> dict[str, Any]:
    row: Row = accounts.merchant_row(tx, merchant)
    return {
        "merchant": merchant, "account_no": row["account_no"], "notify_url": row["notify_url"] or bank.config.notify_url,
        "fee_bp": row["fee_bp"], "overdraft_fen": row["overdraft_fen"], "balance_fen": row["balance_fen"],
        "bank_public_key_pem": bank.public_key_pem, "bank_key_id": bank.signer.key_id,
    }  # fmt: skip


def _clock_and_settings(routes: Blueprint, bank: Bank) -> None:
    @routes.get("/clock")
    def clock() -> Response:
        return json_answer(_clock(bank))

    @routes.put("/clock")
    def move_clock() -> Response:
        fields = fields_of_body()
        if fields.has("now"):
            offset_s = (_instant(fields.text("now")) - bank.clock.now()).total_seconds() + bank.clock.offset_s
        else:
            offset_s = fields.decimal("offset_seconds", least=-100 * _YEAR_S, most=100 * _YEAR_S)
        fields.done()
        bank.clock.move(offset_s)
        return json_answer(_clock(bank))

    @routes.get("/settings")
    def settings() -> Response:
        return json_answer(bank.settings.view())

    @routes.put("/settings")
    def change_settings() -> Response:
        bank.settings.change(fields_of_body())
        return json_answer(bank.settings.view())


def _clock(bank: Bank) -> dict[str, Any]:
    now = bank.clock.now()
    return {"offset_seconds": bank.clock.offset_s, "now": stamp(now), "business_date": now.date().isoformat()}


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid("now", "must be an ISO 8601 instant") from error
    if at.tzinfo is None:
        raise invalid("now", "must carry its offset, such as +08:00")
    return at


def _faults(routes: Blueprint, bank: Bank) -> None:
    @routes.post("/faults")
    def create_fault() -> Response:
        return json_answer(bank.faults.create(fields_of_body()).view(), 201)

    @routes.get("/faults")
    def list_faults() -> Response:
        return json_answer({"faults": [rule.view() for rule in bank.faults.all()]})

    @routes.delete("/faults")
    def delete_faults() -> Response:
        return json_answer({"deleted": bank.faults.delete()})

    @routes.delete("/faults/<rule_id>")
    def delete_fault(rule_id: str) -> Response:
        return json_answer({"deleted": bank.faults.delete(rule_id)})

    @routes.get("/fault-names")
    def fault_names() -> Response:
        shown = [
            {"name": kind.name, "family": kind.family, "params": kind.defaults, "meaning": kind.meaning, "meaning_zh": kind.meaning_zh}
            for kind in FAULT_KINDS.values()
        ]
        return json_answer({"faults": shown})


def _messages_and_notices(routes: Blueprint, bank: Bank, courier: Courier) -> None:
    @routes.get("/messages")
    def messages() -> Response:
        fields = fields_of_query()
        mobile, most = fields.text("mobile", default=""), fields.whole("limit", least=1, most=1000, default=50)
        after_id = fields.whole("after_id", least=0, most=10**12, default=0)
        fields.done()
        with bank.store.read() as tx:
            return json_answer({"messages": sms.inbox(tx, mobile, most, after_id)})

    @routes.get("/notices")
    def list_notices() -> Response:
        fields = fields_of_query()
        state = fields.text("state", pattern="|".join(notices.STATES), default="")
        request_no, most = fields.number(default=""), fields.whole("limit", least=1, most=10_000, default=100)
        fields.done()
        with bank.store.read() as tx:
            return json_answer({"notices": [notices.view(row) for row in notices.latest(tx, state, request_no, most)]})

    @routes.post("/notices/flush")
    def flush() -> Response:
        fields = fields_of_body()
        timeout_s = fields.decimal("timeout_s", least=0.1, most=600, default=10)
        fields.done()
        return json_answer(courier.flush(timeout_s))

    @routes.post("/plans/carry-out")
    def carry_out() -> Response:
        fields_of_body().done()
        return json_answer({"carried_out": courier.carry_out()})

    @routes.post("/notices/<event_id>/resend")
    def resend(event_id: str) -> Response:
        fields_of_body().done()
        courier.send_again(event_id)
        with bank.store.read() as tx:
            return json_answer(notices.view(notices.get(tx, event_id)))


def _books(routes: Blueprint, bank: Bank, courier: Courier) -> None:
    @routes.get("/check")
    def check() -> Response:
        with bank.store.read() as tx:
            counts = books.violations(tx)
        return json_answer({"ok": not any(counts.values()), "checks": counts})

    @routes.get("/codes")
    def codes() -> Response:
        return json_answer({"codes": [vars(code) for code in CODES.values()]})

    @routes.get("/magic")
    def magic() -> Response:
        return json_answer(
            {
                "people": [vars(person) for person in PEOPLE],
                "cards": [{"number": card.number, "kind": card.kind, "note": card.note, "note_zh": card.note_zh} for card in CARDS],
                "amounts": [{"amount_fen": fen, "note": note, "note_zh": note_zh} for fen, (_, note, note_zh) in AMOUNTS.items()],
            }
        )

    @routes.post("/reset")
    def reset() -> Response:
        fields = fields_of_body()
        keep_merchants = fields.flag("keep_merchants", default=True)
        fields.done()
        with courier.pause():
            _wipe(bank, keep_merchants)
        return json_answer({"status": "reset"})


def _wipe(bank: Bank, keep_merchants: bool) -> None:
    """Empty the store and plant the documented people and cards again."""
    with bank.store.write() as tx:
        for statement in _WIPED:
            tx.execute(statement)
        if keep_merchants:
            tx.execute("UPDATE merchants SET balance_fen = 0, settled_on = ''")
        else:
            tx.execute("DELETE FROM merchants")
        bank.clock.forget()
        people.plant(tx, bank.clock.now())
    bank.settings.reload()
    bank.faults.reload()
    bank.activity.clear()


def only_merchant(tx: Tx, named: str) -> str:
    """The merchant named, or the only one. Raises Refusal."""
    if named:
        return named
    rows = tx.execute("SELECT id FROM merchants LIMIT 2").fetchall()
    if len(rows) != 1:
        raise Refusal("INVALID_REQUEST", "merchant", "merchant is required: there is not exactly one")
    return str(rows[0]["id"])

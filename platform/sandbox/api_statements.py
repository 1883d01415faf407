"""GET /v1/statements: the files of a closed day."""

import base64
import hashlib
from datetime import date

from flask import Blueprint, Response, g, request

from sandbox import accounts, camt053, statements
from sandbox.api import enter
from sandbox.bank_context import Bank, Tx
from sandbox.clock import next_day, previous_day
from sandbox.faults import Faults, Target
from sandbox.guard import after_effect
from sandbox.wire import Fields, Refusal, invalid

_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def blueprint(bank: Bank) -> Blueprint:
    """The one route."""
    routes = Blueprint("statements", __name__, url_prefix="/v1")

    @routes.get("/statements")
    def statement() -> Response:
        fields = Fields(request.args.to_dict())
        day, kind = _day(fields), fields.text("kind", pattern="payments|account")
        form = fields.text("format", pattern="csv|camt053")
        fields.done()
        if kind == "payments" and form == "camt053":
            raise invalid("format", "must be csv for kind=payments")
        return _statement(bank, day, kind, form)

    return routes


def _day(fields: Fields) -> str:
    text = fields.text("date", pattern=r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise invalid("date", "must be a day that exists, YYYY-MM-DD") from error
    if not _FIRST_DAY <= day < _LAST_DAY:
        raise invalid("date", f"must be a day from {_FIRST_DAY} to {_LAST_DAY}")
    return day.isoformat()


def _statement(bank: Bank, day: str, kind: str, form: str) -> Response:
    faults = enter(bank, Target("statement", day=day, day_before=previous_day(day), statement_kind=kind))
    with bank.store.write() as tx:
        if day >= accounts.open_day(tx, g.merchant, bank.clock.now()):
            raise Refusal("STATEMENT_NOT_READY", "date", f"the statement of {day} is ready from {next_day(day)} 00:00 on the bank's clock")
        body = _rendered(tx, day, kind, form, faults)
    after_effect(bank, faults)
    digest = base64.b64encode(hashlib.sha256(body + b"?" if faults.get("bad_digest") else body).digest()).decode()
    content_type = "application/xml" if form == "camt053" else "text/csv; charset=utf-8"
    return Response(body, content_type=content_type, headers={"Digest": f"sha-256={digest}"})


def _rendered(tx: Tx, day: str, kind: str, form: str, faults: Faults) -> bytes:
    if kind == "payments":
        return statements.payments_csv(*statements.payment_lines(tx, g.merchant, day, faults))
    account = statements.account_day(tx, g.merchant, day, faults)
    return camt053.render(account) if form == "camt053" else statements.account_csv(account)

"""The pages for people: the product page with the magic values, the SMS inbox, the activity."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from sandbox import notices, sms
from sandbox.bank_context import Bank
from sandbox.clock import stamp
from sandbox.codes import CODES
from sandbox.fault_kinds import FAULT_KINDS, OPERATIONS
from sandbox.magic import AMOUNTS, CARDS, PEOPLE

TEMPLATES = Path(__file__).parent / "templates"
_SHOWN = 100
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'self'"


def blueprint(bank: Bank) -> Blueprint:
    """/, /inbox and /activity."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def product() -> Response:
        return _page(
            "product.html", bank, people=PEOPLE, cards=CARDS, amounts=AMOUNTS, faults=FAULT_KINDS.values(), operations=OPERATIONS,
            codes=CODES.values(), rules=[rule.view() for rule in bank.faults.all()], base=request.host_url.rstrip("/"),
        )  # fmt: skip

    @routes.get("/inbox")
    def inbox() -> Response:
        mobile = request.args.get("mobile", "").strip()
        with bank.store.read() as tx:
            messages = sms.inbox(tx, mobile, _SHOWN)
        return _page("inbox.html", bank, messages=messages, mobile=mobile, refresh_s=5)

    @routes.get("/activity")
    def activity() -> Response:
        with bank.store.read() as tx:
            latest = [notices.view(row) for row in notices.latest(tx, "", "", _SHOWN)]
        return _page("activity.html", bank, calls=bank.activity.latest()[:_SHOWN], notices=latest, refresh_s=0)

    return routes


def _page(template: str, bank: Bank, **values: Any) -> Response:
    """A page that needs nothing from outside itself."""
    answer = make_response(render_template(template, now=stamp(bank.clock.now()), offset_s=bank.clock.offset_s, **values))
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer

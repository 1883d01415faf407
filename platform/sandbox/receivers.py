"""A merchant's server to try notices with: it keeps what it is sent, and answers 200, or what it was told to answer first."""

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from sandbox.bank_context import Bank, Row, Tx
from sandbox.clock import stamp
from sandbox.control import fields_of_body
from sandbox.guard import json_answer
from sandbox.pages import POLICY
from sandbox.wire import dump, invalid, is_number

_MOST_ANSWERS = 50
_KEPT = 500
_SHOWN = 100


def blueprint(bank: Bank) -> Blueprint:
    """/receivers/<name>: POST takes a notice, GET shows what came; /control/receivers/<name> reads, tells and forgets."""
    routes = Blueprint("receivers", __name__)
    _server(routes, bank)
    _control(routes, bank)
    return routes


def _server(routes: Blueprint, bank: Bank) -> None:
    @routes.post("/receivers/<name>")
    def take(name: str) -> Response:
        named(name)
        headers = {key: value for key, value in request.headers.items() if key.startswith("Banyan-")}
        with bank.store.write() as tx:
            status = next_answer(tx, name)
            tx.execute(
                "INSERT INTO deliveries (receiver, at, headers, body, answered) VALUES (?, ?, ?, ?, ?)",
                (name, datetime.now(UTC).isoformat(timespec="milliseconds"), dump(headers), request.get_data(as_text=True), status),
            )
            tx.execute(
                "DELETE FROM deliveries WHERE receiver = ? AND id <= (SELECT max(id) FROM deliveries WHERE receiver = ?) - ?",
                (name, name, _KEPT),
            )
        return json_answer({"taken": status < 300}, status)

    @routes.get("/receivers/<name>")
    def page(name: str) -> Response:
        named(name)
        with bank.store.read() as tx:
            found = latest(tx, name, _SHOWN)
        shown = make_response(
            render_template(
                "receiver.html", now=stamp(bank.clock.now()), offset_s=bank.clock.offset_s, name=name, deliveries=found, refresh_s=5
            )
        )
        shown.headers["Content-Security-Policy"] = POLICY
        shown.headers["Cache-Control"] = "no-store"
        return shown


def _control(routes: Blueprint, bank: Bank) -> None:
    @routes.get("/control/receivers/<name>")
    def show(name: str) -> Response:
        named(name)
        with bank.store.read() as tx:
            return json_answer({"answers": answers(tx, name), "deliveries": latest(tx, name, _KEPT)})

    @routes.put("/control/receivers/<name>")
    def tell(name: str) -> Response:
        named(name)
        fields = fields_of_body()
        wanted = fields.items("answers") or []
        fields.done()
        if len(wanted) > _MOST_ANSWERS or not all(type(one) is int and 200 <= one <= 599 for one in wanted):
            raise invalid("answers", f"must be a list of at most {_MOST_ANSWERS} HTTP statuses, 200 to 599")
        with bank.store.write() as tx:
            keep_answers(tx, name, wanted)
        return json_answer({"answers": wanted})

    @routes.delete("/control/receivers/<name>")
    def forget(name: str) -> Response:
        named(name)
        with bank.store.write() as tx:
            gone = tx.execute("DELETE FROM deliveries WHERE receiver = ?", (name,)).rowcount
            tx.execute("DELETE FROM receivers WHERE name = ?", (name,))
        return json_answer({"deleted": gone})


def named(name: str) -> None:
    """Raises Refusal for what is no name."""
    if not is_number(name):
        raise invalid("name", "must be 1 to 64 characters of A-Z a-z 0-9 _ -")


def answers(tx: Tx, name: str) -> list[int]:
    """What the receiver answers next; 200 after that."""
    row: Row | None = tx.execute("SELECT answers FROM receivers WHERE name = ?", (name,)).fetchone()
    found: list[int] = [] if row is None else json.loads(row["answers"])
    return found


def keep_answers(tx: Tx, name: str, wanted: list[int]) -> None:
    tx.execute(
        "INSERT INTO receivers (name, answers) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET answers = excluded.answers",
        (name, dump(wanted)),
    )


def next_answer(tx: Tx, name: str) -> int:
    told = answers(tx, name)
    if told:
        keep_answers(tx, name, told[1:])
    return told[0] if told else 200


def latest(tx: Tx, name: str, most: int) -> list[dict[str, Any]]:
    """What came, the latest first."""
    rows = tx.execute("SELECT * FROM deliveries WHERE receiver = ? ORDER BY id DESC LIMIT ?", (name, most)).fetchall()
    return [{"at": row["at"], "headers": json.loads(row["headers"]), "body": row["body"], "answered": row["answered"]} for row in rows]

"""The control plane for app teams and tests: parties, clock, products, revised quotes, switches, reset; and its page."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request

from sandbox.clock import stamp
from sandbox.guard import json_answer
from sandbox.issuer import orders, quotes, switches
from sandbox.issuer.days import offset_of
from sandbox.issuer.keys import party_key
from sandbox.issuer.office import Office
from sandbox.pages import POLICY
from sandbox.wire import Fields, Refusal, invalid, is_number, parse_object

TEMPLATES = Path(__file__).parent / "templates"
_SHOWN = 100
_YEARS_S = 366 * 86_400 * 20
_WIPED = ("orders", "files", "revisions", "switches", "products", "parties", "meta")


def blueprint(office: Office) -> Blueprint:
    """/control and the page."""
    found = Blueprint("control", __name__)
    who(found, office)
    faults(found, office)
    page(found, office)
    return found


def body() -> Fields:
    """The JSON body, to be read field by field."""
    return Fields(parse_object(request.get_data()))


def who(found: Blueprint, office: Office) -> None:
    """Parties, the clock, reset."""

    @found.put("/control/parties/<party>")
    def register(party: str) -> Response:
        if not is_number(party):
            raise invalid("party", "must be 1 to 64 characters of A-Z a-z 0-9 _ -")
        fields = body()
        pem = fields.text("public_key_pem", most=4096)
        fields.done()
        party_key(pem)
        with office.store.write() as tx:
            tx.execute(
                "INSERT INTO parties VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET public_key_pem = excluded.public_key_pem", (party, pem)
            )
        return json_answer({"party": party, "issuer_public_key_pem": office.pen.public_pem, "issuer_key_id": office.pen.key_id})

    @found.get("/control/clock")
    def clock() -> Response:
        return json_answer(time_of(office))

    @found.put("/control/clock")
    def move() -> Response:
        fields = body()
        if fields.has("now"):
            office.clock.move(offset_of(instant(fields.text("now"))))
        else:
            office.clock.move(fields.decimal("offset_seconds", least=-_YEARS_S, most=_YEARS_S))
        fields.done()
        return json_answer(time_of(office))

    @found.post("/control/reset")
    def reset() -> Response:
        with office.store.write() as tx:
            for table in _WIPED:
                tx.execute(f"DELETE FROM {table}")  # noqa: S608  # nosec B608  (names of this file)
            orders.plant(tx)
        office.clock.forget()
        return json_answer(time_of(office))


def faults(found: Blueprint, office: Office) -> None:
    """Products, revised quotes and switches."""

    @found.put("/control/products/<code>")
    def product(code: str) -> Response:
        fields = body()
        income = e4(fields.text("income_per_10k", default="0.6000"))
        fee_bp = fields.whole("fee_bp", least=0, most=999, default=0)
        fields.done()
        with office.store.write() as tx:
            orders.add_product(tx, code, income, fee_bp)
            tx.execute("UPDATE products SET base_income_e4 = ?, fee_bp = ? WHERE code = ?", (income, fee_bp, code))
        return json_answer({"product": code, "income_per_10k": quotes.shown(income), "fee_bp": fee_bp})

    @found.post("/control/quotes")
    def revise() -> Response:
        fields = body()
        product, day, income = fields.text("product"), orders.day(fields.text("day")), e4(fields.text("income_per_10k"))
        fields.done()
        with office.store.write() as tx:
            revision = quotes.revise(tx, product, day, income)
        return json_answer({"product": product, "day": day.isoformat(), "revision": revision})

    @found.get("/control/switches")
    def listed() -> Response:
        with office.store.read() as tx:
            return json_answer({"switches": switches.listed(tx), "names": switches.NAMES})

    @found.post("/control/switches")
    def switch() -> Response:
        with office.store.write() as tx:
            return json_answer(switches.add(tx, body()), 201)

    @found.delete("/control/switches")
    def all_off() -> Response:
        with office.store.write() as tx:
            tx.execute("DELETE FROM switches")
        return json_answer({"switches": []})

    @found.delete("/control/switches/<int:number>")
    def off(number: int) -> Response:
        with office.store.write() as tx:
            if not tx.execute("DELETE FROM switches WHERE id = ?", (number,)).rowcount:
                raise Refusal("NOT_FOUND", "id", "no such switch")
            return json_answer({"switches": switches.listed(tx)})

    @found.get("/control/orders")
    def taken() -> Response:
        party = request.args.get("party", "")
        with office.store.read() as tx:
            rows = tx.execute(
                "SELECT * FROM orders WHERE operation <> '' AND (? = '' OR party = ?) ORDER BY taken_at DESC, number LIMIT ?",
                (party, party, _SHOWN),
            )
            return json_answer({"orders": [orders.view(row) for row in rows]})


def page(found: Blueprint, office: Office) -> None:
    """/: what it makes, what it was asked, what it does wrong."""

    @found.get("/")
    def shown() -> Response:
        with office.store.read() as tx:
            made = tx.execute("SELECT * FROM products ORDER BY code").fetchall()
            taken = tx.execute("SELECT * FROM orders WHERE operation <> '' ORDER BY taken_at DESC, number LIMIT ?", (_SHOWN,)).fetchall()
            on = switches.listed(tx)
        now = stamp(office.clock.now())
        products = [{"code": row["code"], "income": quotes.shown(row["base_income_e4"]), "fee_bp": row["fee_bp"]} for row in made]
        rows = [orders.view(row) for row in taken]
        text = render_template("issuer.html", now=now, products=products, orders=rows, switches=on, names=switches.NAMES)
        answer = make_response(text)
        answer.headers["Content-Security-Policy"] = f"{POLICY}; connect-src 'self'"
        answer.headers["Cache-Control"] = "no-store"
        return answer


def time_of(office: Office) -> dict[str, object]:
    return {"now": stamp(office.clock.now()), "offset_seconds": office.clock.offset_s, "business_date": office.clock.today().isoformat()}


def instant(text: str) -> datetime:
    """Raises Refusal."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid("now", "must be ISO 8601") from error


def e4(text: str) -> int:
    """Yuan with at most four decimals, in 0.0001 yuan. Raises Refusal."""
    try:
        found = Decimal(text) * 10_000
    except InvalidOperation as error:
        raise invalid("income_per_10k", "must be a number of yuan") from error
    if found != found.to_integral_value() or abs(found) > 10**9:
        raise invalid("income_per_10k", "has at most four decimals")
    return int(found)

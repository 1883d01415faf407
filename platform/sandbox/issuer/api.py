"""What parties ask of the issuer under /v1, and what stands around every request."""

import time
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from sandbox.clock import SHANGHAI
from sandbox.guard import MOST_BODY_BYTES, cutting, json_answer, path_with_query, require_json, require_loopback, wait_ms
from sandbox.issuer import control, files, orders, quotes
from sandbox.issuer.keys import party_key, verifies
from sandbox.issuer.office import Office
from sandbox.issuer.switches import Struck, strike
from sandbox.signing import FRESH_S, base_string
from sandbox.wire import Fields, Refusal, invalid, parse_object

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HEADERS = ("Issuer-Party", "Issuer-Timestamp", "Issuer-Nonce", "Issuer-Signature")
DOORS = ("hang", "hang_after", "http_500", "http_500_after", "reject", "reject_in_file", "forged_answer")
_CUT = "sandbox.cut"
_NONCE_LETTERS = 8


def create(office: Office) -> "WSGIApplication":
    """Routes and guards, ready to serve."""
    app = Flask("sandbox.issuer", template_folder=str(control.TEMPLATES), static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
    guard(app, office)
    routes(app, office)
    app.register_blueprint(control.blueprint(office))
    return cutting(app.wsgi_app)


def verified(office: Office) -> str:
    """The party whose signature is on the request. Raises Refusal."""
    party, timestamp, nonce, signature = (request.headers.get(name, "") for name in HEADERS)
    if not (party and timestamp and len(nonce) >= _NONCE_LETTERS and signature):
        raise Refusal("SIGNATURE_MISSING", message=f"the headers {', '.join(HEADERS)} are required")
    known = office.store.row("SELECT public_key_pem FROM parties WHERE id = ?", (party,))
    if known is None:
        raise Refusal("MERCHANT_UNKNOWN", "Issuer-Party", "the party is not registered")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > FRESH_S:
        raise Refusal("TIMESTAMP_OUT_OF_RANGE", "Issuer-Timestamp")
    message = base_string(request.method, path_with_query(request), timestamp, nonce, request.get_data())
    if not verifies(party_key(known["public_key_pem"]), signature, message):
        raise Refusal("SIGNATURE_INVALID", "Issuer-Signature")
    if not office.nonces.take(party, nonce):
        raise Refusal("NONCE_REUSED", "Issuer-Nonce")
    return party


def guard(app: Flask, office: Office) -> None:
    """Loopback on everything, signatures on /v1 and on its answers."""

    @app.before_request
    def begin() -> None:
        g.party, g.struck = "", Struck()
        require_loopback()
        if request.path.startswith("/control/"):
            require_json()
        if request.path.startswith("/v1/"):
            g.party = verified(office)

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        return json_answer(refusal.body(), refusal.http)

    @app.errorhandler(HTTPException)
    def misdirected(error: HTTPException) -> Response:
        if error.code == 500:
            return json_answer(Refusal("SYSTEM_ERROR").body(), 500)
        return json_answer(Refusal("BAD_HTTP", "", f"{error.name}: {request.method} {request.path}").body(), error.code or 400)

    @app.after_request
    def finish(answer: Response) -> Response:
        if request.path.startswith("/v1/"):
            nonce, forged = request.headers.get("Issuer-Nonce", ""), "forged_answer" in g.struck
            answer.headers.update(office.pen.headers(g.party, str(answer.status_code), nonce, answer.get_data(), forged=forged))
        return answer


def routes(app: Flask, office: Office) -> None:
    """/v1 and the health check."""

    @app.get("/healthz")
    def healthz() -> Response:
        return json_answer({"status": "ok"})

    @app.post("/v1/orders/<operation>")
    def take(operation: str) -> Response:
        if operation not in ("subscribe", "redeem", "cancel"):
            raise invalid("operation", "must be subscribe, redeem or cancel")
        body = parse_object(request.get_data())
        enter(office, operation, str(body.get("number", "")), str(body.get("product", "")))
        with office.store.write() as tx:
            row = orders.take(tx, office.clock, g.party, operation, body, g.struck)
        leave(office)
        return json_answer(orders.view(row))

    @app.get("/v1/orders/<number>")
    def query(number: str) -> Response:
        enter(office, "query", number, "")
        with office.store.read() as tx:
            row = orders.find(tx, g.party, number)
        leave(office)
        if row is None or not row["operation"]:
            raise Refusal("NOT_FOUND", "number")
        return json_answer(orders.view(row))

    @app.get("/v1/files/<day>")
    def file(day: str) -> Response:
        wanted = orders.day(day)
        with office.store.write() as tx:
            struck = strike(tx, files.FAULTS, party=g.party, day=wanted.isoformat())
        with office.store.write() as tx:
            body = files.render(tx, office.pen, g.party, wanted, office.clock.today(), struck)
        return Response(body, content_type="application/jsonl")

    @app.get("/v1/quotes")
    def quoted() -> Response:
        fields = Fields(request.args.to_dict())
        first, last = orders.day(fields.text("first")), orders.day(fields.text("last"))
        fields.done()
        with office.store.write() as tx:
            found = quotes.listed(tx, g.party, first, last, office.clock.now().astimezone(SHANGHAI).date())
        return json_answer({"quotes": found})


def enter(office: Office, operation: str, number: str, product: str) -> None:
    """Find the switches that strike this request, and let those strike that keep it from doing anything. Raises Refusal."""
    with office.store.write() as tx:
        g.struck = strike(tx, DOORS, party=g.party, operation=operation, number=number, product=product)
    if "hang" in g.struck:
        cut(office, "hang")
        raise Refusal("SYSTEM_ERROR")
    if "http_500" in g.struck:
        raise Refusal("SYSTEM_ERROR")


def leave(office: Office) -> None:
    """The switches that keep an answer from arriving. Raises Refusal."""
    if "hang_after" in g.struck:
        cut(office, "hang_after")
    if "http_500_after" in g.struck:
        raise Refusal("SYSTEM_ERROR")


def cut(office: Office, name: str) -> None:
    wait_ms(g.struck.param(name, "hold_ms", office.hold_ms))
    request.environ[_CUT] = True

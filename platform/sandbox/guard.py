"""What stands around every request: signatures on /v1, loopback on everything, signed answers, transport faults."""

import errno
import re
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import HTTPException

from sandbox.activity import Call
from sandbox.bank_context import Bank
from sandbox.courier import Courier, is_loopback
from sandbox.faults import Faults
from sandbox.keys import merchant_key
from sandbox.signing import FRESH_S, base_string, verifies
from sandbox.wire import Refusal, dump, invalid

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SIGNATURE_HEADERS = ("Bank-Merchant", "Bank-Timestamp", "Bank-Nonce", "Bank-Signature")
MOST_BODY_BYTES = 20 * 1024 * 1024
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CUT = "sandbox.cut"
_never = threading.Event()


def json_answer(body: object, status: int = 200) -> Response:
    """A JSON response."""
    return Response(dump(body), status, content_type="application/json")


def wait_ms(milliseconds: int) -> None:
    """Hold this thread, for the faults that are about time."""
    _never.wait(milliseconds / 1000)


def path_with_query(incoming: Request) -> str:
    """Exactly what stood on the request line."""
    raw = incoming.environ.get("RAW_URI")
    if isinstance(raw, str):
        return raw
    query = incoming.query_string.decode("latin-1")
    return incoming.path + (f"?{query}" if query else "")


def require_loopback() -> None:
    """Refuse other machines, and pages of other sites that resolve to this one. Raises Refusal."""
    host = request.host.rsplit(":", 1)[0].strip("[]")
    if not is_loopback(request.remote_addr or "") or not is_loopback(host):
        raise Refusal("LOOPBACK_ONLY", "", "the sandbox bank answers on loopback only")


def require_json() -> None:
    """Writes on the control plane need a content type that a foreign web page cannot send unasked. Raises Refusal."""
    if request.method not in ("GET", "HEAD") and request.method != "DELETE" and request.mimetype != "application/json":
        raise invalid("", "needs Content-Type: application/json")


def verify_signature(bank: Bank) -> str:
    """The merchant whose signature is on the request. Raises Refusal."""
    merchant, timestamp, nonce, signature = (request.headers.get(name, "") for name in SIGNATURE_HEADERS)
    if not (merchant and timestamp and nonce and signature):
        raise Refusal("SIGNATURE_MISSING", message=f"the headers {', '.join(SIGNATURE_HEADERS)} are required")
    registered = bank.store.row("SELECT public_key_pem FROM merchants WHERE id = ?", (merchant,))
    if registered is None:
        raise Refusal("MERCHANT_UNKNOWN", "Bank-Merchant")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > FRESH_S:
        raise Refusal("TIMESTAMP_OUT_OF_RANGE", "Bank-Timestamp")
    if not _NONCE.fullmatch(nonce):
        raise invalid("Bank-Nonce", "must be 8 to 64 characters of A-Z a-z 0-9 _ -")
    message = base_string(request.method, path_with_query(request), timestamp, nonce, request.get_data())
    if not verifies(merchant_key(registered["public_key_pem"]), signature, message):
        raise Refusal("SIGNATURE_INVALID", "Bank-Signature")
    if not bank.nonces.take(merchant, nonce):
        raise Refusal("NONCE_REUSED", "Bank-Nonce")
    return merchant


def hold_ms(bank: Bank, faults: Faults, name: str) -> int:
    """How long the connection of a timeout fault is held."""
    fault = faults.get(name)
    asked = -1 if fault is None else int(fault.params["hold_ms"])
    return bank.settings.values.hold_ms if asked < 0 else asked


def before_effect(bank: Bank, faults: Faults) -> None:
    """The faults that keep a request from doing anything. Raises Refusal, or cuts the connection."""
    delay = faults.get("delay")
    if delay is not None:
        wait_ms(delay.params["ms"])
    if faults.get("timeout_before_effect") is not None:
        wait_ms(hold_ms(bank, faults, "timeout_before_effect"))
        g.cut = True
        raise Refusal("SYSTEM_ERROR")
    burst, maintenance = faults.get("http_500_burst"), faults.get("maintenance")
    if maintenance is not None:
        raise Refusal("MAINTENANCE", retry_after_s=maintenance.params["retry_after_s"])
    if faults.get("system_busy") is not None:
        raise Refusal("SYSTEM_BUSY")
    if burst is not None and not burst.params["after_effect"]:
        raise Refusal("SYSTEM_ERROR")


def after_effect(bank: Bank, faults: Faults) -> None:
    """The faults that keep an answer from arriving. Raises Refusal, or cuts the connection."""
    if faults.get("timeout_after_effect") is not None:
        wait_ms(hold_ms(bank, faults, "timeout_after_effect"))
        g.cut = True
        return
    burst = faults.get("http_500_burst")
    if burst is not None and burst.params["after_effect"]:
        raise Refusal("SYSTEM_ERROR")


def install(app: Flask, bank: Bank, courier: Courier) -> None:
    """Put the guards around `app`."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.merchant, g.cut, g.faults, g.operation = "", False, Faults(), ""
        require_loopback()
        if request.path.startswith("/control/"):
            require_json()
        if request.path.startswith("/v1/"):
            g.merchant = verify_signature(bank)

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        answer = json_answer(refusal.body(), refusal.http)
        if refusal.retry_after_s:
            answer.headers["Retry-After"] = str(refusal.retry_after_s)
        return answer

    @app.errorhandler(HTTPException)
    def misdirected(error: HTTPException) -> Response:
        if error.code == 500:
            return json_answer(Refusal("SYSTEM_ERROR").body(), 500)
        body = Refusal("BAD_HTTP", "", f"{error.name}: {request.method} {request.path}").body()
        return json_answer(body, error.code or 400)

    @app.after_request
    def finish(answer: Response) -> Response:
        if request.path.startswith("/v1/"):
            _sign(bank, answer)
            _note(bank, answer)
        if g.cut:
            request.environ[_CUT] = True
        if request.method != "GET":
            courier.wake()
        return answer


def _sign(bank: Bank, answer: Response) -> None:
    forged = g.faults.get("forged_response") is not None
    nonce = request.headers.get("Bank-Nonce", "")
    answer.headers.update(bank.signer.headers(g.merchant, str(answer.status_code), nonce, answer.get_data(), forged=forged))


def _note(bank: Bank, answer: Response) -> None:
    bank.activity.add(
        Call(
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            method=request.method,
            path=path_with_query(request),
            merchant=g.merchant,
            status=0 if g.cut else answer.status_code,
            took_ms=round((time.perf_counter() - g.began) * 1000, 1),
            faults=", ".join(fault.name for fault in g.faults.found),
            sent=request.get_data(),
            answered=answer.get_data(),
        )
    )


def cutting(app: "WSGIApplication") -> "WSGIApplication":
    """A WSGI layer that breaks the connection instead of answering when the request was marked to be cut.

    The server treats a broken pipe raised here as one met on the socket: it closes the connection without a byte.
    """

    def layer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        held: list[Callable[[], object]] = []

        def remember(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> Callable[[bytes], object]:
            held.append(lambda: start_response(status, headers))
            return lambda _: None

        body = app(environ, remember)
        if environ.get(_CUT):
            raise BrokenPipeError(errno.EPIPE, "cut by a fault switch")
        held[-1]()
        return body

    return layer

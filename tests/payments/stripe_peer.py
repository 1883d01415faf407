"""Stripe for tests: localstripe as its own process, behind a door that adds what localstripe has not: idempotency keys as Stripe documents
them, lists by time of making, and faults. The door also takes the events localstripe sends."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from tests.processes import wait_until
from tests.sandbox_bank import free_port

KEY, SECRET, ACCOUNT = "sk_test_banyan0123456789", "whsec_banyan0123456789", "acct_1Banyan0000000"
INTENTS, MOVEMENTS = "/v1/payment_intents", "/v1/balance_transactions"
WITH_ORDERS = "expand[]=data.source.payment_intent"
EVENTS = "/events"
ASKS_FIRST = "4000002500003155"
TOLD = ["payment_intent.succeeded", "payment_intent.payment_failed"]
DECLINED = "pm_card_chargeCustomerFail"
BUSY = {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests"}}
BROKEN = {"error": {"type": "api_error", "message": "An error occurred"}}
OTHER_BODY = {"error": {"type": "idempotency_error", "message": "Keys for idempotent requests can only be used with the same parameters"}}
Reply = tuple[int, bytes]


def reply(status: int, content: dict[str, Any]) -> Reply:
    return status, json.dumps(content).encode()


class StripePeer:
    """One running localstripe with its door at `url`."""

    def __init__(self) -> None:
        self.upstream = f"http://127.0.0.1:{free_port()}"
        self.process: subprocess.Popen[bytes] | None = None
        self.http = httpx.Client(timeout=20, trust_env=False)
        self.lock = Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.door())
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.forget()

    def forget(self) -> None:
        self.fault_name = ""
        self.fee_bp = self.fee_fixed = 0
        self.rewritten: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = lambda found: found
        self.replies: dict[str, tuple[bytes, Reply]] = {}
        self.letters: list[tuple[str, dict[str, str], bytes]] = []

    def start(self) -> None:
        program = Path(__file__).with_name("localstripe_process.py")
        command = [sys.executable, str(program), self.upstream.rsplit(":", 1)[1]]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        Thread(target=self.server.serve_forever, daemon=True).start()
        wait_until(self.answers, "localstripe does not answer")
        self.http.post(f"{self.upstream}/_config/webhooks/banyan", json={"url": self.url + EVENTS, "secret": SECRET, "events": TOLD})

    def answers(self) -> bool:
        try:
            return self.http.get(f"{self.upstream}/js.stripe.com/v3/").status_code == 200
        except httpx.HTTPError:
            time.sleep(0.05)
            return False

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=20)
        self.http.close()

    def flush(self) -> None:
        self.http.delete(f"{self.upstream}/_config/data")
        self.forget()

    def call(self, method: str, path: str, body: bytes = b"") -> Reply:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
        answer = self.http.request(method, self.upstream + path, content=body, headers=headers)
        return answer.status_code, answer.content

    def made(self, path: str, **form: str) -> dict[str, Any]:
        """An object made, or acted on, by somebody else than the platform."""
        status, content = self.call("POST", path, urlencode(form).encode())
        assert status == 200, content
        found: dict[str, Any] = json.loads(content)
        return found

    def method(self, number: str = "4242424242424242") -> str:
        """A saved card, as its customer's and its own id."""
        card = {"card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2040", "card[cvc]": "123"}
        customer, method = self.made("/v1/customers")["id"], self.made("/v1/payment_methods", type="card", **card)["id"]
        self.made(f"/v1/payment_methods/{method}/attach", customer=customer)
        return f"{customer}/{method}"

    def intents(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.call("GET", f"{INTENTS}?limit=100")[1])["data"]
        return found

    def intent(self, request_no: str) -> dict[str, Any]:
        return next(one for one in self.intents() if one["metadata"].get("request_no") == request_no)

    def told(self) -> list[tuple[str, dict[str, str], bytes]]:
        """The events about payments that are there: one of a test before may come late."""
        known = {one["id"] for one in self.intents()}
        return [letter for letter in self.letters if json.loads(letter[2])["data"]["object"]["id"] in known]

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        self.fault_name = name
        yield
        self.fault_name = ""

    def door(self) -> type[BaseHTTPRequestHandler]:
        peer = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if self.path == EVENTS:
                    peer.letters.append((EVENTS, dict(self.headers.items()), raw))
                    return self.answer((200, b"{}"))
                told = peer.through(self.command, self.path, raw, dict(self.headers.items()))
                if told is None:
                    self.close_connection = True
                    self.connection.close()
                    return None
                return self.answer(told)

            def do_GET(self) -> None:
                self.do_POST()

            def answer(self, told: Reply) -> None:
                self.send_response(told[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told[1])))
                self.end_headers()
                self.wfile.write(told[1])

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        return Door

    def through(self, method: str, path: str, raw: bytes, headers: dict[str, str]) -> Reply | None:
        """One call through the door; None: the connection is lost."""
        if headers.get("Authorization") != f"Bearer {KEY}":
            return reply(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}})
        if self.fault_name == "busy":
            return reply(429, BUSY)
        paying = method == "POST" and path == INTENTS
        if paying and self.fault_name in ("timeout_before", "error_before"):
            return None if self.fault_name == "timeout_before" else reply(500, BROKEN)
        told = self.listed(path) if method == "GET" else self.once(method, path, raw, headers.get("Idempotency-Key", ""))
        if paying and self.fault_name in ("timeout_after", "error_after"):
            return None if self.fault_name == "timeout_after" else reply(500, BROKEN)
        if paying and self.fault_name == "forged_answer":
            return told[0], json.dumps(json.loads(told[1]) | {"metadata": {"request_no": "chr_other"}}).encode()
        return told

    def once(self, method: str, path: str, raw: bytes, key: str) -> Reply:
        """The first answer under a key, again; another body under it is refused."""
        with self.lock:
            held = self.replies.get(key)
            if held is not None:
                return held[1] if held[0] == path.encode() + raw else reply(400, OTHER_BODY)
            told = self.call(method, path, self.with_card(path, raw))
            self.replies[key] = path.encode() + raw, told
            return told

    def with_card(self, path: str, raw: bytes) -> bytes:
        """The same payment with a card that is declined, or whose bank asks first, while such a fault is on."""
        if path != INTENTS or self.fault_name not in ("declined", "pending"):
            return raw
        form = dict(parse_qsl(raw.decode()))
        form["payment_method"] = DECLINED if self.fault_name == "declined" else self.method(ASKS_FIRST).split("/")[1]
        return urlencode(form).encode()

    def listed(self, path: str) -> Reply:
        """A list by the time its rows were made, which localstripe does not choose by."""
        address = urlsplit(path)
        if address.path == "/v1/balance":
            return self.balance()
        terms = dict(parse_qsl(address.query))
        least, most = int(terms.pop("created[gte]", "0")), int(terms.pop("created[lte]", str(2**40)))
        status, content = self.call("GET", f"{address.path}?{urlencode(terms)}")
        found = json.loads(content)
        if status == 200 and address.path == MOVEMENTS:
            found["data"] = self.rewritten([self.with_fee(one) for one in found["data"]])
        if status == 200 and found.get("object") == "list":
            found["data"] = [one for one in found["data"] if least <= one.get("created", least) <= most]
        return reply(status, found)

    def with_fee(self, found: dict[str, Any]) -> dict[str, Any]:
        """A movement of the balance with the fee that Stripe takes of a payment, which localstripe does not."""
        fee = (found["amount"] * self.fee_bp + 5_000) // 10_000 + self.fee_fixed if found["type"] == "charge" else 0
        return found | {"fee": fee, "net": found["amount"] - fee}

    def balance(self) -> Reply:
        """All that moved, half of it pending: localstripe makes its balance up."""
        moved = self.rewritten(
            [self.with_fee(one) for one in json.loads(self.call("GET", f"{MOVEMENTS}?limit=100&{WITH_ORDERS}")[1])["data"]]
        )
        total = sum(one["net"] for one in moved)
        parts = {"available": total // 2, "pending": total - total // 2}
        return reply(200, {"object": "balance"} | {name: [{"amount": fen, "currency": "cny"}] for name, fen in parts.items()})

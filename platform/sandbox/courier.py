"""Delivers notices, and does what was planned for later (decisions, returns, cancellations), in one background thread."""

import json
import logging
import sqlite3
import threading
import time
from dataclasses import dataclass
from ipaddress import ip_address

import httpx

from sandbox import agreements, money, notices
from sandbox.bank_context import Bank, Row
from sandbox.wire import Refusal, dump, invalid

_TIMEOUT_S = 5.0
_BATCH = 50
_LONGEST_NAP_S = 1.0
# Under load the thread is woken by every request; this lets several of them share one round.
_SHORTEST_NAP_S = 0.01
_settled = threading.Event()
_log = logging.getLogger(__name__)


def loopback_url(url: str, field: str = "notify_url") -> str:
    """`url` itself. Raises Refusal unless it is http on loopback: the bank sends nowhere else."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise invalid(field, "must be a URL") from error
    if parsed.scheme != "http" or parsed.userinfo or not is_loopback(parsed.host):
        raise invalid(field, "must be an http:// URL on loopback (127.0.0.1, ::1 or localhost)")
    return url


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's loopback."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class _Copy:
    """One HTTP request of a delivery. Only the genuine one decides whether the notice was taken."""

    body: bytes
    age_s: int = 0
    forged: bool = False
    genuine: bool = True


class Courier:
    """One thread; deliveries are in order, one at a time, so that order only breaks where a fault breaks it."""

    def __init__(self, bank: Bank) -> None:
        """Not running yet."""
        self._bank = bank
        no_lingering = httpx.Limits(max_keepalive_connections=0)  # a receiver's thread is not held between two notices
        self._client = httpx.Client(timeout=_TIMEOUT_S, limits=no_lingering, follow_redirects=False, trust_env=False)
        self._bag = threading.Lock()
        self._awake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something new to do."""
        self._awake.set()

    def flush(self, timeout_s: float) -> dict[str, int]:
        """Try everything that waits, once, in the caller's thread; the counts."""
        deadline = time.monotonic() + timeout_s
        sent = delivered = 0
        with self._bag:
            with self._bank.store.read() as tx:
                waiting = notices.waiting(tx)
            for notice in waiting:
                if time.monotonic() > deadline:
                    break
                sent += 1
                delivered += self._deliver(notice)
        with self._bank.store.read() as tx:
            left = len(notices.waiting(tx))
        return {"sent": sent, "delivered": delivered, "left": left}

    def send_again(self, event_id: str) -> None:
        """Send one notice now, whatever its state. Raises Refusal NOT_FOUND."""
        with self._bag:
            with self._bank.store.read() as tx:
                notice = notices.get(tx, event_id)
            self._deliver(notice)

    def pause(self) -> threading.Lock:
        """The lock that keeps deliveries out, for a reset."""
        return self._bag

    def _run(self) -> None:
        while True:
            self._awake.clear()
            try:
                self._work()
            except (sqlite3.Error, Refusal):
                # The next round sees the same rows again.
                _log.exception("courier round failed")
            due = self._due()
            _settled.wait(_SHORTEST_NAP_S)
            self._awake.wait(_LONGEST_NAP_S if due is None else min(_LONGEST_NAP_S, max(0.005, due - time.time())))

    def _due(self) -> float | None:
        """When there is something to do by itself (unix seconds)."""
        wanted, times = self._bank.settings.values, []
        with self._bank.store.read() as tx:
            if wanted.notice_mode == "auto":
                times.append(notices.next_due(tx))
            if wanted.plan_mode == "auto":
                times.append(notices.next_plan(tx))
        return min((at for at in times if at is not None), default=None)

    def carry_out(self) -> int:
        """Everything that is planned for later, now; how many."""
        always = float("inf")
        return money.decide_due(self._bank, until=always) + agreements.cancel_due(self._bank, until=always)

    def _work(self) -> None:
        if self._bank.settings.values.plan_mode == "auto":
            money.decide_due(self._bank)
            agreements.cancel_due(self._bank)
        while self._bank.settings.values.notice_mode == "auto":
            with self._bag:
                with self._bank.store.read() as tx:
                    batch = notices.due(tx, _BATCH)
                for notice in batch:
                    self._deliver(notice)
            if not batch:
                return

    def _deliver(self, notice: Row) -> bool:
        """All copies of one notice; whether the genuine one was taken."""
        with self._bank.store.read() as tx:
            url = notices.notify_url(self._bank, tx, notice["merchant"])
        result, taken = "no notify_url", False
        for copy in _copies(notice) if url else ():
            answer, ok = self._post(url, notice["merchant"], copy)
            if copy.genuine:
                result, taken = answer, taken or ok
        with self._bank.store.write() as tx:
            notices.record_try(tx, notice, result, taken=taken, backoff_s=self._bank.settings.values.notice_backoff_s)
        return taken

    def _post(self, url: str, merchant: str, copy: _Copy) -> tuple[str, bool]:
        path = httpx.URL(url).raw_path.decode()
        headers = self._bank.signer.headers(merchant, "POST", path, copy.body, age_s=copy.age_s, forged=copy.forged)
        try:
            answer = self._client.post(url, content=copy.body, headers=headers | {"Content-Type": "application/json"})
        except httpx.HTTPError as error:
            return type(error).__name__, False
        return f"HTTP {answer.status_code}", answer.is_success


def _copies(notice: Row) -> list[_Copy]:
    faults = notices.faults_of(notice)
    body = notice["body"].encode()
    if "wrong_amount_notice" in faults:
        body = _changed(notice["body"], faults["wrong_amount_notice"].params["delta_fen"])
    age_s = 0
    if "stale_notice" in faults and notice["attempts"] < faults["stale_notice"].params["deliveries"]:
        age_s = faults["stale_notice"].params["age_s"]
    genuine = [_Copy(body, age_s=age_s)]
    if "duplicate_notice" in faults:
        genuine *= 1 + faults["duplicate_notice"].params["copies"]
    if "forged_notice" not in faults or notice["attempts"]:
        return genuine
    only = faults["forged_notice"].params["only"]
    return [_Copy(_changed(notice["body"], 1), forged=True, genuine=only), *([] if only else genuine)]


def _changed(text: str, delta_fen: int) -> bytes:
    """The notice with another amount; agreements have none and stay as they are."""
    body = json.loads(text)
    if "amount_fen" in body["resource"]:
        body["resource"]["amount_fen"] += delta_fen
    return dump(body).encode()

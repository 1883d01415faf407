"""One notice on its way: a POST to a checked address with a limit on the whole of it, no redirect followed, little of the answer read."""

import os
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic

import httpcore
import structlog
from django.conf import settings

from core.card_numbers import contains_card_number
from payments.channels.transport import DEADLINE, BoundedBackend, BoundedStream
from payments.notices.addresses import AddressRefused, resolve
from payments.notices.models import ANSWER_LENGTH
from payments.notices.states import PATIENCE_S

READ_MOST = 4096
CONNECT_S = 3.0
TLS_REFUSED = "tls_refused"
HIDDEN = "[a card number]"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Letter:
    """What is sent, signed already."""

    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What came of one try: the receiver's status, or why there is none; the start of its answer; how long it took."""

    status: int | None
    error: str
    answer: str
    took_ms: int

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def answered(self) -> bool:
        return self.status is not None


class CheckedBackend(BoundedBackend):
    """Connects to the address a name was judged by, never to what it leads to a moment later."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        address = resolve(host, port, nearby=not settings.PRODUCTION)
        return BoundedStream(self.inner.connect_tcp(address, port, DEADLINE.left(timeout), local_address, socket_options))


@lru_cache(maxsize=2)
def pool_of(process: int) -> httpcore.ConnectionPool:
    """The connections of one process, none of which is kept: the next notice looks its address up anew."""
    return httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=CheckedBackend(), max_connections=64, max_keepalive_connections=0
    )


def post(letter: Letter) -> Reply:
    """Send one notice, once. Touches no database, so that many threads may."""
    begun = monotonic()
    DEADLINE.at = begun + PATIENCE_S
    status, error, answer = None, "", b""
    try:
        status, answer = exchange(letter)
    except AddressRefused as refused:
        error = refused.reason
    except ssl.SSLError:
        error = TLS_REFUSED
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
        error = TLS_REFUSED if isinstance(problem.__cause__ or problem.__context__, ssl.SSLError) else "not_reached"
    except httpcore.TimeoutException:
        error = "no_answer_in_time"
    except (httpcore.NetworkError, httpcore.ProtocolError):
        error = "connection_broken"
    finally:
        DEADLINE.at = float("inf")
    if status is not None and not 200 <= status < 300:
        error = f"http_{status}"
    return Reply(status, error, readable(answer), int((monotonic() - begun) * 1000))


def exchange(letter: Letter) -> tuple[int, bytes]:
    """The status, which decides, and the first bytes of the answer as far as they come."""
    timeouts = {"connect": CONNECT_S, "read": PATIENCE_S, "write": PATIENCE_S, "pool": PATIENCE_S}
    pool = pool_of(os.getpid())
    with pool.stream("POST", letter.url, headers=list(letter.headers), content=letter.body, extensions={"timeout": timeouts}) as response:
        found = bytearray()
        try:
            for chunk in response.iter_stream():
                found += chunk
                if len(found) >= READ_MOST:
                    break
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
            log.info("notice_answer_cut_off", status=response.status)
        return response.status, bytes(found[:READ_MOST])


def readable(answer: bytes) -> str:
    """The start of an answer as text that may be stored and shown."""
    text = "".join(letter if letter.isprintable() else " " for letter in answer.decode("utf-8", "replace"))
    return HIDDEN if contains_card_number(text) else text[:ANSWER_LENGTH]

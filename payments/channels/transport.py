"""HTTP to a channel: one pool of kept connections per process, and a limit on the whole of each call, however it trickles."""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import httpcore

MAX_ANSWER = 64 * 1024 * 1024
POOL_WAIT_S = 1.0


class NotDelivered(Exception):
    """No byte of the request left: the channel cannot have done anything. `reason` is for operators."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NoAnswer(Exception):
    """The request left, or may have, and no whole answer came: the outcome is unknown."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers by lower-case name, the raw body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Patience:
    """Seconds for connecting and for the whole call."""

    connect_s: float
    total_s: float


class Deadline(threading.local):
    """When the call of this thread must be over, and all calls of `within`, on the monotonic clock."""

    at = float("inf")
    all_at = float("inf")

    def left(self, timeout: float | None) -> float:
        """The smaller of `timeout` and what is left. Raises TimeoutError when nothing is."""
        left = self.at - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole call took too long")
        return left if timeout is None else min(timeout, left)


DEADLINE = Deadline()


class BoundedStream(httpcore.NetworkStream):
    """A connection whose every read and write ends by the thread's deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self.inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, timeout=DEADLINE.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, timeout=DEADLINE.left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None) -> httpcore.NetworkStream:
        return BoundedStream(self.inner.start_tls(ssl_context, server_hostname, DEADLINE.left(timeout)))  # type: ignore[arg-type]

    def get_extra_info(self, info: str) -> object:
        return self.inner.get_extra_info(info)


class BoundedBackend(httpcore.NetworkBackend):
    """Opens BoundedStreams."""

    def __init__(self) -> None:
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return BoundedStream(self.inner.connect_tcp(host, port, timeout, local_address, socket_options))


POOLS: dict[int, httpcore.ConnectionPool] = {}


def pool() -> httpcore.ConnectionPool:
    """This process's pool; a forked child makes its own."""
    found = POOLS.get(os.getpid())
    if found is None:
        made = httpcore.ConnectionPool(
            network_backend=BoundedBackend(), max_connections=64, max_keepalive_connections=16, keepalive_expiry=20
        )
        found = POOLS.setdefault(os.getpid(), made)
    return found


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All exchanges of the block together take no longer."""
    DEADLINE.all_at = monotonic() + seconds
    try:
        yield
    finally:
        DEADLINE.all_at = float("inf")


def call(method: str, url: str, *, headers: dict[str, str], body: bytes, patience: Patience) -> Answer:
    """One HTTP exchange. Raises NotDelivered or NoAnswer; never follows a redirect, never tries again."""
    total_s = min(patience.total_s, DEADLINE.all_at - monotonic())
    if total_s <= 0:
        raise NotDelivered("Patience")
    DEADLINE.at = monotonic() + total_s
    timeouts = {"connect": min(patience.connect_s, total_s), "read": total_s, "write": total_s, "pool": min(POOL_WAIT_S, total_s)}
    try:
        with pool().stream(method, url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}) as response:
            received = bounded(response.iter_stream())
            found = {name.decode().lower(): value.decode("latin-1") for name, value in response.headers}
            return Answer(response.status, found, received)
    except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as problem:
        raise NotDelivered(type(problem).__name__) from problem
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as problem:
        raise NoAnswer(type(problem).__name__) from problem
    finally:
        DEADLINE.at = float("inf")


def bounded(chunks: Iterable[bytes]) -> bytes:
    """The whole body. Raises NoAnswer when it is larger than any answer of ours can be."""
    received = bytearray()
    for chunk in chunks:
        received += chunk
        if len(received) > MAX_ANSWER:
            raise NoAnswer("TooLarge")
    return bytes(received)

"""A small HTTP/1.1 client for load: many kept connections in one process, each request with a fresh key."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Measured:
    """One run: answers per second, and the waiting times of all answers in seconds, sorted."""

    per_second: float
    waits: list[float]
    statuses: dict[int, int]

    def percentile(self, share: float) -> float:
        return self.waits[min(int(len(self.waits) * share), len(self.waits) - 1)] if self.waits else 0.0


def together(runs: Sequence[Measured]) -> Measured:
    """Several runs of equal length as one."""
    statuses: dict[int, int] = {}
    for status, count in (item for run in runs for item in run.statuses.items()):
        statuses[status] = statuses.get(status, 0) + count
    return Measured(sum(run.per_second for run in runs) / len(runs), sorted(wait for run in runs for wait in run.waits), statuses)


def post(port: int, path: str, token: str, key: str, body: bytes) -> bytes:
    """The bytes of one request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """Send, read the whole answer, return its status."""
    writer.write(request)
    head = await reader.readuntil(HEAD_END)
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


async def client(port: int, until: float, next_request: Callable[[], bytes | None], waits: list[float], statuses: dict[int, int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        request = next_request()
        if request is None:
            break
        begun = time.perf_counter()
        status = await exchange(reader, writer, request)
        waits.append(time.perf_counter() - begun)
        statuses[status] = statuses.get(status, 0) + 1
    writer.close()


async def load(port: int, connections: int, seconds: float, next_request: Callable[[], bytes | None]) -> Measured:
    """`connections` clients at once for `seconds`, or until `next_request` gives no more."""
    waits: list[float] = []
    statuses: dict[int, int] = {}
    begun = time.perf_counter()
    await asyncio.gather(*(client(port, begun + seconds, next_request, waits, statuses) for _ in range(connections)))
    return Measured(len(waits) / (time.perf_counter() - begun), sorted(waits), statuses)

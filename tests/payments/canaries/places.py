"""Where canaries are looked for, each place as text: every table, the sessions, the broker, the metrics."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from redis import Redis

from config.celery import OUTBOUND, QUEUES

NUMBER = re.compile(r"(?<![0-9A-Za-z.])[0-9]{6}(?![0-9A-Za-z])")


def spellings(canary: str) -> set[str]:
    """How a text may lie in a dump: as it is, in an address, in JSON, as bytes in hex, in base64, a number in groups."""
    raw = canary.encode()
    found = {canary, quote(canary), json.dumps(canary)[1:-1], raw.hex(), base64.b64encode(raw).decode().rstrip("=")}
    if canary.isdigit() and len(canary) == 11:
        found |= {f"{canary[:3]}{sign}{canary[3:7]}{sign}{canary[7:]}" for sign in (" ", "-", "+", "%20")}
    if canary.isdigit() and len(canary) > 12:
        found |= {sign.join(canary[start : start + 4] for start in range(0, len(canary), 4)) for sign in (" ", "-", "+", "%20")}
    return found


def holds(text: str, canary: str) -> bool:
    """Six digits must stand alone: they are met by chance within longer numbers, hashes and fractions of seconds."""
    if len(canary) == 6 and canary.isdigit():
        return canary in set(NUMBER.findall(text))
    return any(spelling in text for spelling in spellings(canary))


def tables() -> dict[str, str]:
    """Every table of every floor, as a thief of the database would read it."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT coalesce(string_agg(t::text, chr(10)), %s) FROM "{table}" t', [""])
            found[table] = cursor.fetchone()[0]
    return found


def sessions() -> str:
    """What operators' sessions hold, unpacked."""
    return "\n".join(json.dumps(SessionStore().decode(row.session_data), ensure_ascii=False) for row in Session.objects.all())


def broker_client() -> "Redis[bytes]":
    return Redis.from_url(settings.REDIS_URL)


def broker() -> str:
    """Every key with its value, a message's body unpacked."""
    client = broker_client()
    return "\n".join(f"{key.decode()} {text}" for key in client.scan_iter(count=1000) for text in values_of(client, key))


def values_of(client: "Redis[bytes]", key: bytes) -> Iterator[str]:
    kind = client.type(key)
    reading: dict[bytes, Any] = {
        b"string": lambda: [client.get(key)],
        b"list": lambda: client.lrange(key, 0, -1),
        b"set": lambda: client.smembers(key),
        b"hash": lambda: [part for pair in client.hgetall(key).items() for part in pair],
        b"zset": lambda: client.zrange(key, 0, -1),
    }
    if kind == b"none":
        return
    for raw in reading[kind]():
        text = (raw or b"").decode(errors="replace")
        yield text
        yield unpacked(text)


def unpacked(text: str) -> str:
    """A message's body, which lies in the broker in base64."""
    try:
        message = json.loads(text)
        return base64.b64decode(message["body"]).decode()
    except (ValueError, KeyError, TypeError):
        return ""


def queue_lengths() -> dict[str, int]:
    client = broker_client()
    return {queue: int(client.llen(queue)) for queue in (*QUEUES, OUTBOUND)}


def messages_since(before: dict[str, int]) -> list[tuple[str, dict[str, Any]]]:
    """Task and arguments of what was sent since, oldest first. New messages come in at the left; other tests may take theirs meanwhile."""
    client, found = broker_client(), []
    for queue, length in before.items():
        fresh = int(client.llen(queue)) - length
        for raw in reversed(client.lrange(queue, 0, fresh - 1) if fresh > 0 else []):
            message = json.loads(raw)
            found.append((message["headers"]["task"], json.loads(base64.b64decode(message["body"]))[1]))
    return found

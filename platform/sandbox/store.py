"""The bank's own SQLite file: one writer at a time, readers beside it, nothing acknowledged before it is committed."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = Path(__file__).parent / "schema.sql"
_BUSY_S = 30.0


class Store:
    """Connections are per thread and kept.

    The process is the only writer of its file, so a lock of its own queues the writers: fairer and cheaper than
    SQLite's busy polling. WAL with synchronous=NORMAL keeps every commit through a kill of the process (a power
    cut may lose the last ones, which a sandbox accepts).
    """

    def __init__(self, path: Path, schema: Path = _SCHEMA) -> None:
        """Open (or make) the file at `path`, readable by its owner alone, with the tables of `schema`."""
        self._path = path
        self._local = threading.local()
        self._writer = threading.Lock()
        path.touch(mode=0o600, exist_ok=True)
        self._connection().executescript(schema.read_text(encoding="utf-8"))

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, cached_statements=256)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction that may write: committed at the end, rolled back on any exception."""
        connection = self._connection()
        with self._writer:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def row(self, query: str, values: tuple[object, ...]) -> sqlite3.Row | None:
        """The first row of one query, without the cost of a transaction around it."""
        found: sqlite3.Row | None = self._connection().execute(query, values).fetchone()
        return found

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One consistent snapshot."""
        connection = self._connection()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")


def meta(tx: sqlite3.Connection, key: str, default: str) -> str:
    """A stored single value."""
    row = tx.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return default if row is None else str(row["value"])


def set_meta(tx: sqlite3.Connection, key: str, value: str) -> None:
    """Store a single value."""
    tx.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value))

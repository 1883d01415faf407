"""What the issuer does wrong when it is told to."""

import json
from dataclasses import dataclass, field
from typing import Any

from sandbox.bank_context import Row, Tx
from sandbox.wire import Fields, Refusal, dump

NAMES = {
    "hang": "Holds the connection (hold_ms), then cuts it; nothing is taken.",
    "hang_after": "Takes the order, holds the connection (hold_ms), then cuts it.",
    "http_500": "Answers 500; nothing is taken.",
    "http_500_after": "Takes the order, then answers 500.",
    "reject": "Refuses the order at once, for good (code).",
    "reject_in_file": "Takes the order and refuses it in the day's file (code).",
    "forged_answer": "Signs the answer with something else.",
    "file_missing": "There is no file of the day.",
    "file_late": "The day's file comes a natural day later.",
    "file_wrong_sum": "The file's sum is a fen off.",
    "file_wrong_count": "The file's count is one off.",
    "file_bad_signature": "The file's own signature is over something else.",
    "file_extra_line": "The file has a line about an order nobody placed.",
    "file_wrong_amount": "The file's first confirmed line is off by fen (default 1), its sums too.",
    "file_repeated_line": "The file's first line is there twice, its sums too.",
    "quote_missing": "A day has no quote.",
    "quote_late": "A day's quote comes a natural day later.",
}
OPERATIONS = ("subscribe", "redeem", "cancel", "query")
_WORD, _DAY = r"[A-Za-z0-9_.-]{0,64}", r"([0-9]{4}-[0-9]{2}-[0-9]{2})?"


@dataclass(frozen=True)
class Struck:
    """The switches that strike one request, with their parameters by name."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.found

    def param(self, name: str, key: str, default: Any) -> Any:
        """A parameter of a switch that strikes."""
        return self.found[name].get(key, default)


def add(tx: Tx, fields: Fields) -> dict[str, Any]:
    """Set a switch. `times` 0: until it is switched off. Raises Refusal."""
    name = fields.text("name", pattern="|".join(NAMES))
    where = [
        fields.text(key, pattern=_DAY if key == "day" else _WORD, default="") for key in ("party", "operation", "number", "product", "day")
    ]
    params = fields.mapping("params")
    times = fields.whole("times", least=0, most=1_000_000, default=1)
    fields.done()
    if set(params) - {"hold_ms", "code", "fen"}:
        raise Refusal("INVALID_REQUEST", "params", "params may be hold_ms, code and fen")
    row = tx.execute(
        "INSERT INTO switches (name, party, operation, number, product, day, params, remaining)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
        (name, *where, dump(params), times or -1),
    ).fetchone()
    return view(row)


def view(row: Row) -> dict[str, Any]:
    """A switch as JSON."""
    return dict(row) | {"params": json.loads(row["params"]), "says": NAMES[row["name"]]}


def listed(tx: Tx) -> list[dict[str, Any]]:
    """All that still strike."""
    return [view(row) for row in tx.execute("SELECT * FROM switches WHERE remaining <> 0 ORDER BY id")]


def strike(tx: Tx, names: tuple[str, ...], **facts: str) -> Struck:
    """Those of `names` whose conditions fit `facts` (an empty condition fits everything), each counted once."""
    found: dict[str, dict[str, Any]] = {}
    for row in tx.execute("SELECT * FROM switches WHERE remaining <> 0 ORDER BY id").fetchall():
        fits = all(not row[key] or row[key] == facts.get(key, "") for key in ("party", "operation", "number", "product", "day"))
        if row["name"] in names and row["name"] not in found and fits:
            found[row["name"]] = json.loads(row["params"])
            if row["remaining"] > 0:
                tx.execute("UPDATE switches SET remaining = remaining - 1 WHERE id = ?", (row["id"],))
    return Struck(found)

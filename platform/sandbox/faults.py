"""Which faults hit a request: by its header, by a stored rule, by a magic card or amount."""

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox import magic
from sandbox.fault_kinds import FAULT_KINDS, OPERATIONS, USUAL_OPERATIONS, FaultKind, Params, fault_kind
from sandbox.store import Store
from sandbox.wire import Fields, dump, invalid

_MATCH_FIELDS = ("card_last4", "card_number", "agreement_no", "request_no")
_TRIES_KEPT = 20_000


@dataclass(frozen=True)
class Target:
    """What a request is about, as far as faults care. For statements: the day, the kind, and no request_no."""

    operation: str
    request_no: str = ""
    agreement_no: str = ""
    card_number: str = ""
    amount_fen: int = 0
    day: str = ""
    day_before: str = ""
    statement_kind: str = ""


@dataclass(frozen=True)
class Fault:
    """One fault that hits one request. `request_no`: the line a statement fault is about ("" for any)."""

    name: str
    params: Params
    request_no: str = ""

    def stored(self) -> dict[str, Any]:
        """As kept beside an order or a notice."""
        return {"name": self.name, "params": self.params}


@dataclass(frozen=True)
class Faults:
    """All faults of one request, at most one of each name (the header's, then the rules', then the magic's)."""

    found: tuple[Fault, ...] = ()

    def get(self, name: str) -> Fault | None:
        """The fault called `name`, if it hits."""
        return next((fault for fault in self.found if fault.name == name), None)

    def notice_faults(self) -> list[dict[str, Any]]:
        """Those that act on notices, to be kept with what the notice is about."""
        return [fault.stored() for fault in self.found if FAULT_KINDS[fault.name].family == "notice"]


@dataclass
class Rule:
    """A stored switch. `times_left` None: until deleted."""

    id: int
    kind: FaultKind
    operations: tuple[str, ...]
    match: dict[str, str]
    params: Params
    times_left: int | None
    hits: int = field(default=0)

    def hits_target(self, target: Target) -> bool:
        """Whether operation and match fit."""
        if self.kind.family == "statement":
            return target.operation == "statement" and self._hits_statement(target)
        return target.operation in self.operations and all(self._fits(name, wanted, target) for name, wanted in self.match.items())

    def _hits_statement(self, target: Target) -> bool:
        days = ("", target.day, target.day_before) if self.kind.name == "cut_off_shift" else ("", target.day)
        return self.params["kind"] == target.statement_kind and self.params["date"] in days

    @staticmethod
    def _fits(name: str, wanted: str, target: Target) -> bool:
        actual = target.card_number[-4:] if name == "card_last4" else getattr(target, name)
        return bool(actual == wanted)

    def view(self) -> dict[str, Any]:
        """The control plane's representation."""
        return {
            "id": f"F{self.id}", "name": self.kind.name, "operations": list(self.operations), "match": self.match,
            "times_left": self.times_left, "hits": self.hits, "params": self.params,
        }  # fmt: skip


class FaultBook:
    """The rules, kept in memory and in the store; asked once per request, so it costs nothing while it is empty."""

    def __init__(self, store: Store, magic_amounts: Callable[[], bool]) -> None:
        """Take up the stored rules. `magic_amounts` tells whether amounts carry faults."""
        self._store = store
        self._magic_amounts = magic_amounts
        self._lock = threading.Lock()
        self._tries: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._rules: list[Rule] = []
        self.reload()

    def reload(self) -> None:
        """Read the rules again, after a reset of the store."""
        with self._lock, self._store.read() as tx:
            self._rules = [_rule(row) for row in tx.execute("SELECT * FROM faults ORDER BY id")]
            self._tries.clear()

    def create(self, fields: Fields) -> Rule:
        """Add a rule from the body of `POST /control/faults`. Raises Refusal."""
        kind = fault_kind(fields.text("name"))
        operations = _operations(kind, fields.items("operations"))
        match = {name: fields.text(name) for name in _MATCH_FIELDS if fields.has(name)}
        if kind.family == "statement" and set(match) - {"request_no"}:
            raise invalid(min(set(match) - {"request_no"}), "does not apply to statement faults; use request_no, params.date, params.kind")
        params = kind.complete(fields.mapping("params"))
        times = fields.whole("times", least=1, most=10**6) if fields.has("times") else _usual_times(kind, match, params)
        fields.done()
        with self._lock, self._store.write() as tx:
            cursor = tx.execute(
                "INSERT INTO faults (name, operations, match, params, times_left) VALUES (?, ?, ?, ?, ?)",
                (kind.name, dump(operations), dump(match), dump(params), times),
            )
            assert cursor.lastrowid is not None
            rule = Rule(cursor.lastrowid, kind, operations, match, params, times)
            self._rules.append(rule)
        return rule

    def all(self) -> list[Rule]:
        """Every rule that still can hit."""
        with self._lock:
            return list(self._rules)

    def delete(self, rule_id: str | None = None) -> int:
        """Delete one rule ("F12"), or all; how many were deleted."""
        with self._lock, self._store.write() as tx:
            doomed = [rule for rule in self._rules if rule_id in (None, f"F{rule.id}")]
            tx.executemany("DELETE FROM faults WHERE id = ?", [(rule.id,) for rule in doomed])
            self._rules = [rule for rule in self._rules if rule not in doomed]
        return len(doomed)

    def pick(self, target: Target, header: str = "") -> Faults:
        """The faults that hit this request; uses up one of `times` of each rule. Raises Refusal on a bad header."""
        found: dict[str, Fault] = {fault.name: fault for fault in parse_header(header)}
        with self._lock:
            for fault in self._from_rules(target):
                found.setdefault(fault.name, fault)
            for fault in self._from_magic(target):
                found.setdefault(fault.name, fault)
        return Faults(tuple(found.values()))

    def _from_rules(self, target: Target) -> Iterator[Fault]:
        for rule in [rule for rule in self._rules if rule.hits_target(target)]:
            if self._within_tries(f"F{rule.id}", rule.params, target):
                self._use(rule)
                yield Fault(rule.kind.name, rule.params, rule.match.get("request_no", ""))

    def _from_magic(self, target: Target) -> Iterator[Fault]:
        rules = list(magic.CARD_RULES.get(target.card_number, ()))
        if target.amount_fen in magic.AMOUNTS and self._magic_amounts():
            rules.append(magic.AMOUNTS[target.amount_fen][0])
        for rule in rules:
            params = FAULT_KINDS[rule.fault].complete(rule.params)
            if target.operation in rule.operations and self._within_tries(f"magic:{rule.fault}", params, target):
                yield Fault(rule.fault, params)

    def _within_tries(self, source: str, params: Params, target: Target) -> bool:
        most = params["first_tries"]
        if not most:
            return True
        key = (source, target.request_no)
        self._tries[key] = self._tries.get(key, 0) + 1
        if len(self._tries) > _TRIES_KEPT:
            self._tries.popitem(last=False)
        return bool(self._tries[key] <= most)

    def _use(self, rule: Rule) -> None:
        rule.hits += 1
        if rule.times_left is not None and rule.kind.name != "cut_off_shift":
            rule.times_left -= 1
        with self._store.write() as tx:
            if rule.times_left == 0:
                self._rules.remove(rule)
                tx.execute("DELETE FROM faults WHERE id = ?", (rule.id,))
            else:
                tx.execute("UPDATE faults SET hits = ?, times_left = ? WHERE id = ?", (rule.hits, rule.times_left, rule.id))


def parse_header(header: str) -> list[Fault]:
    """`name;param=value, name` -> faults. Raises Refusal."""
    faults = []
    for part in filter(None, (part.strip() for part in header.split(","))):
        name, *settings = (piece.strip() for piece in part.split(";"))
        kind = fault_kind(name)
        faults.append(Fault(name, kind.complete(dict(_setting(kind, text) for text in settings))))
    return faults


def _setting(kind: FaultKind, text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    default = kind.defaults.get(name, 0 if name == "first_tries" else None)
    if isinstance(default, bool):
        return name, {"true": True, "false": False}.get(value, value)
    if isinstance(default, int) and value.lstrip("-").isdecimal():
        return name, int(value)
    return name, value


def _operations(kind: FaultKind, given: list[Any] | None) -> tuple[str, ...]:
    if kind.family == "statement":
        return ("statement",)
    if given is None:
        return USUAL_OPERATIONS
    for name in given:
        if name not in OPERATIONS:
            raise invalid("operations", f"must be a list of {', '.join(OPERATIONS)}")
    return tuple(given)


def _usual_times(kind: FaultKind, match: dict[str, str], params: Params) -> int | None:
    if kind.name == "http_500_burst":
        return int(params["n"])
    return None if match or kind.family == "statement" else 1


def _rule(row: sqlite3.Row) -> Rule:
    return Rule(
        row["id"], FAULT_KINDS[row["name"]], tuple(json.loads(row["operations"])), json.loads(row["match"]),
        json.loads(row["params"]), row["times_left"], row["hits"],
    )  # fmt: skip

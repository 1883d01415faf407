"""State tables: which state may follow which, and the writers of a state column."""

from collections.abc import Collection, Mapping, Set
from datetime import datetime
from typing import Any, TypeVar

import pgtrigger
from django.db import models
from django.utils import translation
from django.utils.translation import pgettext

from core.errors import DomainError

Row = TypeVar("Row", bound=models.Model)


class WrongState(DomainError):
    code = "wrong_state"
    en = "This is {state} now, so it cannot become {wanted}. Read it again and decide anew."
    zh = "当前状态为“{state}”,无法变更为“{wanted}”。请刷新后重试。"
    already_en = "This is {state} already; nothing was done."
    already_zh = "当前状态已是“{state}”,未执行任何操作。"

    def text(self, language: str) -> str:
        """Names the states in the reader's language. One who asks for the state that is has come late."""
        chinese = language.lower().startswith("zh")
        with translation.override("zh-hans" if chinese else "en"):
            said = {name: state_words(str(state)) for name, state in self.members.items()}
        late = self.members["state"] == self.members["wanted"]
        words = (self.already_zh if chinese else self.already_en) if late else (self.zh if chinese else self.en)
        return words.format(**said)


def state_words(state: str) -> str:
    """A state as pages name it in the language in force: `to_manual` -> `to manual`."""
    label = state.replace("_", " ")
    named = pgettext("choice", label.title())
    return label if named == label.title() else named


class Moves:
    """The allowed moves of one state column: `{from: {to, ...}}`; a state with no entry is final."""

    def __init__(self, states: type[models.TextChoices], table: Mapping[str, Set[str]]) -> None:
        known = set(states.values)
        named = set(table) | {to for targets in table.values() for to in targets}
        if named - known:
            raise ValueError(f"unknown states {sorted(named - known)}")
        self.states = states
        self.table = {str(start): frozenset(map(str, targets)) for start, targets in table.items()}

    def allowed(self, start: str, to: str) -> bool:
        return str(to) in self.table.get(str(start), frozenset())

    def sources(self, to: str) -> list[str]:
        """The states that may become `to`."""
        return [start for start, targets in self.table.items() if str(to) in targets]

    def final(self) -> set[str]:
        return {state for state in map(str, self.states.values) if not self.table.get(state)}

    def transitions(self) -> list[tuple[str, str]]:
        """Pairs for the database's guard (`StateGuard`)."""
        return sorted((start, to) for start, targets in self.table.items() for to in targets)


def advance(row: Row, to: str, *, moves: Moves, at: datetime, state: str = "state", **fields: Any) -> Row:
    """Move `row` to state `to` and write `fields` with it, in one guarded UPDATE.

    The row's `<state>_at`-like columns are the caller's to name in `fields`; a `changed_at` column is set to `at`.
    Raises WrongState when the row in the database is in a state that may not become `to` (also when another
    transaction moved it first); nothing is written then.
    """
    values: dict[str, Any] = {state: str(to), **fields}
    if any(field.name == "changed_at" for field in row._meta.concrete_fields):
        values.setdefault("changed_at", at)
    held = getattr(row, state)
    if not moves.allowed(held, to):
        raise WrongState(state=str(held), wanted=str(to))
    manager = type(row)._default_manager
    if not manager.filter(pk=row.pk, **{state: str(held)}).update(**values):
        current = manager.filter(pk=row.pk).values_list(state, flat=True).first()
        raise WrongState(state=str(current), wanted=str(to))
    for name, value in values.items():
        setattr(row, name, value)
    return row


def advance_all(rows: models.QuerySet[Row], to: str, *, moves: Moves, at: datetime, state: str = "state", **fields: Any) -> int:
    """Move those of `rows` whose state may become `to`, and write `fields` with it, in one UPDATE; the others stay. Returns how many moved.

    A `changed_at` column is set to `at`. Raises ValueError for a state that nothing becomes.
    """
    sources = moves.sources(to)
    if not sources:
        raise ValueError(f"no state of {moves.states.__name__} becomes {to}")
    values: dict[str, Any] = {state: str(to), **fields}
    if any(field.name == "changed_at" for field in rows.model._meta.concrete_fields):
        values.setdefault("changed_at", at)
    return rows.filter(**{f"{state}__in": sources}).update(**values)


class StateGuard(pgtrigger.Trigger):
    """The database's own copy of a `Moves` table: refuses (CheckViolation) every other move, and a birth elsewhere.

    In a room's models.py, so that code, an operator's SQL and a restored script all obey the same table::

        class Meta:
            triggers = [StateGuard("core_businessday_moves", MOVES, born=["open"])]

    `born` are the states an INSERT may carry (None: any). An UPDATE that keeps the state is always allowed. `only` are moves that not
    every row may make, with the SQL condition on NEW of those that may.
    """

    when = pgtrigger.Before

    def __init__(
        self,
        name: str,
        moves: Moves,
        *,
        born: Collection[str] | None = None,
        state: str = "state",
        only: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self.moves = moves
        self.only = {(str(start), str(to)): condition for (start, to), condition in (only or {}).items()}
        if not set(self.only) <= {(str(start), str(to)) for start, to in moves.transitions()}:
            raise ValueError("a move of `only` is one of the table's")
        self.born = None if born is None else sorted(map(str, born))
        self.state = state
        known = set(map(str, moves.states.values))
        if set(self.born or ()) - known:
            raise ValueError(f"unknown states {sorted(set(self.born or ()) - known)}")
        if any(not word.replace("_", "").isalnum() for word in known):
            raise ValueError("a guarded state is a word of letters, digits and underscores")
        operation = pgtrigger.UpdateOf(state) if self.born is None else pgtrigger.Insert | pgtrigger.UpdateOf(state)
        super().__init__(name=name, operation=operation)

    def get_func(self, model: Any) -> str:
        pairs = ", ".join(f"'{start}>{to}'" for start, to in self.moves.transitions()) or "''"
        kept = " OR ".join(
            f"(OLD.{self.state} = '{start}' AND NEW.{self.state} = '{to}' AND ({condition}) IS NOT TRUE)"
            for (start, to), condition in sorted(self.only.items())
        )
        also = f" AND NOT ({kept})" if kept else ""
        births = ", ".join(f"'{state}'" for state in self.born or ())
        birth = f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.{self.state} IN ({births}) THEN RETURN NEW; END IF;
                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.{self.state}
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';
            END IF;"""
        return f"""{birth if births else ""}
            IF OLD.{self.state} = NEW.{self.state} OR OLD.{self.state} || '>' || NEW.{self.state} IN ({pairs}){also} THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.{self.state}, NEW.{self.state}
                USING ERRCODE = 'check_violation', CONSTRAINT = '{self.name}';
        """

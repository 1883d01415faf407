"""Statement faults: lines left out, made up, changed or doubled. The same faults on the same day give the same file."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from sandbox.faults import Fault, Faults

_CHANGERS = ("missing_line", "changed_line", "duplicate_line", "extra_line")


class Tamperable(Protocol):
    """A line of either statement."""

    @property
    def request_no(self) -> str:
        """The merchant's business number."""

    @property
    def kind(self) -> str:
        """What it came from."""

    @property
    def amount_fen(self) -> int:
        """A positive amount."""


_Line = TypeVar("_Line", bound=Tamperable)
MadeUp = Callable[[_Line | None, int, int], _Line]


def tampered(true: Sequence[_Line], faults: Faults, made_up: MadeUp[_Line]) -> tuple[list[_Line], list[_Line]]:
    """(the lines shown, the lines the totals are taken from).

    All faults choose among the true lines, so they do not hit one another's line by accident when their counts leave room:
    each takes the next free places of an even spread over the lines from the largest amount to the smallest. (Not over their order in
    time: requests that come together are booked in an order that is another one the next time.)
    """
    wanted = [fault for name in _CHANGERS if (fault := faults.get(name))]
    hit: dict[int, Fault] = {}
    for fault in wanted:
        if fault.name != "extra_line":
            hit.update(dict.fromkeys(_places(true, fault, hit), fault))
    shown: list[_Line] = []
    for place, line in enumerate(true):
        shown.extend(_after(line, hit.get(place)))
    extra = faults.get("extra_line")
    if extra is not None:
        like = true[-1] if true else None
        shown.extend(made_up(like, number, extra.params["amount_fen"]) for number in range(1, extra.params["count"] + 1))
    keeps = any(fault.params["keep_summary"] for fault in wanted)
    return shown, list(true) if keeps else shown


def by_amount(lines: Sequence[Tamperable]) -> list[int]:
    """The places of the lines, those of large amounts first; the order they have in time does not matter."""
    return sorted(range(len(lines)), key=lambda place: (-lines[place].amount_fen, lines[place].kind, place))


def _places(true: Sequence[_Line], fault: Fault, taken: dict[int, Fault]) -> list[int]:
    if fault.request_no:
        return [place for place, line in enumerate(true) if line.request_no == fault.request_no and place not in taken]
    free = [place for place in by_amount(true) if place not in taken]
    count = min(fault.params["count"], len(free))
    return [free[index * len(free) // count] for index in range(count)]


def _after(line: _Line, fault: Fault | None) -> list[_Line]:
    if fault is None:
        return [line]
    if fault.name == "missing_line":
        return []
    return [line, line] if fault.name == "duplicate_line" else [_changed(line, fault)]


def _changed(line: _Line, fault: Fault) -> _Line:
    field = fault.params["field"]
    value = "PROCESSING" if field == "status" else getattr(line, field) + fault.params["delta_fen"]
    # dataclasses.replace is typed for dataclass instances; both kinds of line are.
    return dataclasses.replace(line, **{field: value})  # type: ignore[type-var]

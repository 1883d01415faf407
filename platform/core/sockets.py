"""Sockets: how an upper floor adds to a lower one. The lower floor names a Protocol; the upper plugs an object in."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

Plug = TypeVar("Plug")
SOCKETS: dict[str, "Socket[object]"] = {}


class BadPlug(TypeError):
    """What was plugged in does not have the shape the socket asks for, or its name is taken."""


class Socket(Generic[Plug]):
    """A named place for plugs of one runtime-checkable Protocol, filled at start-up, in order of plugging."""

    def __init__(self, name: str, protocol: type[Any]) -> None:
        self.name = name
        self.protocol = protocol
        self.plugs: dict[str, Plug] = {}
        if name in SOCKETS:
            raise BadPlug(f"socket {name!r} exists already")
        SOCKETS[name] = self  # type: ignore[assignment]

    def plug(self, name: str, plug: Plug) -> Plug:
        """Add a plug. Raises BadPlug when a member of the protocol is missing, one does not take the protocol's calls, or the name is
        taken."""
        missing = [member for member in members(self.protocol) if not hasattr(plug, member)]
        if missing:
            raise BadPlug(f"{name!r} cannot go into socket {self.name!r}: it lacks {', '.join(missing)}")
        for member, asked in methods(self.protocol).items():
            refusal = call_refused(asked, getattr(plug, member))
            if refusal:
                raise BadPlug(f"{name!r} cannot go into socket {self.name!r}: {member} {refusal}")
        if name in self.plugs and self.plugs[name] is not plug:
            raise BadPlug(f"socket {self.name!r} has a plug {name!r} already")
        self.plugs[name] = plug
        return plug

    def unplug(self, name: str) -> None:
        """Take a plug out (tests plug their own and take them out again)."""
        del self.plugs[name]

    def get(self, name: str) -> Plug | None:
        return self.plugs.get(name)

    def __iter__(self) -> Iterator[Plug]:
        return iter(list(self.plugs.values()))

    def items(self) -> list[tuple[str, Plug]]:
        return list(self.plugs.items())


def members(protocol: type[object]) -> list[str]:
    """The names a Protocol asks for."""
    names: set[str] = set()
    for base in protocol.__mro__:
        if getattr(base, "_is_protocol", False):
            names |= {name for name in vars(base) if not name.startswith("_")}
            names |= {name for name in vars(base).get("__annotations__", {}) if not name.startswith("_")}
    return sorted(names)


def methods(protocol: type[object]) -> dict[str, Callable[..., object]]:
    """Those of a Protocol's names that are called, with how."""
    found = {name: getattr(protocol, name, None) for name in members(protocol)}
    return {name: member for name, member in found.items() if inspect.isfunction(member)}


def call_refused(asked: Callable[..., object], given: object) -> str:
    """Why `given`, bound, does not take every call that the Protocol's function `asked` allows; empty when it does.

    Tried with all parameters and with those that have no default. Types are mypy's to compare.
    """
    if not callable(given):
        return "is not to be called"
    takes = inspect.signature(given)
    parameters = list(inspect.signature(asked).parameters.values())[1:]
    for call in (parameters, [one for one in parameters if one.default is one.empty]):
        placed = [one.name for one in call if one.kind is not one.KEYWORD_ONLY]
        try:
            takes.bind(*placed, **{one.name: one.name for one in call if one.kind is one.KEYWORD_ONLY})
        except TypeError as problem:
            return f"is called with ({', '.join(one.name for one in call)}): {problem}"
    return ""

"""Sockets: how an upper floor adds to a lower one. The lower floor names a Protocol; the upper plugs an object in."""

from collections.abc import Iterator
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
        """Add a plug. Raises BadPlug when a member of the protocol is missing or the name is taken."""
        missing = [member for member in members(self.protocol) if not hasattr(plug, member)]
        if missing:
            raise BadPlug(f"{name!r} cannot go into socket {self.name!r}: it lacks {', '.join(missing)}")
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

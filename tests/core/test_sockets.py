"""Sockets: what does not fit is refused at start-up, by name."""

from typing import Protocol, runtime_checkable

import pytest

from core.sockets import SOCKETS, BadPlug, Socket


@runtime_checkable
class Named(Protocol):
    name: str

    def greet(self) -> str: ...


class Polite:
    name = "polite"

    def greet(self) -> str:
        return "good day"


@pytest.fixture
def socket() -> "Socket[Named]":
    SOCKETS.pop("tests.named", None)
    return Socket("tests.named", Named)


def test_plugs_come_back_by_name_and_in_order(socket: "Socket[Named]") -> None:
    first, second = Polite(), Polite()
    socket.plug("b", first)
    socket.plug("a", second)
    assert (list(socket), socket.get("a"), socket.get("c")) == ([first, second], second, None)
    assert socket.items() == [("b", first), ("a", second)]


def test_a_plug_without_what_the_socket_asks_for_is_refused_with_what_it_lacks(socket: "Socket[Named]") -> None:
    with pytest.raises(BadPlug, match="it lacks greet, name"):
        socket.plug("empty", object())  # type: ignore[arg-type]
    assert list(socket) == []


def test_a_name_is_taken_by_another_plug_and_not_by_the_same_one(socket: "Socket[Named]") -> None:
    plug = Polite()
    assert socket.plug("one", plug) is socket.plug("one", plug)
    with pytest.raises(BadPlug, match="already"):
        socket.plug("one", Polite())


def test_a_plug_taken_out_is_gone(socket: "Socket[Named]") -> None:
    socket.plug("one", Polite())
    socket.unplug("one")
    assert list(socket) == []


def test_a_sockets_name_is_taken_once(socket: "Socket[Named]") -> None:
    with pytest.raises(BadPlug, match="exists already"):
        Socket("tests.named", Named)


@runtime_checkable
class Asked(Protocol):
    def ask(self, what: str, *, at: int, again: bool = False) -> str: ...


class Fitting:
    def ask(self, what: str, *, at: int, again: bool = False, softly: bool = True) -> str:
        return what


class TakesAll:
    def ask(self, *what: object, **rest: object) -> str:
        return "all"


class LacksAt:
    def ask(self, what: str, *, again: bool = False) -> str:
        return what


class LacksTheOptional:
    def ask(self, what: str, *, at: int) -> str:
        return what


class WantsMore:
    def ask(self, what: str, *, at: int, why: str, again: bool = False) -> str:
        return what


class WantsTheOptional:
    def ask(self, what: str, *, at: int, again: bool) -> str:
        return what


class OnlyByName:
    def ask(self, *, what: str, at: int, again: bool = False) -> str:
        return what


class NoCall:
    ask = "what"


@pytest.fixture
def asking() -> "Socket[Asked]":
    SOCKETS.pop("tests.asked", None)
    return Socket("tests.asked", Asked)


@pytest.mark.parametrize("plug", [Fitting(), TakesAll()])
def test_a_plug_may_take_more_than_the_socket_asks_with(asking: "Socket[Asked]", plug: Asked) -> None:
    assert asking.plug("one", plug) is plug


@pytest.mark.parametrize("plug", [LacksAt(), LacksTheOptional(), WantsMore(), WantsTheOptional(), OnlyByName(), NoCall()])
def test_a_plug_that_does_not_take_the_sockets_calls_is_refused_at_start_up(asking: "Socket[Asked]", plug: Asked) -> None:
    with pytest.raises(BadPlug, match="ask is "):
        asking.plug("one", plug)
    assert list(asking) == []

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

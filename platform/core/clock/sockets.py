"""Who else lives by the sandbox clock."""

from typing import Protocol, runtime_checkable

from core.sockets import Socket


@runtime_checkable
class Follower(Protocol):
    """Something outside this process with a clock of its own (a sandbox bank), told after every move of ours."""

    def follow(self, *, offset_seconds: int) -> None:
        """Run `offset_seconds` ahead of the wall. May call the network: no transaction is open."""


FOLLOWERS: Socket[Follower] = Socket("core.clock.followers", Follower)

"""A day's acts performed by two processes at once: people who do not meet on a day live it independently.

The shares are cut by who meets whom, each is performed in its own order of time, and what comes of both is put together in the
order of the plan. So the story is the same whichever process was quicker, and the same as by one process alone.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from django.db import connection

from config.demo.acts import Act, Intention
from config.demo.bank import Bank
from config.demo.lives import Life
from config.demo.shops import Shop
from config.demo.stage import Deeds, Stage
from core.clock import queries as clock
from core.outbox import nudge

MANAGE = Path(__file__).resolve().parents[3] / "manage.py"
ENDS_WITHIN_SECONDS = 20
WEIGHTS = {Act.JOIN: 6, Act.VERIFY: 4, Act.SET_PIN: 4, Act.BIND: 10, Act.TOP_UP: 5, Act.TRANSFER: 3, Act.OFFER: 3, Act.WITHDRAW: 7}
WEIGHTS |= {Act.OPEN_SHOP: 12, Act.PAY: 6, Act.REFUND: 5, Act.DISPUTE: 3, Act.RED_PACKET: 10, Act.COLLECT: 12}
WEIGHTS |= {Act.JOIN_CLUB: 5, Act.DEDUCT: 3, Act.BILL: 9, Act.SPLIT: 4}


@dataclass(frozen=True)
class Share:
    """Acts of one day in order of time, everybody they touch, and the shops that are open."""

    day: date
    acts: list[Intention]
    lives: dict[int, Life]
    shops: dict[int, Shop]


class SecondHand:
    """The other process. It ends when this one closes its end of the pipe, also by dying."""

    def __init__(self, pipe: "Connection[Share, Deeds]") -> None:
        self.pipe = pipe

    def begin(self, share: Share) -> None:
        self.pipe.send(share)

    def finish(self) -> Deeds:
        """What came of the share that was begun. Raises EOFError when the process died of it (its reason is on its stderr)."""
        return self.pipe.recv()


@contextmanager
def second_hand() -> Iterator[SecondHand]:
    """Start the other process by `manage.py demo_hand` and end it afterwards."""
    ours, theirs = Pipe()
    command = [sys.executable, str(MANAGE), "demo_hand", str(theirs.fileno())]
    process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
    theirs.close()
    try:
        yield SecondHand(ours)
    finally:
        ours.close()
        process.terminate()
        process.wait(timeout=ENDS_WITHIN_SECONDS)


def serve(pipe: "Connection[Deeds, Share]") -> None:
    """Perform one share after another until the other end of the pipe is closed."""
    with Bank() as bank, hurried(), suppress(EOFError):
        while True:
            share = pipe.recv()
            stage = Stage(bank, share.lives, share.shops)
            perform(stage, share.acts, share.day)
            pipe.send(stage.deeds)


@contextmanager
def hurried() -> Iterator[None]:
    """Commits that need not survive a crash of the machine, and no nudges: the database is empty and the demo relays itself."""
    with connection.cursor() as cursor, nudge.silence():
        cursor.execute("SET synchronous_commit = off")
        try:
            yield
        finally:
            cursor.execute("RESET synchronous_commit")


def perform_together(stage: Stage, helper: SecondHand, acts: list[Intention], day: date) -> None:
    """Perform a day's acts, a half of them by `helper`."""
    mine, theirs = halves(acts)
    touched = {person for act in theirs for person in people_of(act)}
    if theirs:
        helper.begin(Share(day, theirs, {person: stage.lives[person] for person in touched}, dict(stage.deeds.shops)))
    perform(stage, mine, day)
    if theirs:
        stage.deeds.take_in(helper.finish())


def perform(stage: Stage, acts: list[Intention], day: date) -> None:
    for act in acts:
        stage.perform(act, at=moment(day, act.minute))


def moment(day: date, minute: int) -> datetime:
    """A minute of a simulated day."""
    return clock.start_of_day(day) + timedelta(minutes=minute)


def halves(acts: list[Intention]) -> tuple[list[Intention], list[Intention]]:
    """The acts in two shares of about the same work, nobody in both; each in the order given."""
    shares: tuple[set[int], set[int]] = (set(), set())
    loads = [0, 0]
    weighed = [(sum(WEIGHTS[act.act] for act in acts if act.person in circle), circle) for circle in circles(acts)]
    for weight, circle in sorted(weighed, key=lambda pair: (-pair[0], min(pair[1]))):
        lighter = loads.index(min(loads))
        loads[lighter] += weight
        shares[lighter].update(circle)
    mine, theirs = ([act for act in acts if act.person in share] for share in shares)
    return mine, theirs


def circles(acts: list[Intention]) -> list[set[int]]:
    """People who meet on this day, directly or through others."""
    found: list[set[int]] = []
    for act in acts:
        people = people_of(act)
        meeting = [circle for circle in found if circle & people]
        found = [circle for circle in found if not circle & people] + [people.union(*meeting)]
    return found


def people_of(act: Intention) -> set[int]:
    return {act.person, act.other} if act.act in (Act.TRANSFER, Act.OFFER) else {act.person, *act.others}

"""A day's work done by several processes at once: people who do not meet on a day live it independently.

The shares are cut by who meets whom, each is performed in its own order of time, and what comes of all is put together in the
order of the plan. So the story is the same whichever process was quicker, and the same as by one process alone. There are more
processes than cores, since each of them waits for the database and the bank half of its time.
"""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

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
SELDOM = (50_000, 20, 20)
WEIGHTS = {Act.JOIN: 6, Act.VERIFY: 4, Act.SET_PIN: 4, Act.BIND: 10, Act.TOP_UP: 5, Act.TRANSFER: 3, Act.OFFER: 3, Act.WITHDRAW: 7}
WEIGHTS |= {Act.OPEN_SHOP: 12, Act.PAY: 6, Act.REFUND: 5, Act.DISPUTE: 3, Act.RED_PACKET: 10, Act.COLLECT: 12}
WEIGHTS |= {Act.JOIN_CLUB: 5, Act.DEDUCT: 3, Act.BILL: 9, Act.SPLIT: 4, Act.ANSWER: 3, Act.INVEST: 7, Act.REDEEM: 4, Act.SELL: 3}
WEIGHTS |= {Act.INSURE: 8, Act.AUTO_DEBIT: 2, Act.COOL_OFF: 4, Act.CLAIM: 3, Act.CAMPAIGN: 4, Act.PLEDGE: 7, Act.EVIDENCE: 2}
WEIGHTS |= {Act.GOAL: 1, Act.AGREE: 4, Act.ADVISE: 18}

Job = Callable[[Bank], Any]
"""Work that can be pickled: it may reach the bank's control plane through what it is given."""


@dataclass(frozen=True)
class Share:
    """Acts of one day in order of time, everybody they touch, and the shops that are open."""

    day: date
    acts: list[Intention]
    lives: dict[int, Life]
    shops: dict[int, Shop]


class Hand:
    """Another process. It ends when this one closes its end of the pipe, also by dying."""

    def __init__(self, pipe: "Connection[Job, Any]") -> None:
        self.pipe = pipe

    def begin(self, job: Job) -> None:
        self.pipe.send(job)

    def finish(self) -> Any:
        """What came of the job that was begun. Raises EOFError when the process died of it (its reason is on its stderr)."""
        return self.pipe.recv()


@contextmanager
def hired(count: int) -> Iterator[list[Hand]]:
    """Start `count` other processes by `manage.py demo_hand` and end them afterwards."""
    with ExitStack() as stack:
        yield [Hand(stack.enter_context(process())) for _ in range(count)]


@contextmanager
def process() -> Iterator["Connection[Job, Any]"]:
    ours, theirs = Pipe()
    command = [sys.executable, str(MANAGE), "demo_hand", str(theirs.fileno())]
    started = subprocess.Popen(command, pass_fds=[theirs.fileno()])
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        started.terminate()
        started.wait(timeout=ENDS_WITHIN_SECONDS)


def together(jobs: Sequence[Job], *, bank: Bank, hands: Sequence[Hand]) -> None:
    """Do the first job here and each other by a hand of its own: at most one more job than there are hands."""
    busy = list(zip(hands, jobs[1:], strict=False))
    for hand, job in busy:
        hand.begin(job)
    for job in jobs[:1]:
        job(bank)
    for hand, _ in busy:
        hand.finish()


def spread(
    work: Callable[[Sequence[int], datetime, Bank], None], due: Sequence[int], at: datetime, *, bank: Bank, hands: Sequence[Hand]
) -> None:
    """Have the shards that are due done, each process a part of them."""
    count = len(hands) + 1
    together([partial(work, due[place::count], at) for place in range(min(count, len(due)))], bank=bank, hands=hands)


def serve(pipe: "Connection[Any, Job]") -> None:
    """Do one job after another until the other end of the pipe is closed."""
    with Bank() as bank, hurried(), suppress(EOFError):
        while True:
            pipe.send(pipe.recv()(bank))


@contextmanager
def hurried() -> Iterator[None]:
    """Commits that need not survive a crash of the machine, no nudges, and a garbage collector that seldom looks: the database is empty,
    the demo relays itself, and its processes end soon."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    with connection.cursor() as cursor, nudge.silence():
        cursor.execute("SET synchronous_commit = off")
        try:
            yield
        finally:
            cursor.execute("RESET synchronous_commit")
            gc.set_threshold(*usual)
            gc.unfreeze()


def perform_together(stage: Stage, hands: Sequence[Hand], acts: list[Intention], day: date) -> None:
    """Perform a day's acts, each of `hands` a share of them and this process one."""
    mine, *theirs = shares(acts, len(hands) + 1)
    busy = [(hand, share) for hand, share in zip(hands, theirs, strict=True) if share]
    for hand, share in busy:
        touched = {person for act in share for person in people_of(act)}
        lives = {person: stage.lives[person] for person in touched}
        hand.begin(partial(perform_share, Share(day, share, lives, dict(stage.deeds.shops))))
    perform(stage, mine, day)
    for hand, _ in busy:
        stage.deeds.take_in(hand.finish())


def perform_share(share: Share, bank: Bank) -> Deeds:
    stage = Stage(bank, share.lives, share.shops)
    perform(stage, share.acts, share.day)
    return stage.deeds


def perform(stage: Stage, acts: list[Intention], day: date) -> None:
    for act in acts:
        stage.perform(act, at=moment(day, act.minute))


def moment(day: date, minute: int) -> datetime:
    """A minute of a simulated day."""
    return clock.start_of_day(day) + timedelta(minutes=minute)


def shares(acts: list[Intention], count: int) -> list[list[Intention]]:
    """The acts in `count` shares of about the same work, nobody in two of them; each in the order given."""
    people: list[set[int]] = [set() for _ in range(count)]
    loads = [0] * count
    weighed = [(sum(WEIGHTS[act.act] for act in acts if act.person in circle), circle) for circle in circles(acts)]
    for weight, circle in sorted(weighed, key=lambda pair: (-pair[0], min(pair[1]))):
        lightest = loads.index(min(loads))
        loads[lightest] += weight
        people[lightest].update(circle)
    return [[act for act in acts if act.person in share] for share in people]


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

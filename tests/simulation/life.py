"""Customers live through days on a bank that fails and a broker that loses, repeats and reorders; every midnight proves the books."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from random import Random
from typing import Any

from accounts.ledger import check
from accounts.ledger.models import Hold
from config.demo import cast, evening, statements
from config.demo.acts import Intention
from config.demo.bank import Bank
from config.demo.fingerprint import fingerprint
from config.demo.hands import hurried, moment
from config.demo.lives import Life
from config.demo.plan import draw
from config.demo.stage import Stage
from core.business_day import travel
from core.clock import queries as clock
from core.clock import services as clock_services
from payments.channels import queries as channel_requests
from tests.simulation import weather
from tests.simulation.broker import Broker

BUSY = 16
"""How many of the plan's days are lived on one: the plan is drawn for a longer time, so that a short simulation is a full one."""
TICKS = (12 * 60, 18 * 60, 23 * 60)
STATEMENT_MINUTE, SETTLE_MINUTE = 2 * 60, 6 * 60
CALM_DAYS = 3
UNAPPROVED = 1


@dataclass
class World:
    stage: Stage
    bank: Bank
    broker: Broker
    random: Random
    findings: list[str]
    faults: int = 0


def simulate(seed: str, *, people: int, days: int) -> dict[str, Any]:
    """The whole life of an installation, calm at its end."""
    first = clock.local_day(clock.wall()) - timedelta(days=days + CALM_DAYS)
    travel.begin(at=clock.start_of_day(first))
    clock_services.tell_followers()
    cast.hire(at=clock.now())
    with Bank() as bank, hurried():
        bank.settings(hold_ms=10)
        random = Random(f"simulation:{seed}")
        lives = dict(enumerate(map(Life, bank.people(count=people, seed=seed))))
        world = World(Stage(bank, lives, {}), bank, Broker(random), random, [])
        plan = squeezed(seed, people, days)
        for day in range(days + CALM_DAYS):
            live_day(world, plan.get(day, []), first + timedelta(days=day), calm=day >= days)
    return told(seed, world)


def squeezed(seed: str, people: int, days: int) -> dict[int, list[Intention]]:
    """The demo's plan with BUSY of its days on one, each act at the time of day it had."""
    acts = sorted(draw(seed, people=people, days=days * BUSY), key=lambda act: (act.day // BUSY, act.minute, act.day, act.person))
    return {day: list(found) for day, found in groupby(acts, key=lambda act: act.day // BUSY)}


def live_day(world: World, acts: list[Intention], day: date, *, calm: bool) -> None:
    if calm:
        weather.clear(world.bank)
    else:
        world.faults += weather.of_day(world.random, world.bank)
    statements.reconcile(day - timedelta(days=1), at=move_to(day, STATEMENT_MINUTE))
    evening.settle(at=move_to(day, SETTLE_MINUTE), until=day - timedelta(days=UNAPPROVED), bank=world.bank, hands=())
    left = list(acts)
    for tick in TICKS:
        while left and left[0].minute < tick:
            wanted = left.pop(0)
            world.stage.perform(wanted, at=move_to(day, wanted.minute))
        at = move_to(day, tick)
        world.broker.tick(daily=tick == TICKS[0], calm=calm)
    world.stage.deeds.offers.clear()
    evening.decide(at)
    travel.advance(to=clock.start_of_day(day + timedelta(days=1)))
    world.findings += [f"{day}: {found.check}: {found.subject}: {found.detail}" for found in check.findings()]


def move_to(day: date, minute: int) -> datetime:
    """That minute of the day, the clock and the bank's moved there."""
    at = max(moment(day, minute), clock.now())
    clock_services.move_to(at=at)
    clock_services.tell_followers()
    return at


def told(seed: str, world: World) -> dict[str, Any]:
    open_requests = channel_requests.next_due()
    return {
        "seed": seed,
        "done": dict(sorted(world.stage.deeds.done.items())),
        "refused": dict(sorted(world.stage.deeds.refused.items())),
        "faults": world.faults,
        "messages": dict(sorted(world.broker.counts.items())),
        "findings": world.findings,
        "open_holds": Hold.objects.filter(state=Hold.State.OPEN).count(),
        "open_requests": 0 if open_requests is None else 1,
        "hash": fingerprint(),
    }

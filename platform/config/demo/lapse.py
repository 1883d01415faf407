"""The time-lapse: the plan's days lived one after another on the sandbox clock, each closed by the end of day.

Where the time goes (200 customers, 60 days): two thirds of it are CPU of Python, a quarter of PostgreSQL. Acts of a day, shared by three
processes, are two fifths of the wall time; ends of day a quarter, what issuers send and orders do a sixth. An act is some forty statements
in fifteen transactions, so what it costs is the number of round trips.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, groupby

from django.conf import settings

from accounts.ledger import proving
from config.demo import evening, statements, watch, wealth_evening
from config.demo.acts import Intention
from config.demo.bank import Bank
from config.demo.fingerprint import fingerprint
from config.demo.hands import Hand, hired, hurried, moment, perform_together
from config.demo.lives import Life
from config.demo.plan import draw
from config.demo.stage import Stage
from core.business_day import travel
from core.clock import queries as clock
from core.clock import services as clock_services
from core.outbox import services as outbox
from core.tallies import services as tallies
from payments.channels import queries as channel_requests
from payments.channels import services as channels

QUIET = {"hold_ms": 20, "plan_mode": "manual"}
DEAF, DEAF_FOR = "shop-4", 50
"""The shop whose receiver is out of order, and for how many notices."""
NOTICED = ["payment", "payout", "refund", "bank_cancel"]
STATEMENT_MINUTE, SETTLE_MINUTE, ANSWER_MINUTE = 2 * 60, 6 * 60, 23 * 60 + 20
SETTLE_ROUNDS = 60
UNAPPROVED = 2
HANDS = 2
"""How many processes help."""


@dataclass(frozen=True)
class Story:
    """What the demo came to."""

    customers: int
    days: int
    done: dict[str, int]
    refused: dict[str, int]
    fingerprint: str


def live(*, seed: str, people: int, days: int, progress: Callable[[int, int], None]) -> Story:
    """Live `days` days that end today. `progress(day, acts)` is told after each.

    Raises JourneyBegun on an installation that has a history, ClockFixed in production, NoBank without the sandbox bank.
    """
    today = clock.local_day(clock.wall())
    first = today - timedelta(days=days)
    with Bank() as bank, undisturbed(bank, last=today - timedelta(days=1)), hurried(), hired(HANDS) as hands:
        travel.begin(at=clock.start_of_day(first))
        clock_services.tell_followers()
        stage = Stage(bank, dict(enumerate(map(Life, bank.people(count=people, seed=seed)))), {})
        plan = {day: list(acts) for day, acts in groupby(draw(seed, people=people, days=days), key=lambda act: act.day)}
        blocked = watch.suspect(chain(*plan.values()))
        for day in range(days):
            if day:
                statements.reconcile(first + timedelta(days=day - 1), at=moment(first + timedelta(days=day), STATEMENT_MINUTE))
            morning = moment(first + timedelta(days=day), SETTLE_MINUTE)
            evening.settle(at=morning, until=today - timedelta(days=UNAPPROVED), bank=bank, hands=hands)
            watch.morning(day, stage.lives.get(blocked), at=morning)
            if settings.SANDBOX_ISSUER_URL:
                wealth_evening.go_on(morning, bank=bank, hands=hands) if day else wealth_evening.open_shelf(morning)
            live_day(stage, hands, plan.get(day, []), first + timedelta(days=day))
            travel.advance(to=clock.start_of_day(first + timedelta(days=day + 1)))
            progress(day + 1, sum(stage.deeds.done.values()))
    travel.return_to_wall()
    proving.prove(at=clock.now())
    tallies.count_again(day=today, at=clock.now())
    return Story(people, days, dict(stage.deeds.done), dict(stage.deeds.refused), fingerprint())


@contextmanager
def undisturbed(bank: Bank, *, last: date) -> Iterator[None]:
    """A bank that cuts lost answers short, does what it does later when the evening asks for it (the same on every machine) and sends no
    notices, since nobody listens yet (results come by query), and whose last statements are wrong in every way."""
    before = bank.settings(**QUIET)
    silence = bank.call("POST", "/control/faults", {"name": "lost_notice", "operations": NOTICED, "times": 1_000_000})
    bank.call("PUT", f"/control/receivers/{DEAF}", {"answers": [500] * DEAF_FOR})
    switches = [str(silence["id"]), *statements.arrange(bank, last=last)]
    try:
        yield
    finally:
        for switch in switches:
            bank.call("DELETE", f"/control/faults/{switch}")
        bank.settings(**{name: before[name] for name in QUIET})


def live_day(stage: Stage, hands: list[Hand], acts: list[Intention], day: date) -> None:
    """One day from midnight on. The clock stands still meanwhile: every service takes its time as `at`."""
    perform_together(stage, hands, acts, day)
    at = moment(day, ANSWER_MINUTE)
    stage.answer_offers(at=at)
    outbox.run_pending(at=at)
    stage.bank.call("POST", "/control/plans/carry-out", {})
    find_out(at)
    evening.sweep(at)
    evening.decide(at)
    wealth_evening.decide(at)
    wealth_evening.go_on(at, bank=stage.bank, hands=hands)
    wealth_evening.trade(stage.lives, at)
    watch.look(at)


def find_out(at: datetime) -> None:
    """Ask the bank about every result that is still unknown, as the sweepers would over the next hours."""
    for _ in range(SETTLE_ROUNDS):
        for shard in channel_requests.due_shards(at):
            channels.resolve_due(shard=shard, at=at)
        outbox.run_pending(at=at)
        due = channel_requests.next_due()
        if due is None:
            return
        at = max(at, due)

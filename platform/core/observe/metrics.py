"""Prometheus metrics: HTTP and SQL time, money by product, and figures read from the database at the scrape.

Counters and histograms are shared by all processes through PROMETHEUS_MULTIPROC_DIR; gauges are read when asked for.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
HTTP = Histogram("banyan_http_seconds", "Time to answer a request", ["method", "route", "status"], buckets=SECONDS)
SQL = Histogram("banyan_sql_seconds", "Time a request spent in the database", ["route"], buckets=SECONDS)
STATEMENTS = Counter("banyan_sql_statements", "Statements sent to the database by requests", ["route"])
MONEY = Counter("banyan_money_fen", "Money moved, in minor units", ["product", "outcome", "currency"])
MOVES = Counter("banyan_money_moves", "Movements of money", ["product", "outcome", "currency"])


@dataclass(frozen=True)
class MoneyCounter:
    """Which events of the outbox are counted as money: `amount` and `currency` name members of the payload."""

    topic: str
    product: str
    outcome: str
    amount: str = "amount_fen"
    currency: str = "CNY"

    def count(self, payload: dict[str, object]) -> None:
        amount = payload.get(self.amount)
        MOVES.labels(self.product, self.outcome, self.currency).inc()
        if isinstance(amount, int):
            MONEY.labels(self.product, self.outcome, self.currency).inc(amount)


MONEY_COUNTERS: dict[str, MoneyCounter] = {}


def counts_money(topic: str, *, product: str, outcome: str, amount: str = "amount_fen") -> MoneyCounter:
    """Register (in a room's metrics.py) that events of `topic` are counted. Raises ValueError when the topic is taken."""
    if topic in MONEY_COUNTERS:
        raise ValueError(f"{topic} is counted already")
    MONEY_COUNTERS[topic] = MoneyCounter(topic, product, outcome, amount)
    return MONEY_COUNTERS[topic]


def count(topic: str, payload: dict[str, object]) -> None:
    """Called for every committed event."""
    counter = MONEY_COUNTERS.get(topic)
    if counter is not None:
        counter.count(payload)


@dataclass(frozen=True)
class Gauge:
    """One figure at the time of the scrape."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


Source = Callable[[datetime], Iterable[Gauge]]
SOURCES: dict[str, Source] = {}


def gauges(name: str) -> Callable[[Source], Source]:
    """Register (in a room's metrics.py) a function that reads figures: few, cheap queries."""

    def register(source: Source) -> Source:
        if name in SOURCES:
            raise ValueError(f"there are gauges called {name!r} already")
        SOURCES[name] = source
        return source

    return register


class Read(Collector):
    """The gauges as Prometheus wants them."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for source in SOURCES.values():
            for gauge in source(self.at):
                labels = sorted(gauge.labels)
                family = families.setdefault(gauge.name, GaugeMetricFamily(gauge.name, gauge.help, labels=labels))
                family.add_metric([gauge.labels[label] for label in labels], gauge.value)
        yield from families.values()


def page(at: datetime) -> bytes:
    """Everything, in Prometheus' text format."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
        shared = generate_latest(registry)
    else:
        shared = generate_latest(REGISTRY)
    read = CollectorRegistry()
    read.register(Read(at))
    return shared + generate_latest(read)

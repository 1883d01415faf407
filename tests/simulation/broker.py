"""The broker between the clock and the workers, which drops, repeats and reorders what it is given.

The messages are real ones: tasks send them to the broker by Celery, here they are taken off its queues and performed in this process.
"""

import base64
import json
from collections import Counter
from random import Random
from typing import Any

from celery import current_app
from django.conf import settings
from redis import Redis

from config.celery import OUTBOUND, QUEUES
from core.schedule import SCHEDULE

DROPPED, REPEATED = 0.2, 0.2
ROUNDS = 4
NOT_OURS = ("core.business_day.", "accounts.ledger.check", "payments.reconciliation.look")
"""What the simulation itself does at midnight."""


class Broker:
    """`random` decides what is lost; `counts` says how much was."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.counts: Counter[str] = Counter()
        self.queues = Redis.from_url(settings.REDIS_URL)

    def tick(self, *, daily: bool, calm: bool) -> None:
        """Every periodic task falls due once, with those of a time of day if `daily`; whatever they send is performed, for a few rounds.
        `calm` loses nothing."""
        due = {entry.task for entry in SCHEDULE.values() if entry.seconds or daily}
        for name in sorted(name for name in due if not name.startswith(NOT_OURS)):
            current_app.send_task(name)
        for _ in range(ROUNDS):
            waiting = self.taken()
            if not waiting:
                return
            for name, arguments in waiting if calm else self.mistreated(waiting):
                current_app.tasks[name].apply(kwargs=arguments, throw=True)
                self.counts["performed"] += 1

    def taken(self) -> list[tuple[str, dict[str, Any]]]:
        """Everything on the queues, in an order that does not depend on identifiers drawn by chance."""
        found = []
        for queue in (*QUEUES, OUTBOUND):
            while raw := self.queues.lpop(queue):
                message = json.loads(raw)
                found.append((message["headers"]["task"], json.loads(base64.b64decode(message["body"]))[1]))
        return sorted(found, key=lambda one: (one[0], json.dumps(one[1], sort_keys=True)))

    def mistreated(self, waiting: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
        given = []
        for message in waiting:
            chance = self.random.random()
            copies = 0 if chance < DROPPED else 2 if chance < DROPPED + REPEATED else 1
            given += [message] * copies
            self.counts["dropped" if copies == 0 else "repeated" if copies == 2 else "kept"] += 1
        self.random.shuffle(given)
        return given

"""The outbox under threads, killed relays and a broker that is gone."""

import socket
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from statistics import median

import pytest
from django.conf import settings
from django.db import connection, transaction

from core.ids import new_id, shard_of
from core.limits.services import take
from core.outbox import relay, services
from core.outbox.models import HandledEvent, OutboxEvent
from core.outbox.registry import Event
from tests.core.outbox_handlers import NO_CAP, TALLY, count, counted, listening, times_handled
from tests.processes import PATIENCE_SECONDS, killed_at, start
from tests.together import together

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TOPIC = "tests.happened"


def publish(owner: uuid.UUID, number: int = 0) -> OutboxEvent:
    with transaction.atomic():
        return services.publish(topic=TOPIC, owner=owner, payload={"number": number}, at=AT)


@pytest.mark.django_db(transaction=True)
def test_an_event_delivered_by_ten_threads_at_once_has_its_effect_once() -> None:
    event = publish(new_id())
    (taken,) = relay.take(shard=event.shard, at=AT)
    with listening(TOPIC, counting=count):
        results = together(lambda _: relay.deliver(taken, shard=event.shard, at=AT), 10)
    assert results == [True] * 10
    assert (counted(), HandledEvent.objects.count()) == (1, 1)
    event.refresh_from_db()
    assert event.state == "done"


@pytest.mark.django_db(transaction=True)
def test_eight_relays_over_the_same_shards_deliver_everything_once_and_in_order() -> None:
    owners = [uuid.UUID(int=new_id().int // 64 * 64 + number % 2) for number in range(12)]
    for number in range(10):
        for owner in owners:
            publish(owner, number)
    seen: dict[str, list[int]] = {str(owner): [] for owner in owners}

    def note(event: Event) -> None:
        count(event)
        seen[event.key].append(event.payload["number"])

    with listening(TOPIC, noting=note):
        results = together(lambda number: relay.relay_shard(shard=number % 2, at=AT), 8)
        assert [result for result in results if not isinstance(result, relay.Tally)] == []
        services.run_pending(at=AT)
    assert counted() == 120
    assert {tuple(numbers) for numbers in seen.values()} == {tuple(range(10))}
    assert OutboxEvent.objects.exclude(state="done").count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_relay_killed_in_the_middle_of_a_delivery_loses_nothing_and_doubles_nothing() -> None:
    event, later = publish(owner := new_id(), 1), publish(owner, 2)
    killed_at("in the middle", "-m", "tests.core.relay_process", TOPIC, str(event.shard), AT.isoformat())
    with listening(TOPIC, counting=count):
        assert (services.run_pending(at=AT), counted()) == (0, 0)
        event.refresh_from_db()
        assert (event.state, event.attempts) == ("pending", 1)
        assert services.run_pending(at=AT + relay.LEASE) == 2
    assert [times_handled(one.id) for one in (event, later)] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_an_event_whose_handler_kills_its_process_dies_alone_and_holds_up_no_other_for_long() -> None:
    fatal, *others = [publish(uuid.UUID(int=new_id().int // 64 * 64), number) for number in range(6)]

    def kill(event: Event) -> None:
        count(event)
        if event.id == fatal.id:
            raise SystemExit

    with listening(TOPIC, counting=kill):
        for life in range(relay.MAX_ATTEMPTS):
            with pytest.raises(SystemExit):
                relay.relay_shard(shard=fatal.shard, at=AT + life * relay.LEASE)
            left = OutboxEvent.objects.filter(pk__in=[one.pk for one in others]).exclude(state="done").count()
            assert left == (5 if life < 2 else 0), life
        assert relay.relay_shard(shard=fatal.shard, at=AT + relay.MAX_ATTEMPTS * relay.LEASE) == relay.Tally(0, 1)
    fatal.refresh_from_db()
    assert (fatal.state, times_handled(fatal.id)) == ("dead", 0)
    assert [times_handled(one.id) for one in others] == [1] * 5


@pytest.mark.django_db(transaction=True)
def test_a_relay_leases_no_more_than_a_batch_however_the_statement_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit inside `IN (...)` is run once a row of a small table, and then limits nothing."""
    monkeypatch.setattr(relay, "BATCH", 2)
    monkeypatch.setattr(relay, "UNHEARD_BATCH", 2)
    owners = [uuid.UUID(int=new_id().int // 64 * 64) for _ in range(5)]
    for owner in owners:
        publish(owner)
        with transaction.atomic():
            services.publish(topic="tests.unheard", owner=owner, payload={}, at=AT)
    assert relay.finish_unheard(shard=0, at=AT) == 2
    assert len(relay.take(shard=0, at=AT)) == 2
    assert len(relay.take(shard=0, at=AT)) == 2
    assert len(relay.take(shard=0, at=AT)) == 1
    assert len(relay.take(shard=0, at=AT + relay.LEASE)) == 1, "tried before"


@pytest.mark.django_db(transaction=True)
def test_a_handler_waits_for_a_row_no_longer_than_it_may_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "LOCK_SECONDS", 1)
    event = publish(new_id())
    kept, let_go = threading.Event(), threading.Event()

    def keep() -> None:
        with closing(connection), transaction.atomic():
            take(counter="tests.handled", owner=TALLY, period="life", amount=1, cap=NO_CAP)
            kept.set()
            let_go.wait(PATIENCE_SECONDS)

    with ThreadPoolExecutor(1) as pool, listening(TOPIC, counting=count):
        keeping = pool.submit(keep)
        kept.wait(PATIENCE_SECONDS)
        assert relay.relay_shard(shard=event.shard, at=AT) == relay.Tally(0, 1)
        let_go.set()
        keeping.result()
        event.refresh_from_db()
        assert (event.state, "55P03" in event.last_error) == ("pending", True)
        assert relay.relay_shard(shard=event.shard, at=AT + relay.LEASE) == relay.Tally(1, 0)
    assert times_handled(event.id) == 1


@contextmanager
def silent_port() -> Iterator[int]:
    """A loopback port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        yield server.getsockname()[1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker", [nullcontext(1), silent_port()], ids=["refuses", "hangs"])
def test_a_broker_that_is_gone_neither_fails_nor_slows_what_publishes(broker: AbstractContextManager[int]) -> None:
    owner = new_id()
    with broker as port:
        process = start("-m", "tests.core.publish_process", TOPIC, str(owner), AT.isoformat(), REDIS_URL=f"redis://127.0.0.1:{port}/0")
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    waits = [float(line.split()[1]) for line in output.splitlines() if line.startswith("committed")]
    assert (process.returncode, len(waits)) == (0, 20), output
    assert median(waits) < 1, waits
    assert max(waits) < settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"], waits
    assert OutboxEvent.objects.filter(state="pending", shard=shard_of(owner)).count() == 20
    with listening(TOPIC, counting=count):
        assert services.run_pending(at=AT) == 20
    assert counted() == 20

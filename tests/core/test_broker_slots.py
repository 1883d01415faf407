"""A worker whose broker does not take an acknowledgement goes on with the next message."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from kombu import Connection, Consumer, Producer, Queue
from redis.exceptions import TimeoutError as BrokerSilent

from config.celery import app
from tests.processes import redis_url

log = logging.getLogger(__name__)


def lose(*_: object) -> None:
    raise BrokerSilent("Timeout reading from socket")


@pytest.fixture
def queue() -> Queue:
    """One that no other connection waits at: a consumer that is gone may still be handed a message."""
    return Queue(f"slots-{uuid4().hex}")


@pytest.fixture
def channel(queue: Queue) -> Iterator[Any]:
    assert app.conf.worker_prefetch_multiplier == 1
    with Connection(redis_url(10)) as connection:
        opened = connection.channel()
        queue(opened).declare()
        yield opened
        queue(opened).delete()


@pytest.mark.parametrize("end", ["ack_log_error", "reject_log_error"])
def test_a_message_that_could_not_be_ended_at_the_broker_does_not_keep_the_next_one_out(
    channel: Any, queue: Queue, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, held = channel.connection.client, []
    for number in range(2):
        Producer(channel).publish({"number": number}, routing_key=queue.name)
    consumer = Consumer(channel, [queue(channel)], callbacks=[lambda body, message: held.append(message)])
    consumer.qos(prefetch_count=1)
    with consumer:
        connection.drain_events(timeout=10)
        with pytest.raises(TimeoutError):
            connection.drain_events(timeout=0.5)
        assert [message.payload["number"] for message in held] == [0]
        with monkeypatch.context() as silent:
            silent.setattr(channel.qos, "_remove_from_indices", lose)
            getattr(held[0], end)(log, connection.connection_errors)
        connection.drain_events(timeout=10)
        assert [message.payload["number"] for message in held] == [0, 1]
        held[1].ack()

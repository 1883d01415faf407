"""What notices hear: every event that merchants are told of."""

from core.clock import queries as clock
from core.outbox.registry import Event, handles
from payments.notices import bodies, services


def take_down(event: Event) -> None:
    services.write(event=event, at=clock.now())


for topic in bodies.TYPES:
    handles(topic, name="payments.notices.take_down")(take_down)

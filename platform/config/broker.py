"""What a worker's connection to the broker outlives: an acknowledgement that the broker did not take."""

from kombu.transport import virtual
from kombu.transport.redis import Channel, QoS


class FreedSlots(QoS):  # type: ignore[misc]
    """A worker holds as many messages as it may work on, and takes another when one is acknowledged or put back.

    Where that fails (a broker that hangs for longer than `socket_timeout`), kombu counts the message as held for ever: after one such
    failure for each of its processes a worker takes nothing any more, and neither ends nor says so. Here the slot is free in any case. The
    broker gives the message out again after `visibility_timeout`; by then it has expired, or is done once more, which changes nothing.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        finally:
            virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue=requeue)
        finally:
            virtual.QoS.ack(self, delivery_tag)


def free_slots() -> None:
    """For every connection to the broker made from here on."""
    Channel.QoS = FreedSlots

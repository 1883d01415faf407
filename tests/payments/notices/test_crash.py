"""kill -9 of whoever tells merchants: nothing is lost, and what may come twice comes under the same id."""

import pytest

from core.clock import queries as clock
from payments.notices.models import MerchantNotice, NoticeTry
from payments.notices.states import LEASE
from tests.payments.killing import killed
from tests.payments.notices.world import Receiver, a_notice, deliver, receiver, told_shop
from tests.payments.wallet.world import open_day

__all__ = ["receiver"]
pytestmark = pytest.mark.django_db(transaction=True)
UNSENT = "payments.notices.sending.post"
UNRECORDED = "payments.notices.services.conclude"
UNCOMMITTED = "+payments.notices.services.advance"


@pytest.mark.parametrize(("stop", "came"), [(UNSENT, 0), (UNRECORDED, 1), (UNCOMMITTED, 1)])
def test_a_notice_whose_process_was_killed_is_delivered_again_under_its_id(receiver: Receiver, stop: str, came: int) -> None:
    open_day()
    notice = a_notice(told_shop(receiver.url))
    killed("deliver", stop)
    notice.refresh_from_db()
    assert (len(receiver.deliveries), notice.state, notice.tries, NoticeTry.objects.count()) == (came, "pending", 0, 0)
    assert notice.due_at is not None
    assert notice.due_at <= clock.now() + LEASE
    assert deliver(clock.now()) == 0, "it is leased"
    assert deliver(clock.now() + LEASE) == 1
    assert deliver(clock.now() + LEASE) == 0
    assert len(receiver.deliveries) == came + 1
    assert len({delivery.body["id"] for delivery in receiver.deliveries}) == 1, "the receiver knows it by its id"
    assert len({delivery.raw for delivery in receiver.deliveries}) == 1
    assert all(delivery.genuine for delivery in receiver.deliveries)
    row = MerchantNotice.objects.get()
    assert (row.state, row.tries, NoticeTry.objects.count()) == ("delivered", 1, 1)

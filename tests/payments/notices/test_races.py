"""Many at once at one notice: sent again while it is delivered, forgotten, or sent again by others."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.errors import NotFound
from payments.notices import services
from payments.notices.models import MerchantNotice, NoticeTry
from payments.notices.post import Reply
from payments.notices.services import KEPT, ResentTooOften
from payments.notices.states import RESENDS_MOST
from tests.payments.notices.world import Receiver, a_notice, deliver, receiver, told_shop
from tests.payments.wallet.world import open_day
from tests.together import behind, together, tried

__all__ = ["receiver"]
pytestmark = pytest.mark.django_db(transaction=True)
TAKEN = Reply(200, "", "ok", 5)
NOT_TAKEN = Reply(500, "http_500", "", 5)


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def read(notice: MerchantNotice) -> MerchantNotice:
    return MerchantNotice.objects.get(pk=notice.pk)


def claimed(notice: MerchantNotice) -> MerchantNotice:
    """On its way to its receiver."""
    [found] = services.claim(shard=notice.shard, busy=[], most=5, each=5, at=clock.now())
    assert found.pk == notice.pk
    return found


def again(notice: MerchantNotice) -> MerchantNotice:
    return services.resend(notice_id=notice.pk, at=clock.now())


def old(receiver: Receiver) -> MerchantNotice:
    """Delivered so long ago that it is forgotten by now."""
    notice = a_notice(told_shop(receiver.url))
    deliver(clock.now())
    MerchantNotice.objects.filter(pk=notice.pk).update(changed_at=clock.now() - KEPT - timedelta(days=1))
    assert (read(notice).state, NoticeTry.objects.count()) == ("delivered", 1)
    return notice


def forget(notice: MerchantNotice) -> int:
    return services.forget_old(shard=notice.shard, at=clock.now())


def test_a_notice_that_is_sent_again_at_that_moment_is_not_forgotten(receiver: Receiver) -> None:
    notice = old(receiver)
    sent, forgotten = behind(lambda: again(notice), lambda: forget(notice))
    assert (sent.state, forgotten, read(notice).state, NoticeTry.objects.count()) == ("pending", 0, "pending", 1)
    deliver(clock.now())
    assert (read(notice).state, read(notice).tries, len(receiver.deliveries)) == ("delivered", 2, 2)


def test_a_notice_that_is_forgotten_at_that_moment_is_not_found_by_who_sends_it_again(receiver: Receiver) -> None:
    notice = old(receiver)
    forgotten, sent = behind(lambda: forget(notice), lambda: again(notice))
    assert (forgotten, type(sent), NoticeTry.objects.count()) == (1, NotFound, 0)


def test_forgetting_and_sending_again_many_times_at_once_leaves_no_half_a_notice(receiver: Receiver) -> None:
    notice = old(receiver)
    acts: list[Any] = [lambda: again(notice), lambda: forget(notice)]
    ended = together(lambda k: tried(acts[k % 2]), 6)
    assert all(isinstance(end, int | MerchantNotice | NotFound) for end in ended), ended
    left = MerchantNotice.objects.filter(pk=notice.pk).first()
    assert (left is None, NoticeTry.objects.count()) in ((True, 0), (False, 1))
    assert left is None or left.state == "pending"


@pytest.mark.parametrize("reply", [TAKEN, NOT_TAKEN], ids=["taken", "not_taken"])
@pytest.mark.parametrize("first", ["conclude", "resend"])
def test_a_notice_sent_again_while_it_is_delivered_is_tried_as_it_is_then(receiver: Receiver, first: str, reply: Reply) -> None:
    notice = a_notice(told_shop(receiver.url))
    going = claimed(notice)
    acts: dict[str, Any] = {
        "conclude": lambda: services.conclude(notice=going, reply=reply, at=clock.now()),
        "resend": lambda: again(notice),
    }
    other = next(name for name in acts if name != first)
    ended = dict(zip((first, other), behind(acts[first], acts[other]), strict=True))
    assert (ended["conclude"], ended["resend"].resends) == (True, 1)
    row = read(notice)
    if reply is TAKEN and first == "resend":
        assert (row.state, row.due_at) == ("delivered", None)
    else:
        assert row.state == "pending"
        assert row.due_at is not None
    deliver(clock.now() + timedelta(seconds=20))
    row = read(notice)
    assert (row.state, row.tries) == ("delivered", len(receiver.deliveries) + 1)
    assert NoticeTry.objects.filter(notice=notice).count() == row.tries


def test_one_try_is_noted_once_whoever_made_it_and_a_notice_is_claimed_once(receiver: Receiver) -> None:
    notice = a_notice(told_shop(receiver.url))
    going = together(lambda _: services.claim(shard=notice.shard, busy=[], most=5, each=5, at=clock.now()), 4)
    assert sum(len(found) for found in going) == 1
    mine = next(found for found in going if found)[0]
    noted = together(lambda k: services.conclude(notice=mine, reply=(TAKEN, NOT_TAKEN)[k % 2], at=clock.now()), 6)
    assert (noted.count(True), noted.count(False), NoticeTry.objects.count(), read(notice).tries) == (1, 5, 1, 1)


def test_a_notice_is_sent_again_no_more_often_than_it_may_be(receiver: Receiver) -> None:
    notice = a_notice(told_shop(receiver.url))
    MerchantNotice.objects.filter(pk=notice.pk).update(resends=RESENDS_MOST - 3)
    ended = together(lambda _: tried(lambda: again(notice)), 8)
    assert (sum(isinstance(end, MerchantNotice) for end in ended), sum(isinstance(end, ResentTooOften) for end in ended)) == (3, 5)
    assert read(notice).resends == RESENDS_MOST

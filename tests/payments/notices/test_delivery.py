"""Notices on their way: the timetable, what counts as taken, and receivers that are slow, dead or cunning."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from core.clock import queries as clock
from core.ids import shard_of
from core.work.models import WorkItem
from payments.notices import post as posting
from payments.notices import sending, services
from payments.notices.models import MerchantNotice, NoticeReceiver, NoticeTry
from payments.notices.post import Letter, post
from payments.notices.states import WAITS
from tests.payments.cashier.world import Shop, new_order
from tests.payments.notices.world import Receiver, a_notice, an_event, deliver, deliver_on_time, receiver, told_shop, within
from tests.payments.wallet.world import open_day
from tests.query_counts import queries_of
from tests.together import together

__all__ = ["receiver"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


@pytest.fixture
def slow() -> Iterator[Receiver]:
    box = Receiver(hold_s=30)
    yield box
    box.stop()


def test_a_receiver_that_answers_500_three_times_and_then_200_gets_four_deliveries_of_the_same_bytes(receiver: Receiver) -> None:
    receiver.statuses = [500, 500, 500]
    notice = a_notice(told_shop(receiver.url))
    began = clock.now()
    ended = deliver_on_time(notice)
    assert [ended - began >= timedelta(seconds=60), ended - began < timedelta(seconds=120)] == [True, True], "after 15, 15 and 30 seconds"
    assert len(receiver.deliveries) == 4
    assert len({delivery.raw for delivery in receiver.deliveries}) == 1
    assert len({delivery.headers["Banyan-Nonce"] for delivery in receiver.deliveries}) == 4
    assert all(delivery.genuine for delivery in receiver.deliveries)
    row = MerchantNotice.objects.get()
    assert (row.state, row.tries, row.last_status, row.last_error, row.due_at) == ("delivered", 4, 200, "", None)
    tries = list(NoticeTry.objects.order_by("number").values_list("number", "status", "error", "answer"))
    assert tries == [(1, 500, "http_500", "ok"), (2, 500, "http_500", "ok"), (3, 500, "http_500", "ok"), (4, 200, "", "ok")]


def test_a_notice_nobody_takes_is_sent_at_once_and_fifteen_times_more_over_a_day_and_then_an_operator_is_asked(receiver: Receiver) -> None:
    receiver.then = 503
    where = told_shop(receiver.url)
    notice = a_notice(where)
    began = MerchantNotice.objects.get().created_at
    ended = deliver_on_time(notice)
    assert sum(WAITS, timedelta()) == timedelta(hours=24, minutes=4)
    assert ended - began >= sum(WAITS, timedelta())
    assert len(receiver.deliveries) == 16
    row = MerchantNotice.objects.get()
    assert (row.state, row.tries, row.last_status) == ("failed", 16, 503)
    assert WorkItem.objects.get(finished_at=None).target == where.app.public_id
    assert deliver(ended + timedelta(days=2)) == 0


@pytest.mark.parametrize("status", [301, 302, 400, 404, 500])
def test_only_2xx_is_taken_and_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    elsewhere = Receiver()
    receiver.then, receiver.location = status, elsewhere.url
    a_notice(told_shop(receiver.url))
    deliver(clock.now())
    elsewhere.stop()
    assert elsewhere.deliveries == []
    assert MerchantNotice.objects.get().last_error == f"http_{status}"


def test_a_slow_receiver_keeps_its_own_seats_and_everybody_else_is_served_meanwhile(receiver: Receiver, slow: Receiver) -> None:
    where = told_shop(receiver.url)
    for _ in range(8):
        a_notice(where, notify_url=slow.url)
    quick = [a_notice(where) for _ in range(12)]
    at = clock.now()
    sweep = threading.Thread(target=lambda: together(lambda _: deliver(at), 1))
    sweep.start()
    assert within(4, lambda: len(receiver.deliveries) == 12), "the others wait for nobody"
    assert len(slow.deliveries) <= sending.EACH
    slow.let_go.set()
    sweep.join()
    assert MerchantNotice.objects.filter(pk__in=[one.pk for one in quick], state="delivered").count() == 12


def test_no_answer_within_five_seconds_is_none_and_three_of_them_let_the_receiver_rest(slow: Receiver) -> None:
    where = told_shop(slow.url)
    at = clock.now()
    for _ in range(6):
        a_notice(where, at=at)
    assert deliver(at) == 3
    assert set(NoticeTry.objects.values_list("error", flat=True)) == {"no_answer_in_time"}
    assert all(5_000 <= took < 8_000 for took in NoticeTry.objects.values_list("took_ms", flat=True))
    resting = NoticeReceiver.objects.get()
    assert (resting.unanswered, resting.rest_until) == (3, at + timedelta(seconds=30))
    assert deliver(at + timedelta(seconds=29)) == 0, "not asked while it rests"
    slow.let_go.set()
    assert deliver(at + timedelta(seconds=31)) == 6
    assert NoticeReceiver.objects.get().unanswered == 0


def test_a_receiver_that_is_down_is_not_reached_and_is_tried_again() -> None:
    gone = Receiver()
    gone.stop()
    notice = a_notice(told_shop(gone.url))
    deliver(clock.now())
    row = MerchantNotice.objects.get(pk=notice.pk)
    assert (row.state, row.last_error, row.last_status) == ("pending", "not_reached", None)


def test_a_huge_answer_is_read_no_further_than_its_beginning(receiver: Receiver) -> None:
    receiver.answer = b"a\x00b\n" + b"x" * 50_000_000
    a_notice(told_shop(receiver.url))
    deliver(clock.now())
    kept = NoticeTry.objects.get()
    assert (kept.status, len(kept.answer), kept.answer[:4]) == (200, 500, "a b ")


def test_a_card_number_in_an_answer_is_not_kept(receiver: Receiver) -> None:
    receiver.answer = b"thank you for 9901100000000000017"
    a_notice(told_shop(receiver.url))
    deliver(clock.now())
    assert NoticeTry.objects.get().answer == "[a card number]"


def test_two_sweeps_at_once_send_every_notice_once(receiver: Receiver) -> None:
    where = told_shop(receiver.url)
    for _ in range(20):
        a_notice(where)
    at = clock.now()
    noted = together(lambda _: deliver(at), 3)
    assert sum(noted) == 20
    assert len({delivery.body["id"] for delivery in receiver.deliveries}) == len(receiver.deliveries) == 20


def test_a_try_whose_process_died_is_made_again_after_its_lease(receiver: Receiver) -> None:
    where = told_shop(receiver.url)
    at = clock.now()
    notice = a_notice(where, at=at)
    [claimed] = services.claim(shard=shard_of(where.merchant.id), busy=[], most=10, each=10, at=at)
    assert claimed == notice
    assert deliver(at + timedelta(seconds=59)) == 0
    assert deliver(at + timedelta(seconds=60)) == 1
    assert services.conclude(notice=claimed, reply=post(sending.letter(claimed, at)), at=at) is False, "the one who was heard first counts"
    assert MerchantNotice.objects.get().tries == NoticeTry.objects.count() == 1


def test_nothing_is_sent_inside_a_transaction(receiver: Receiver) -> None:
    a_notice(told_shop(receiver.url))
    with transaction.atomic(), pytest.raises(sending.InsideTransaction):
        deliver(clock.now())
    assert receiver.deliveries == []


def test_a_name_that_leads_inside_is_refused_where_it_is_connected_to(
    receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = Letter(receiver.url, (), b"{}")
    settings.PRODUCTION = True
    assert post(letter).error == "address_refused"
    settings.PRODUCTION = False
    port = receiver.url.split(":")[2]
    inside = [(2, 1, 6, "", ("127.0.0.1", int(port.split("/")[0])))]
    monkeypatch.setattr("payments.notices.addresses.socket.getaddrinfo", lambda *_, **__: inside)
    assert post(Letter(f"http://shop.example:{port}", (), b"{}")).error == "address_refused", "another name for loopback is no loopback"
    assert receiver.deliveries == []


def test_claiming_costs_one_statement_however_many_notices_wait(receiver: Receiver) -> None:
    where = told_shop(receiver.url)
    shard = shard_of(where.merchant.id)

    def claim() -> int:
        later = clock.now() + timedelta(days=1)
        return len(queries_of(lambda: services.claim(shard=shard, busy=[], most=5, each=5, at=later)))

    a_notice(where)
    few = claim()
    for _ in range(20):
        services.write(event=an_event(new_order(where, 100)), at=clock.now())
    assert claim() == few


def test_each_process_has_threads_and_connections_of_its_own() -> None:
    assert sending.threads_of(1) is not sending.threads_of(2)
    assert posting.pool_of(1) is not posting.pool_of(2)


def test_a_shop_without_an_address_hears_nothing() -> None:
    where: Shop = told_shop("")
    assert services.write(event=an_event(new_order(where, 100)), at=clock.now()) == []

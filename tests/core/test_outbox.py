"""The outbox: no news is lost, none arrives twice, and none passes an earlier one of its key."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from core.approvals.services import ApprovalNeeded, applying
from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import new_id, shard_of
from core.outbox import giving_up, queries, relay, services
from core.outbox.models import HandledEvent, OutboxEvent
from core.outbox.nudge import nudge_of
from core.outbox.registry import Event, handles
from tests.core.outbox_handlers import count, counted, listening, times_handled
from tests.query_counts import queries_of

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
OWNER = uuid.UUID("01933f6e-0000-7000-8000-000000000007")
TOPIC = "tests.happened"


def publish(owner: uuid.UUID = OWNER, *, topic: str = TOPIC, at: datetime = AT, number: int = 0) -> OutboxEvent:
    with transaction.atomic():
        return services.publish(topic=topic, owner=owner, payload={"number": number}, at=at)


def state(event: OutboxEvent) -> str:
    event.refresh_from_db()
    return event.state


def fail(_: Event) -> None:
    raise KeyError("13800138000")


@pytest.mark.django_db
def test_a_delivered_event_is_done_and_its_handler_noted() -> None:
    event = publish()
    with listening(TOPIC, counting=count):
        assert services.run_pending(at=AT) == 1
    assert (state(event), event.attempts, event.done_at) == ("done", 1, AT)
    assert list(HandledEvent.objects.values_list("event_id", "handler", "handled_at")) == [(event.id, "counting", AT)]
    assert counted() == 1


@pytest.mark.django_db
def test_an_event_nobody_listens_to_is_done() -> None:
    event = publish(topic="tests.unheard")
    assert services.run_pending(at=AT) == 1
    assert (state(event), event.attempts, event.done_at) == ("done", 1, AT)


@pytest.mark.django_db
def test_events_nobody_listens_to_are_finished_together_and_do_not_wait_behind_a_failing_one() -> None:
    failing = publish()
    unheard = [publish(topic="tests.unheard") for _ in range(30)]
    later = publish()
    with listening(TOPIC, failing=fail):
        assert len(queries_of(lambda: relay.finish_unheard(shard=failing.shard, at=AT))) == 1
        assert {state(event) for event in unheard} == {"done"}
        assert services.run_pending(at=AT) == 0
    assert (state(failing), failing.attempts, state(later), later.attempts) == ("pending", 1, "pending", 0)


@pytest.mark.django_db
def test_an_event_whose_delivery_has_begun_is_not_finished_as_unheard() -> None:
    event = publish()
    with listening(TOPIC, failing=fail):
        services.run_pending(at=AT)
    event.refresh_from_db()
    assert relay.finish_unheard(shard=event.shard, at=event.next_attempt_at) == 0
    assert state(event) == "pending"


@pytest.mark.django_db
def test_a_handler_is_given_plain_values() -> None:
    seen: list[Event] = []
    event = publish(number=7)
    with listening(TOPIC, seeing=seen.append):
        services.run_pending(at=AT + timedelta(seconds=3))
    assert seen == [Event(id=event.id, topic=TOPIC, key=str(OWNER), payload={"number": 7}, occurred_at=AT)]


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        services.publish(topic=TOPIC, owner=OWNER, payload={}, at=AT)
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db
def test_an_event_is_gone_with_the_effect_that_was_rolled_back() -> None:
    with transaction.atomic():
        services.publish(topic=TOPIC, owner=OWNER, payload={}, at=AT)
        transaction.set_rollback(True)
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db
def test_a_failing_handler_undoes_only_itself_and_is_tried_again_alone() -> None:
    failing = True

    def sometimes(event: Event) -> None:
        count(event)
        if failing:
            raise KeyError

    event = publish()
    with listening(TOPIC, steady=count, wavering=sometimes):
        assert services.run_pending(at=AT) == 0
        assert (state(event), event.attempts, counted()) == ("pending", 1, 1)
        assert event.last_error.startswith("wavering: KeyError at test_outbox.py:")
        assert services.run_pending(at=AT) == 0, "not before its wait is over"
        failing = False
        assert services.run_pending(at=event.next_attempt_at) == 1
    assert (state(event), event.attempts, event.last_error, counted()) == ("done", 2, "", 2)


@pytest.mark.django_db
def test_a_stored_error_never_quotes_what_the_handler_was_working_on() -> None:
    event = publish()
    with listening(TOPIC, failing=fail):
        services.run_pending(at=AT)
    event.refresh_from_db()
    assert "13800138000" not in event.last_error


@pytest.mark.django_db
def test_a_database_refusal_in_a_handler_is_named_by_its_constraint() -> None:
    def breaks(_: Event) -> None:
        HandledEvent.objects.create(event_id=event.id, handler="breaking", handled_at=AT)

    event = publish()
    with listening(TOPIC, breaking=breaks):
        services.run_pending(at=AT)
    event.refresh_from_db()
    assert event.last_error.startswith("breaking: IntegrityError (23505, core_handledevent, core_handledevent_pkey) at ")


@pytest.mark.django_db
def test_events_of_one_key_arrive_in_the_order_they_were_published_in() -> None:
    seen: list[int] = []
    for number in range(60):
        publish(number=number)
    with listening(TOPIC, seeing=lambda event: seen.append(event.payload["number"])):
        assert services.run_pending(at=AT) == 60
    assert seen == list(range(60))


@pytest.mark.django_db
def test_a_waiting_event_holds_up_its_key_and_no_other() -> None:
    first, second = publish(number=1), publish(number=2)
    other = publish(uuid.UUID(int=OWNER.int + 64), number=3)
    assert first.shard == other.shard

    def fails_on_one(event: Event) -> None:
        if event.payload["number"] == 1:
            raise KeyError

    with listening(TOPIC, picky=fails_on_one):
        assert services.run_pending(at=AT) == 1
        assert [state(event) for event in (first, second, other)] == ["pending", "pending", "done"]
        assert services.run_pending(at=AT + timedelta(seconds=1)) == 0
    with listening(TOPIC, counting=count):
        assert services.run_pending(at=AT + timedelta(seconds=2)) == 2
    assert [state(event) for event in (first, second)] == ["done", "done"]


def until_dead(event: OutboxEvent) -> datetime:
    at = AT
    with listening(TOPIC, failing=fail):
        for _ in range(relay.MAX_ATTEMPTS):
            services.run_pending(at=at)
            event.refresh_from_db()
            at = event.next_attempt_at
    assert (event.state, event.attempts) == ("dead", relay.MAX_ATTEMPTS)
    return at


@pytest.mark.django_db
def test_an_event_dies_after_its_last_attempt_and_holds_up_its_key_until_it_is_replayed() -> None:
    event, later = publish(number=1), publish(number=2)
    at = until_dead(event) + timedelta(days=1)
    with listening(TOPIC, counting=count):
        assert services.run_pending(at=at) == 0
        assert (state(later), queries.blocked_behind(event.id)) == ("pending", 1)
        services.replay(event_id=event.id, actor="staff:li", reason="handler mended", at=at)
        assert (state(event), event.attempts) == ("pending", 0)
        assert services.run_pending(at=at) == 2
    assert (state(event), state(later), counted()) == ("done", "done", 2)
    record = AuditRecord.objects.get()
    assert (record.actor, record.act, record.target) == ("staff:li", "outbox.replay", f"outbox:{event.id}")


@pytest.mark.django_db
def test_a_skipped_event_lets_its_key_go_on_without_it() -> None:
    event, later = publish(number=1), publish(number=2)
    at = until_dead(event)
    with applying("outbox.skip", maker="staff:li", checker="staff:wu"):
        giving_up.skip(event_id=event.id, at=at)
    with listening(TOPIC, counting=count):
        assert services.run_pending(at=at) == 1
    assert (state(event), state(later), times_handled(event.id), times_handled(later.id)) == ("done", "done", 0, 1)
    record = AuditRecord.objects.get()
    assert (record.actor, record.act, record.details["proposed_by"]) == ("staff:wu", "outbox.skip", "staff:li")
    assert record.details["last_error"].startswith("failing: KeyError")


@pytest.mark.django_db
def test_nobody_skips_an_event_alone() -> None:
    event = publish()
    OutboxEvent.objects.filter(pk=event.pk).update(state="dead")
    with pytest.raises(ApprovalNeeded):
        giving_up.skip(event_id=event.id, at=AT)
    assert (state(event), AuditRecord.objects.count()) == ("dead", 0)


@pytest.mark.django_db
def test_all_dead_events_of_a_topic_are_replayed_as_one_act() -> None:
    events = [publish(new_id(), number=number) for number in range(3)]
    for event in events:
        OutboxEvent.objects.filter(pk=event.pk).update(state="dead")
    assert services.replay_topic(topic=TOPIC, actor="staff:li", reason="handler mended", at=AT) == 3
    assert [state(event) for event in events] == ["pending"] * 3
    assert AuditRecord.objects.get().details == {"topic": TOPIC, "events": 3}


@pytest.mark.django_db
def test_only_a_dead_event_is_replayed_or_skipped() -> None:
    event = publish()
    for event_id, refusal in ((event.id, services.NotDead), (new_id(), NotFound)):
        with pytest.raises(refusal):
            services.replay(event_id=event_id, actor="staff:li", reason="curious", at=AT)
        with pytest.raises(refusal), applying("outbox.skip", maker="staff:li", checker="staff:wu"):
            giving_up.skip(event_id=event_id, at=AT)
    assert (state(event), AuditRecord.objects.count()) == ("pending", 0)


@pytest.mark.django_db
def test_an_event_whose_relay_dies_every_time_is_not_tried_for_ever() -> None:
    event, at = publish(), AT
    for _ in range(relay.MAX_ATTEMPTS):
        assert [taken.event.id for taken in relay.take(shard=event.shard, at=at)] == [event.id]
        assert relay.take(shard=event.shard, at=at) == [], "leased"
        at += relay.LEASE
    with listening(TOPIC, counting=count):
        services.run_pending(at=at)
    assert (state(event), counted()) == ("dead", 0)
    assert event.last_error == "relay: its process ended in the middle of the last delivery"


@pytest.mark.parametrize("attempts", range(1, 20))
def test_waits_double_up_to_an_hour_and_spread_over_half_their_length(attempts: int) -> None:
    longest = min(2**attempts, 3600)
    waits = [relay.wait_after(new_id(), attempts).total_seconds() for _ in range(50)]
    assert all(longest / 2 < wait <= longest for wait in waits)
    assert len(set(waits)) > 10


@pytest.mark.django_db
def test_depth_and_age_are_counted_for_pending_and_dead_events() -> None:
    publish(at=AT - timedelta(seconds=90))
    publish(at=AT - timedelta(seconds=30))
    dead = publish(at=AT - timedelta(seconds=600))
    OutboxEvent.objects.filter(pk=dead.pk).update(state="dead")
    OutboxEvent.objects.filter(pk=publish(at=AT - timedelta(days=1)).pk).update(state="done", done_at=AT)
    assert queries.backlog(at=AT) == queries.Backlog(2, 1, 90.0, 600.0)


@pytest.mark.django_db
def test_an_empty_outbox_has_no_depth_and_no_age() -> None:
    assert queries.backlog(at=AT) == queries.Backlog(0, 0, 0.0, 0.0)


@pytest.mark.django_db
def test_events_done_long_ago_are_pruned_with_their_notes_and_others_stay() -> None:
    with listening(TOPIC, counting=count):
        old = publish()
        services.run_pending(at=AT)
        recent = publish()
        services.run_pending(at=AT + timedelta(days=20))
        waiting = publish(at=AT + timedelta(days=90))
    at = AT + services.KEPT + timedelta(seconds=1)
    assert [services.prune(shard=shard, at=at) for shard in (old.shard, old.shard, old.shard + 1)] == [1, 0, 0]
    assert set(OutboxEvent.objects.values_list("id", flat=True)) == {recent.id, waiting.id}
    assert set(HandledEvent.objects.values_list("event_id", flat=True)) == {recent.id}


@pytest.mark.django_db
def test_a_transaction_nudges_a_shard_once_and_again_after_a_rolled_back_savepoint() -> None:
    nudge = nudge_of(shard_of(OWNER))

    def nudges() -> int:
        return sum(1 for _, call, _ in connection.run_on_commit if call is nudge)

    with transaction.atomic():
        services.publish(topic=TOPIC, owner=OWNER, payload={}, at=AT)
        transaction.set_rollback(True)
    assert nudges() == 0
    for number in range(3):
        publish(number=number)
    assert nudges() == 1


def test_a_handlers_name_is_taken_once_per_topic() -> None:
    with listening(TOPIC, counting=count), pytest.raises(ValueError, match="already"):
        handles(TOPIC, name="counting")(count)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "lost"}, "core_outbox"),
        ({"shard": 64}, "core_outbox_shard"),
        ({"state": "done"}, "core_outbox_done_at"),
    ],
)
def test_the_database_refuses_an_impossible_event(change: dict[str, object], constraint: str) -> None:
    event = publish()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        OutboxEvent.objects.filter(pk=event.pk).update(**change)


@pytest.mark.django_db
def test_the_database_refuses_to_bring_a_done_event_back() -> None:
    event = publish()
    services.run_pending(at=AT)
    with pytest.raises(IntegrityError, match="cannot move from done to pending"), transaction.atomic():
        OutboxEvent.objects.filter(pk=event.pk).update(state="pending", done_at=None)


@pytest.mark.django_db
def test_late_news_is_told_by_the_wall_clock_whatever_day_it_tells_of() -> None:
    event, wall = publish(at=AT - timedelta(days=30)), clock.wall()
    assert queries.late(wall=wall, seconds=120) == (0, None)
    assert queries.late(wall=wall + timedelta(seconds=121), seconds=120) == (1, event.id)
    services.run_pending(at=AT)
    assert queries.late(wall=wall + timedelta(seconds=121), seconds=120) == (0, None)

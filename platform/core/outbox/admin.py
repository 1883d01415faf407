"""The outbox with its dead letters: look, replay, skip."""

from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.dashboard import figure
from core.desk.facts import facts
from core.desk.forms import ReasonForm
from core.desk.proposing import proposing
from core.desk.references import reference
from core.desk.shown import badge, duration, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.errors import NotFound
from core.ids import parse_public_id, public_id, shard_of
from core.outbox import giving_up, queries, services
from core.outbox.models import HandledEvent, OutboxEvent

STUCK_SECONDS = 120
CUSTOMER_NAMES = ("customer", "customer_id")


class TopicForm(ReasonForm):
    """Which topic's dead events to replay."""

    topic = forms.CharField(
        label=_("Topic"),
        max_length=80,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("As the list shows it: all its dead events come due again."),
    )
    field_order = ("topic", "reason")


def dead(row: OutboxEvent) -> bool:
    return row.state == OutboxEvent.State.DEAD


def replay(doing: Doing) -> Words:
    services.replay(event_id=doing.row.pk, actor=doing.actor, reason=doing.data["reason"], at=doing.at)
    return _("The event is due again.")


def replay_topic(doing: Doing) -> Words:
    number = services.replay_topic(topic=doing.data["topic"].strip(), actor=doing.actor, reason=doing.data["reason"], at=doing.at)
    return _("{number} events are due again.").format(number=number)


def named_by(row: OutboxEvent) -> str:
    """The public id of what the event's key is, when the event itself names it."""
    try:
        key = UUID(row.key)
    except ValueError:
        return ""
    if row.key in {row.payload.get(name) for name in CUSTOMER_NAMES}:
        return public_id("cus", key)
    said = (value for value in row.payload.values() if isinstance(value, str))
    return next((value for value in said if public_id(value.rpartition("_")[0], key) == value), "")


@admin.register(OutboxEvent, site=desk)
class OutboxEventAdmin(DeskAdmin):
    group, place, icon, heading = "queues", 30, "outbox", _("Outbox")
    acts = (
        Act(
            name="replay",
            right="outbox.replay",
            title=_("Replay"),
            run=replay,
            icon="replay",
            variant="primary",
            open_to=dead,
            audited=False,
            explain=_("Handlers that took the event in already are not run again."),
        ),
        proposing(
            "skip",
            act=giving_up.ACT,
            right="outbox.skip",
            title=_("Propose to skip"),
            named=_("Give up an event"),
            payload=lambda doing: {"target": f"outbox:{doing.row.pk}"},
            explain=_("Once another person approves, the event is given up for good. Say what was done by hand instead."),
            icon="skip_next",
            variant="danger",
            open_to=dead,
        ),
    )
    list_acts = (
        Act(
            name="replay-topic",
            right="outbox.replay",
            title=_("Replay a topic"),
            run=replay_topic,
            form=TopicForm,
            icon="replay",
            audited=False,
            explain=_("Handlers that took the event in already are not run again."),
        ),
    )
    list_display = ("occurred", "topic", "state_label", "attempts", "next_attempt", "key_text", "error_start")
    list_filter = ("state",)
    ordering = ("-id",)
    search_help_text = _("An event's id, or a customer's public id for what is not delivered")
    fieldsets = (
        (None, {"fields": ("id", "topic", "key_text", "shard", "state_label", "occurred", "done")}),
        (_("Delivery"), {"fields": ("attempts", "next_attempt", "last_error", "taken_in", "held_up")}),
        (_("Content"), {"fields": ("content",)}),
    )

    @display(description=_("Happened"), ordering="id")
    def occurred(self, row: OutboxEvent) -> str:
        return when(row.occurred_at)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: OutboxEvent) -> SafeString:
        return badge(row.state)

    @display(description=_("Next attempt"))
    def next_attempt(self, row: OutboxEvent) -> str:
        return when(row.next_attempt_at) if row.state == OutboxEvent.State.PENDING else "-"

    @display(description=_("Delivered"))
    def done(self, row: OutboxEvent) -> str:
        return when(row.done_at)

    def find(self, term: str) -> Q | None:
        """A customer's undelivered events, by their key: the delivered ones have no index by key and are pruned."""
        try:
            owner = parse_public_id("cus", term)
        except NotFound:
            return None
        return Q(shard=shard_of(owner), key=str(owner)) & ~Q(state=OutboxEvent.State.DONE)

    @display(description=_("Key"))
    def key_text(self, row: OutboxEvent) -> SafeString | str:
        return reference(named_by(row) or row.key)

    @display(description=_("Last error"))
    def error_start(self, row: OutboxEvent) -> str:
        return row.last_error[:60] or "-"

    @display(description=_("Taken in by"))
    def taken_in(self, row: OutboxEvent) -> str:
        return ", ".join(HandledEvent.objects.filter(event_id=row.pk).values_list("handler", flat=True)) or "-"

    @display(description=_("Events held up behind it"))
    def held_up(self, row: OutboxEvent) -> int:
        return 0 if row.state == OutboxEvent.State.DONE else queries.blocked_behind(row.pk)

    @display(description=_("Content"))
    def content(self, row: OutboxEvent) -> SafeString:
        return facts(row.payload)


class OutboxFigures:
    order = 10

    def figures(self, *, at: datetime) -> list[Figure]:
        found = queries.backlog(at=at)
        page = "core.outboxevent"
        age = duration(timedelta(seconds=found.oldest_pending_seconds))
        level = "bad" if found.oldest_pending_seconds > STUCK_SECONDS else "ok"
        waiting = _("oldest {age}").format(age=age) if found.pending else ""
        return [
            figure(_("Outbox waiting"), found.pending, page, level=level, detail=waiting, state__exact="pending"),
            figure(_("Dead letters"), found.dead, page, level="bad" if found.dead else "ok", state__exact="dead"),
        ]


FIGURES.plug("core.outbox", OutboxFigures())

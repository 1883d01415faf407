"""How each configured channel fares: its breaker, the last hour's calls and what nobody knows the end of."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.base import DeskAdmin
from core.desk.shown import age, badge, table, when
from core.desk.site import desk
from core.desk.sockets import Words
from payments.channels.health import health
from payments.channels.models import Breaker, ChannelCredential, ChannelHealth, MaintenanceWindow
from payments.channels.states import BreakerState

OFF, UNCONNECTED, MAINTENANCE = "off", "unconnected", "maintenance"
STATES: dict[str, tuple[str, Words]] = {
    OFF: ("suspended", _("switched off")),
    UNCONNECTED: ("suspended", _("not connected")),
    MAINTENANCE: ("pending", _("under maintenance")),
    BreakerState.CLOSED: ("done", _("calls go out")),
    BreakerState.OPEN: ("failed", _("at rest")),
    BreakerState.HALF_OPEN: ("pending", _("one call tries")),
}


def of_breaker(column: str) -> Subquery:
    return Subquery(Breaker.objects.filter(channel_id=OuterRef("code")).values(column)[:1])


def faring() -> Case:
    """How a channel fares, a key of STATES: what people decided goes before what its breaker says."""
    at = clock.now()
    live = ChannelCredential.objects.filter(channel_id=OuterRef("code"), retired_at=None)
    shut = MaintenanceWindow.objects.filter(channel_id=OuterRef("code"), bank_code="", starts_at__lte=at, ends_at__gt=at)
    return Case(
        When(enabled=False, then=Value(OFF)),
        When(~Exists(live), then=Value(UNCONNECTED)),
        When(Exists(shut), then=Value(MAINTENANCE)),
        default=Coalesce(of_breaker("state"), Value(BreakerState.CLOSED.value)),
    )


class Fares(admin.SimpleListFilter):
    """Channels by whether calls go out; at rest are all whose breaker is not closed, also those switched off meanwhile."""

    title, parameter_name = _("State"), "fares"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("resting", _("at rest")), ("open", _("calls go out")), *((key, STATES[key][1]) for key in (OFF, UNCONNECTED, MAINTENANCE))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ChannelHealth]) -> QuerySet[ChannelHealth]:
        wanted = self.value() or ""
        if wanted == "resting":
            return queryset.exclude(Q(breaker_state=None) | Q(breaker_state=BreakerState.CLOSED))
        fares = BreakerState.CLOSED if wanted == "open" else wanted
        return queryset.filter(Q(fares=fares)) if fares in STATES else queryset


@admin.register(ChannelHealth, site=desk)
class ChannelHealthAdmin(DeskAdmin):
    """A row a channel; its page tells how the channel fares."""

    group, place, icon, heading = "payments", 45, "monitor_heart", _("Channel health")
    list_display = ("code", "name", "enabled", "state_label", "why", "opened", "retries", "changed_when")
    list_filter = (Fares,)
    ordering = ("code",)
    fieldsets = (
        (None, {"fields": (("code", "name"), ("state_label", "enabled"), ("why", "opened"), ("retries", "changed_when"))}),
        (_("Last hour"), {"fields": (("calls_text", "success_rate"), ("latency_p50", "latency_p95"), "codes_text")}),
        (_("Unknown results"), {"fields": (("unknown_text", "oldest_unknown"),)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChannelHealth]:
        facts = {f"breaker_{column}": of_breaker(column) for column in ("state", "code", "opened_at", "retry_at", "changed_at")}
        return super().get_queryset(request).annotate(fares=faring(), **facts)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> ChannelHealth | None:
        row: ChannelHealth | None = super().get_object(request, object_id, from_field)
        if row is not None:
            row.health = health(row.code, clock.now())  # type: ignore[attr-defined]
        return row

    @display(description=_("Name"))
    def name(self, row: ChannelHealth) -> str:
        return row.name_zh if (get_language() or "en").startswith("zh") else row.name_en

    @display(description=_("State"))
    def state_label(self, row: Any) -> SafeString:
        """A channel whose breaker never counted a call has none."""
        tone, words = STATES[row.fares]
        return badge(tone, str(words))

    @display(description=_("Put at rest by"))
    def why(self, row: Any) -> str:
        return row.breaker_code or "-"

    @display(description=_("Last put at rest"))
    def opened(self, row: Any) -> str:
        return when(row.breaker_opened_at)

    @display(description=_("Tries again"))
    def retries(self, row: Any) -> str:
        return when(row.breaker_retry_at)

    @display(description=_("State since"))
    def changed_when(self, row: Any) -> str:
        return when(row.breaker_changed_at)

    @display(description=_("Calls"))
    def calls_text(self, row: Any) -> str:
        return str(row.health.calls)

    @display(description=_("Success rate"))
    def success_rate(self, row: Any) -> str:
        share = row.health.good_bp
        return "-" if share is None else f"{share / 100:.2f} %"

    @display(description=_("Latency p50 (ms)"))
    def latency_p50(self, row: Any) -> str:
        return "-" if row.health.p50_ms is None else str(row.health.p50_ms)

    @display(description=_("Latency p95 (ms)"))
    def latency_p95(self, row: Any) -> str:
        return "-" if row.health.p95_ms is None else str(row.health.p95_ms)

    @display(description=_("By answer"))
    def codes_text(self, row: Any) -> SafeString:
        lines = ((code or gettext("Success"), number, gettext("yes") if bad else "-") for code, bad, number in row.health.codes)
        return table((_("Answer"), _("Calls"), _("Against the channel")), lines)

    @display(description=_("Requests"))
    def unknown_text(self, row: Any) -> str:
        return str(row.health.unknown)

    @display(description=_("Oldest"))
    def oldest_unknown(self, row: Any) -> str:
        oldest = row.health.oldest_unknown_at
        return age(oldest, clock.now()) if oldest else "-"

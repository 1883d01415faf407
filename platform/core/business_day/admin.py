"""Business days with the progress of their end of day, and the trading calendar."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.business_day import tasks
from core.business_day.models import BusinessDay, EodRun, EodShard, TradingDay
from core.business_day.trading_days import WORK_KIND
from core.clock.queries import local_day, wall
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.dashboard import figure
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import badge, duration, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.observe import beat
from core.work.sockets import WORK_KINDS, KindOfWork

BAR = (
    '<div class="flex items-center gap-2"><div class="bg-base-100 h-1.5 overflow-hidden rounded-default w-32 dark:bg-base-800">'
    '<div class="bg-primary-600 h-1.5" style="width: {}%"></div></div><span class="tabular-nums text-xs">{}/{}</span></div>'
)
TABLE = '<table class="w-full text-left"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
CELLS = (
    '<tr class="border-b border-base-200 dark:border-base-800"><td class="py-1.5 pr-4">{}</td><td class="pr-4">{}</td>'
    '<td class="pr-4 tabular-nums">{}</td><td class="pr-4">{}</td></tr>'
)
STEP_HEADER = (_("Step"), _("Shards done"), _("Rows"), _("Failed"))


def rerun(doing: Doing) -> Words:
    """A runner is asked for; it takes up what is not done, and what is done stays as it is."""
    transaction.on_commit(tasks.end_of_day.delay, robust=True)
    return _("A runner is asked for. What is done stays done; what is not is taken up.")


@admin.register(BusinessDay, site=desk)
class BusinessDayAdmin(DeskAdmin):
    list_acts = (
        Act(
            name="rerun",
            right="business_day.rerun",
            title=_("Run the end of day"),
            run=rerun,
            icon="play_circle",
            explain=_("Shards that failed or never ran are run again, in order; running what is done changes nothing."),
        ),
    )
    group, place, icon, heading = "day", 10, "today", _("Business days")
    list_display = ("day", "state_label", "opened", "cut_off", "closed", "progress")
    list_filter = ("state",)
    ordering = ("-day",)
    fieldsets = (
        (None, {"fields": ("day", "state_label", "opened", "cut_off", "closed")}),
        (_("End of day"), {"fields": ("progress", "steps")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[BusinessDay]:
        parts = EodShard.objects.filter(run__day_id=OuterRef("day")).order_by().values("run__day_id")
        done = parts.filter(state="done").annotate(number=Count("pk")).values("number")
        total = parts.annotate(number=Count("pk")).values("number")
        return super().get_queryset(request).annotate(parts_done=Subquery(done), parts_all=Subquery(total))

    @display(description=_("State"), ordering="state")
    def state_label(self, row: BusinessDay) -> SafeString:
        return badge(row.state)

    @display(description=_("Opened"))
    def opened(self, row: BusinessDay) -> str:
        return when(row.opened_at)

    @display(description=_("Cut off"))
    def cut_off(self, row: BusinessDay) -> str:
        return when(row.cut_off_at)

    @display(description=_("Closed"))
    def closed(self, row: BusinessDay) -> str:
        return when(row.closed_at)

    @display(description=_("Progress"))
    def progress(self, row: BusinessDay) -> SafeString | str:
        total = getattr(row, "parts_all", None)
        return bar(getattr(row, "parts_done", None) or 0, total) if total else "-"

    @display(description=_("Steps"))
    def steps(self, row: BusinessDay) -> SafeString | str:
        runs = list(
            EodRun.objects.filter(day_id=row.day)
            .annotate(
                done=Count("parts", filter=Q(parts__state="done")),
                failed=Count("parts", filter=Q(parts__state="failed")),
                touched=Sum("parts__rows"),
            )
            .order_by("place")
        )
        if not runs:
            return "-"
        errors = {part.run_id: part.error for part in EodShard.objects.filter(run__day_id=row.day, state="failed")}
        head = format_html_join("", '<th class="py-1.5 pr-4 font-semibold">{}</th>', ((words,) for words in STEP_HEADER))
        body = format_html_join(
            "",
            CELLS,
            ((run.step, bar(run.done, run.shards), run.touched or 0, errors.get(run.pk, "") if run.failed else "-") for run in runs),  # type: ignore[attr-defined]
        )
        return format_html(TABLE, head, body)


def progress_of(day: Any) -> dict[str, int]:
    """Shards of a day's end of day: done and all."""
    parts = EodShard.objects.filter(run__day_id=day)
    return parts.aggregate(done=Count("pk", filter=Q(state="done")), all=Count("pk"))


def bar(done: int, total: int) -> SafeString:
    return format_html(BAR, round(100 * done / total) if total else 0, done, total)


class DayFigures:
    order = 30

    def figures(self, *, at: datetime) -> list[Figure]:
        page = "core.businessday"
        today = BusinessDay.objects.filter(state="open").first()
        if today is None:
            return [figure(_("Business day"), "-", page, level="bad", detail=_("no business day is open: nothing can be posted"))]
        behind = (local_day(at) - today.day).days
        level = "ok" if behind <= 0 else ("warning" if behind == 1 else "bad")
        detail = _("the calendar is {days} days ahead").format(days=behind) if behind > 0 else ""
        figures = [figure(_("Business day"), today.day.isoformat(), page, level=level, detail=detail)]
        unfinished = BusinessDay.objects.filter(state="cut_off").order_by("day").first()
        failed = EodShard.objects.filter(state="failed").count()
        if unfinished is not None:
            parts = progress_of(unfinished.day)
            told = _("{day}: {done} of {all} shards done").format(day=unfinished.day.isoformat(), **parts)
            state = _("failed") if failed else _("running")
            figures.append(figure(_("End of day"), state, page, level="bad" if failed else "warning", detail=told))
        return figures


class ClockFigures:
    order = 11

    def figures(self, *, at: datetime) -> list[Figure]:
        """By the wall clock: beat keeps no business time."""
        page = "core.businessday"
        silent = beat.silent_seconds(wall=wall())
        if silent <= beat.SILENT_SECONDS:
            return [figure(_("Clock"), _("running"), page)]
        told = str(_("no periodic task was sent for {age}: start the clock (docs/night.md)"))
        return [figure(_("Clock"), _("silent"), page, level="bad", detail=told.format(age=duration(timedelta(seconds=silent))))]


FIGURES.plug("core.business_day", DayFigures())
FIGURES.plug("core.observe", ClockFigures())


@admin.register(TradingDay, site=desk)
class TradingDayAdmin(ProposedAdmin):
    place, icon, heading = 10, "calendar_month", _("Trading calendar")
    table = RuleTable(TradingDay, ("exchange", "day", "is_open", "source", "note"), RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "source": _("A row of an operator is left alone when the official calendar is loaded."),
        "note": _("Why: the exchange's notice."),
    }
    list_display = ("day", "exchange", "is_open", "source", "note")
    list_filter = ("exchange", "is_open", "source")
    ordering = ("-day",)


WORK_KINDS.plug(
    WORK_KIND,
    KindOfWork(
        _("The trading calendar ends soon"),
        _("Load the official calendar of the coming year, or propose its days."),
        ends=_("Once the calendar reaches far enough again."),
    ),
)

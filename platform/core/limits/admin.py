"""Used-up limits as operators see them, and the caps that two people change."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.base import DeskAdmin
from core.desk.counted import counted
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import badge
from core.desk.site import desk
from core.errors import NotFound
from core.ids import parse_public_id, shard_of
from core.limits.models import Cap, LimitCounter
from core.limits.sockets import CAPS, UNITS


@admin.register(LimitCounter, site=desk)
class LimitCounterAdmin(DeskAdmin):
    group, place, icon, heading = "customers", 80, "speed", _("Limits used")
    list_display = ("counter", "owner_link", "period", "used_text")
    fieldsets = ((None, {"fields": ("counter", "owner_link", "period", "used_text")}),)
    ordering = ("-id",)
    exports = False
    search_help_text = _("A customer's public id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LimitCounter]:
        """Without what was given back in full: every login that succeeds leaves such counters."""
        return super().get_queryset(request).filter(used__gt=0)

    def condition(self, term: str) -> Q:
        """By owner together with the owner's shard, as the unique key wants it."""
        try:
            owner = parse_public_id("cus", term)
        except NotFound:
            return super().condition(term)
        return Q(shard=shard_of(owner), owner=owner)

    @display(description=_("Owner"))
    def owner_link(self, row: LimitCounter) -> str:
        return counted(row.counter).owner(row.owner)

    @display(description=_("Used (yuan or times)"))
    def used_text(self, row: LimitCounter) -> str:
        return counted(row.counter).used(row.used)


@admin.register(Cap, site=desk)
class CapAdmin(ProposedAdmin):
    """Every cap has a row from the beginning on, so the list is the register."""

    place, icon, heading = 28, "production_quantity_limits", _("Caps")
    table = RuleTable(Cap, ("name", "value", "starts_on"), RULE_MAKERS, RULE_CHECKERS)
    helps = {"value": _("In the unit of the cap, within its range; the list says both.")}
    list_display = ("what", "counted_in", "allowed", "stands", "starts_on")
    list_filter = ("name",)
    ordering = ("name", "-starts_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cap]:
        today = clock.local_day(clock.now())
        later = Cap.objects.filter(name=OuterRef("name"), starts_on__gt=OuterRef("starts_on"), starts_on__lte=today)
        return super().get_queryset(request).annotate(replaced=Exists(later))

    @display(description=_("Cap"), ordering="name")
    def what(self, row: Cap) -> str:
        return row.get_name_display()

    @display(description=_("Value"), ordering="value")
    def counted_in(self, row: Cap) -> str:
        kind = CAPS.get(row.name)
        return str(row.value) if kind is None else str(UNITS[kind.unit]).format(row.value)

    @display(description=_("Allowed"))
    def allowed(self, row: Cap) -> str:
        kind = CAPS.get(row.name)
        return "-" if kind is None else f"{kind.least} - {kind.most}"

    @display(description=_("State"))
    def stands(self, row: Any) -> SafeString:
        if row.starts_on > clock.local_day(clock.now()):
            return badge("waiting")
        return badge("ended" if row.replaced else "active")

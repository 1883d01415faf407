"""Used-up limits as operators see them."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.desk.base import DeskAdmin
from core.desk.counted import counted
from core.desk.site import desk
from core.errors import NotFound
from core.ids import parse_public_id, shard_of
from core.limits.models import LimitCounter


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

"""Used-up limits as operators see them."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.desk.base import DeskAdmin
from core.desk.site import desk
from core.errors import NotFound
from core.ids import parse_public_id, shard_of
from core.limits.models import LimitCounter


@admin.register(LimitCounter, site=desk)
class LimitCounterAdmin(DeskAdmin):
    group, place, icon, heading = "customers", 80, "speed", _("Limits used")
    list_display = ("counter", "owner", "period", "used")
    ordering = ("-id",)
    exports = False
    search_help_text = _("A customer's public id")

    def condition(self, term: str) -> Q:
        """By owner together with the owner's shard, as the unique key wants it."""
        try:
            owner = parse_public_id("cus", term)
        except NotFound:
            return super().condition(term)
        return Q(shard=shard_of(owner), owner=owner)

"""Requests already answered, for finding out what a client was told. Bodies are not shown: they are the customer's."""

from uuid import UUID

from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.desk.base import DeskAdmin
from core.desk.customers import customer_link
from core.desk.shown import badge, mono, when
from core.desk.site import desk
from core.errors import NotFound
from core.idempotency.models import IdempotencyRecord
from core.ids import parse_public_id


@admin.register(IdempotencyRecord, site=desk)
class IdempotencyRecordAdmin(DeskAdmin):
    group, place, icon, heading = "queues", 60, "fingerprint", _("Idempotency keys")
    list_display = ("started", "owner_link", "key", "state_label", "status", "resource")
    list_filter = ("state",)
    ordering = ("-id",)
    search_help_text = _("A customer's public id")
    exports = False
    fieldsets = ((None, {"fields": ("id", "owner_link", "key", "state_label", "status", "resource", "started")}),)

    def find(self, term: str) -> Q | None:
        try:
            return Q(owner=f"cus:{parse_public_id('cus', term)}")
        except NotFound:
            return None

    @display(description=_("Owner"), ordering="owner")
    def owner_link(self, row: IdempotencyRecord) -> SafeString | str:
        kind, _colon, owner = row.owner.partition(":")
        try:
            return customer_link(UUID(owner)) if kind == "cus" else mono(row.owner)
        except ValueError:
            return mono(row.owner)

    @display(description=_("Started"), ordering="id")
    def started(self, row: IdempotencyRecord) -> str:
        return when(row.started_at)

    @display(description=_("State"))
    def state_label(self, row: IdempotencyRecord) -> SafeString:
        return badge(row.state)

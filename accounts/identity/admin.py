"""Customers, their devices and their sessions as operators see them: masked, revealed with a reason, revoked with a reason."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.identity import queries, services
from accounts.identity.models import Customer, Device, DeviceSession
from core.clock import queries as clock
from core.desk.acts import Act, Doing, Outcome
from core.desk.counted import of_customer
from core.desk.customers import OfCustomer, count_reveal
from core.desk.masking import masked_phone
from core.desk.panels import customer_panel, panels
from core.desk.proposing import proposing
from core.desk.shown import badge, link, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, Panel, Words
from core.errors import Invalid
from core.ids import public_id


def reveal_phone(doing: Doing) -> Outcome:
    count_reveal(doing.staff, doing.at)
    return {str(_("Phone")): doing.row.phone or "-"}


def revoke_sessions(doing: Doing) -> Words:
    ended = services.revoke_all(customer_id=doing.row.pk, at=doing.at)
    return _("{number} sessions ended.").format(number=len(ended))


def revoke_session(doing: Doing) -> Words:
    services.revoke(customer_id=doing.row.customer_id, session_id=doing.row.pk, at=doing.at)
    return _("The session is ended; its next request is refused.")


def freeze(doing: Doing) -> Words:
    services.freeze(customer_id=doing.row.pk, reason=doing.data["reason"], at=doing.at)
    return _("The customer is frozen: they can look and not act.")


CUSTOMER_ACTS = (
    Act(
        name="reveal",
        right="customer.reveal",
        title=_("Reveal the phone"),
        button=_("Reveal"),
        run=reveal_phone,
        icon="visibility",
        explain=_("Shown once, on this page only. Your name, the customer and the reason go into the audit log."),
    ),
    Act(
        name="revoke",
        right="session.revoke",
        title=_("End all sessions"),
        run=revoke_sessions,
        icon="logout",
        variant="danger",
        open_to=lambda row: row.state != Customer.State.CLOSED,
        explain=_("Every device of this customer is logged out with its next request."),
    ),
    Act(
        name="freeze",
        right="customer.freeze",
        title=_("Freeze"),
        run=freeze,
        icon="ac_unit",
        variant="danger",
        open_to=lambda row: row.state == Customer.State.ACTIVE,
        explain=_("At once and by you alone, since waiting may cost money. Unfreezing takes two people."),
    ),
    proposing(
        "unfreeze",
        act="customer.unfreeze",
        right="customer.unfreeze",
        title=_("Propose to unfreeze"),
        named=_("Unfreeze a customer"),
        payload=lambda doing: {"target": doing.row.public_id},
        icon="sunny",
        open_to=lambda row: row.state == Customer.State.FROZEN,
    ),
)


@admin.register(Customer, site=desk)
class CustomerAdmin(OfCustomer):
    group, place, icon, heading = "customers", 10, "group", _("Customers")
    acts = CUSTOMER_ACTS
    finds = {"cus": "pk"}
    search_help_text = _("A customer's public id, or the whole phone number")
    list_display = ("number", "phone_masked", "nickname", "state_label", "registered")
    list_filter = ("state",)
    fieldsets = ((None, {"fields": (("number", "state_label"), ("phone_masked", "nickname"), ("registered", "locale"))}),)
    change_form_outer_after_template = "desk/panels.html"

    def find(self, term: str) -> Q | None:
        try:
            customer = queries.by_phone(term)
        except Invalid:
            return None
        return Q(pk=customer.pk) if customer else Q(pk__in=[])

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        row = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None
        if row is not None:
            context["panels"] = panels(customer_id=row.pk, staff=request.user, at=clock.now())
        return super().changeform_view(request, object_id, form_url, context)

    @display(description=_("Phone"))
    def phone_masked(self, row: Customer) -> str:
        return masked_phone(row.phone) if row.phone else "-"

    @display(description=_("Registered"), ordering="id")
    def registered(self, row: Customer) -> str:
        return when(row.registered_at)


@admin.register(Device, site=desk)
class DeviceAdmin(OfCustomer):
    group, place, icon, heading = "customers", 20, "smartphone", _("Devices")
    finds = {"cus": "customer_id", "dev": "pk"}
    list_display = ("number", "owner", "name", "platform", "created", "last_login")
    fieldsets = ((None, {"fields": ("number", "owner", "name", "platform", "created", "last_login")}),)

    @display(description=_("Last login"))
    def last_login(self, row: Device) -> str:
        return when(row.last_login_at)


@admin.register(DeviceSession, site=desk)
class DeviceSessionAdmin(OfCustomer):
    group, place, icon, heading = "customers", 30, "login", _("Sessions")
    finds = {"cus": "customer_id", "ses": "pk"}
    acts = (
        Act(
            name="revoke",
            right="session.revoke",
            title=_("End the session"),
            run=revoke_session,
            icon="logout",
            variant="danger",
            open_to=lambda row: row.ended_at is None,
        ),
    )
    list_display = ("number", "owner", "device_link", "open_label", "created", "seen", "ended")
    list_filter = ("end",)
    fieldsets = ((None, {"fields": ("number", "owner", "device_link", "open_label", "created", "seen", "ended")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeviceSession]:
        return super().get_queryset(request).select_related("device")

    @display(description=_("Device"))
    def device_link(self, row: DeviceSession) -> SafeString | str:
        return link("accounts.device", row.device_id, row.device.name or public_id("dev", row.device_id))

    @display(description=_("State"))
    def open_label(self, row: DeviceSession) -> SafeString:
        return badge("open") if row.ended_at is None else badge(row.end)

    @display(description=_("Last seen"))
    def seen(self, row: DeviceSession) -> str:
        return when(row.last_seen_at)

    @display(description=_("Ended"))
    def ended(self, row: DeviceSession) -> str:
        return when(row.ended_at)


class SessionsPanel:
    order = 60

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        rows: Iterable[DeviceSession] = DeviceSession.objects.filter(customer_id=customer_id).select_related("device").order_by("-id")[:5]
        cells = [
            (
                link("accounts.devicesession", row.pk, row.device.name or row.public_id),
                badge("open" if row.ended_at is None else row.end),
                when(row.last_seen_at),
            )
            for row in rows
        ]
        header = (_("Device"), _("State"), _("Last seen"))
        return customer_panel(_("Sessions"), "accounts.devicesession", customer_id, header, cells)


COUNTERS.plug("pin_free", of_customer())
CUSTOMER_PANELS.plug("accounts.identity", SessionsPanel())

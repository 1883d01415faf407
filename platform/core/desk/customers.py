"""What pages about a customer's things share: the column that leads to the customer, the search by customer, and revealing."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock.queries import local_day
from core.desk.base import DeskAdmin
from core.desk.shown import badge, link, money, when
from core.ids import public_id
from core.limits import services as limits
from core.limits.sockets import CapKind

REVEALS = CapKind("desk.reveals_a_day", _("Looks at personal data by one member of staff, a day"), usual=50, most=1000)
NAMESPACE = uuid.UUID("0a3c8c56-7f0e-4d55-9c0e-5d6ad7a1f7a2")


def customer_link(customer_id: uuid.UUID | None) -> SafeString | str:
    return "-" if customer_id is None else link("accounts.customer", customer_id, public_id("cus", customer_id))


def count_reveal(staff: User, at: datetime) -> None:
    """Raises LimitReached past the day's looks at personal data by one member of staff."""
    owner = uuid.uuid5(NAMESPACE, staff.get_username())
    limits.take(counter="desk.reveal", owner=owner, period=local_day(at).isoformat(), amount=1, cap=REVEALS.on(at))


class OfCustomer(DeskAdmin):
    """Base of pages whose rows belong to a customer, with the columns such rows have."""

    finds: ClassVar[dict[str, str]] = {"cus": "customer_id"}
    search_help_text = _("A public id, of the row or of its customer")
    ordering = ("-id",)

    @display(description=_("Customer"), ordering="customer_id")
    def owner(self, row: Any) -> SafeString | str:
        return customer_link(row.customer_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Any) -> SafeString:
        return badge(str(row.state))

    @display(description=_("Amount (yuan)"), ordering="amount_fen")
    def amount(self, row: Any) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Created"), ordering="id")
    def created(self, row: Any) -> str:
        return when(row.created_at)

    @display(description=_("Changed"))
    def changed(self, row: Any) -> str:
        return when(row.changed_at)

    @display(description=_("Id"), ordering="id")
    def number(self, row: Any) -> SafeString | str:
        return link(self.opts.label_lower, row.pk, row.public_id)

"""The customer page: panels that rooms of every floor plug in, in their order."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.desk.addresses import list_of
from core.desk.roles import sees
from core.desk.sockets import CUSTOMER_PANELS, Panel, Words
from core.ids import public_id


def panels(*, customer_id: uuid.UUID, staff: Any, at: datetime) -> list[Panel]:
    """The panels whose pages `staff` may open."""
    found = (plug.panel(customer_id=customer_id, at=at) for plug in sorted(CUSTOMER_PANELS, key=lambda plug: plug.order))
    return [panel for panel in found if sees(staff, panel.page)]


def customer_panel(
    title: Words, page: str, customer_id: uuid.UUID, header: Iterable[Words], rows: Iterable[Iterable[object]], *, note: Words = ""
) -> Panel:
    """A panel that leads to the list of `page`, searched for the customer."""
    address = list_of(page, q=public_id("cus", customer_id))
    return Panel(title, page, list(header), [list(row) for row in rows], address, note)

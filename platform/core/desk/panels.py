"""The customer page: panels that rooms of every floor plug in, in their order."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from core.desk.sockets import CUSTOMER_PANELS, Panel, Words
from core.ids import public_id


def panels(*, customer_id: uuid.UUID, at: datetime) -> list[Panel]:
    return [plug.panel(customer_id=customer_id, at=at) for plug in sorted(CUSTOMER_PANELS, key=lambda plug: plug.order)]


def of_customer(model_label: str, customer_id: uuid.UUID) -> str:
    """The address of a list, searched for one customer."""
    app, _dot, model = model_label.partition(".")
    return f"{reverse(f'admin:{app}_{model}_changelist')}?{urlencode({'q': public_id('cus', customer_id)})}"


def panel(title: Words, header: Iterable[Words], rows: Iterable[Iterable[object]], *, link: str = "", note: Words = "") -> Panel:
    return Panel(title, list(header), [list(row) for row in rows], link, note)

"""What rooms plug into the desk: figures of the first page, panels of the customer page, words for counters."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from django.utils.functional import Promise

from core.sockets import Socket

Words = str | Promise


@dataclass(frozen=True)
class Figure:
    """One number of the first page. `level`: ok, warning (look today) or bad (look now).

    `page` is the label of the model whose page it leads to: only those who see that page see the number.
    """

    title: Words
    value: str
    page: str
    link: str
    level: str = "ok"
    detail: Words = ""


@runtime_checkable
class Figures(Protocol):
    """A room's numbers for an operator at three in the morning."""

    order: int

    def figures(self, *, at: datetime) -> list[Figure]:
        """Few, cheap queries: the page is opened when things are slow."""


@dataclass(frozen=True)
class Panel:
    """A small table on the customer page; cells are text or safe markup, personal data masked.

    Only those who see `page` (a model's label) see the panel; `link` leads to the rest of it.
    """

    title: Words
    page: str
    header: list[Words]
    rows: list[list[object]] = field(default_factory=list)
    link: str = ""
    note: Words = ""


@runtime_checkable
class CustomerPanel(Protocol):
    """What a room knows of a customer."""

    order: int

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """At most a few queries and a few rows; the link leads to the rest."""


@runtime_checkable
class CounterKind(Protocol):
    """How counters of one name are shown."""

    def owner(self, owner: uuid.UUID) -> str:
        """Whose counter it is, as a link where there is a page."""

    def used(self, used: int) -> str:
        """What is used, in yuan where fen are counted."""


COUNTERS: Socket[CounterKind] = Socket("core.desk.counters", CounterKind)
FIGURES: Socket[Figures] = Socket("core.desk.figures", Figures)
CUSTOMER_PANELS: Socket[CustomerPanel] = Socket("core.desk.customer_panels", CustomerPanel)

"""Settlements as work: what waits for people, and in which pieces they take it."""

from django.db.models import Case, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from core.desk.owned import HANDS, Queue, of_thing
from payments.settlement.services import approving
from payments.settlement.states import FOR_PEOPLE, SettlementState


def of_list(column: str) -> Combinable:
    """A settlement to approve is whose the list of its day is."""
    day = Concat(Value(approving.LIST), Cast(OuterRef("business_on"), TextField()))
    whose_list = Subquery(HANDS.filter(target=day).values(column)[:1])
    return Case(When(state=SettlementState.CLOSED, then=whose_list), default=of_thing(column))


QUEUE = Queue(
    "settlement.take",
    waits=Q(state__in=FOR_PEOPLE),
    target=approving.piece_of_work,
    assigned=of_list,
    explain=_("What is to approve is taken by the day: all settlements of its list are yours."),
)

"""What printed codes ask of each payment: no more than so much a day from one person (plugged into payments.cashier)."""

import uuid
from datetime import datetime

from core.clock.queries import local_day
from core.limits import services as limits
from core.limits.services import LimitReached
from payments.cashier.sockets import OrderFacts
from payments.qr import queries
from payments.qr.models import terms_in_force
from payments.qr.refusals import StaticDayLimit


class StaticDay:
    """The limit is the person's, whichever of their accounts pays; an attempt that comes to nothing gives its part back."""

    def admit(self, *, order: OrderFacts, customer_id: uuid.UUID, amount_fen: int, at: datetime) -> None:
        if not amount_fen:
            return
        cap, day = terms_in_force(at).static_fen_per_day, local_day(at).isoformat()
        owner = queries.person(customer_id)
        try:
            limits.take(counter=queries.STATIC_COUNTER, owner=owner, period=day, amount=amount_fen, cap=cap)
        except LimitReached as reached:
            raise StaticDayLimit(cap=cap, remaining=queries.left_today(customer_id, at)) from reached

    def undone(self, *, order: OrderFacts, customer_id: uuid.UUID, amount_fen: int, began_at: datetime) -> None:
        if amount_fen:
            owner, day = queries.person(customer_id), local_day(began_at).isoformat()
            limits.give_back(counter=queries.STATIC_COUNTER, owner=owner, period=day, amount=amount_fen)

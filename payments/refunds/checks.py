"""What `ledger_check` proves of refunds: an order counts on its way what its open refunds say, and their parts make them up;
no order and no leg gives back more than was paid."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Sum

from accounts.ledger.booked import SHOWN, Booked, Named, first_after
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from payments.refunds import journals
from payments.refunds.models import Refund, RefundPart
from payments.refunds.states import DONE, OPEN


class Refunds:
    """Open ones alone, so that the cost does not grow with history."""

    name = "refunds"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        waiting = Refund.objects.filter(state__in=OPEN).values("order_id", "order__refunding_fen").order_by()
        counted = waiting.annotate(total=Sum("amount_fen")).exclude(order__refunding_fen=F("total"))
        parts = RefundPart.objects.filter(refund__state__in=OPEN).values("refund_id", "refund__amount_fen").order_by()
        divided = parts.annotate(total=Sum("amount_fen")).exclude(refund__amount_fen=F("total"))
        return [
            Finding(
                "refund.order",
                public_id("ord", row["order_id"]),
                f"counts {row['order__refunding_fen']} fen on their way; its refunds say {row['total']}",
            )
            for row in counted
        ] + [
            Finding(
                "refund.parts",
                public_id(Refund.PREFIX, row["refund_id"]),
                f"is {row['refund__amount_fen']} fen; its parts say {row['total']}",
            )
            for row in divided
        ]


PAID_BACK = """
SELECT o.id, o.amount_fen, o.refunded_fen, coalesce(r.done_fen, 0), coalesce(r.open_fen, 0) FROM payments_paymentorder o
CROSS JOIN LATERAL (
    SELECT sum(amount_fen) FILTER (WHERE state = ANY (%(done)s)) AS done_fen,
      sum(amount_fen) FILTER (WHERE state = ANY (%(open)s)) AS open_fen
    FROM payments_refund WHERE order_id = o.id
) r
WHERE o.id IN (SELECT order_id FROM payments_refund WHERE id >= %(first)s)
  AND (o.refunded_fen <> coalesce(r.done_fen, 0) OR o.amount_fen < coalesce(r.done_fen, 0) + coalesce(r.open_fen, 0))
ORDER BY o.id LIMIT %(shown)s
"""
LEGS = """
SELECT l.id, l.amount_fen, l.refunded_fen, l.done_fen, l.open_fen FROM (
    SELECT leg.id, leg.amount_fen, leg.refunded_fen, coalesce(sum(p.amount_fen) FILTER (WHERE r.state = ANY (%(done)s)), 0) AS done_fen,
      coalesce(sum(p.amount_fen) FILTER (WHERE r.state = ANY (%(open)s)), 0) AS open_fen
    FROM payments_refund r JOIN payments_refundpart p ON p.refund_id = r.id JOIN payments_fundingleg leg ON leg.id = p.leg_id
    WHERE r.order_id IN (SELECT order_id FROM payments_refund WHERE id >= %(first)s) GROUP BY leg.id
) l WHERE l.refunded_fen <> l.done_fen OR l.amount_fen < l.done_fen + l.open_fen ORDER BY l.id LIMIT %(shown)s
"""
FINISHED = """
SELECT r.id, r.amount_fen, sum(p.amount_fen) FROM payments_refund r LEFT JOIN payments_refundpart p ON p.refund_id = r.id
WHERE r.state = ANY (%(done)s) AND r.id >= %(first)s GROUP BY r.id HAVING r.amount_fen <> coalesce(sum(p.amount_fen), 0)
ORDER BY r.id LIMIT %(shown)s
"""


class PaidBack:
    """No order and no leg gave back more than was paid: of every order with a refund made since what is proved."""

    name = "refunds.paid_back"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        values = {"open": list(OPEN), "done": list(DONE), "first": first_after(since), "shown": SHOWN}
        said = "{} fen, {} gone back; its refunds say {} gone back and {} under way"
        return [
            *(Finding("refund.paid", public_id("ord", key), said.format(*rest)) for key, *rest in asked(PAID_BACK, values)),
            *(Finding("refund.leg", public_id("leg", key), said.format(*rest)) for key, *rest in asked(LEGS, values)),
            *(
                Finding("refund.finished", public_id(Refund.PREFIX, key), f"is {fen} fen; its parts say {parts}")
                for key, fen, parts in asked(FINISHED, values)
            ),
        ]


def asked(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()  # type: ignore[no-any-return]


CHECKS.plug("payments.refunds", Refunds())
CHECKS.plug("payments.refunds.paid_back", PaidBack())
CHECKS.plug("payments.refunds.booked", Booked("refund", Named(Refund, Refund.PREFIX, "journal_id", (journals.DONE, journals.BY_HAND))))

"""What `ledger_check` proves of refunds: an order counts on its way what its open refunds say, and their parts make them up."""

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Sum

from accounts.ledger.booked import Booked, Named
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from payments.refunds import journals
from payments.refunds.models import Refund, RefundPart
from payments.refunds.states import OPEN


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


CHECKS.plug("payments.refunds", Refunds())
CHECKS.plug("payments.refunds.booked", Booked("refund", Named(Refund, Refund.PREFIX, "journal_id", (journals.DONE, journals.BY_HAND))))

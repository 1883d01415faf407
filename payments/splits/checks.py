"""What `ledger_check` proves of splits: each is booked by the journal it names, and is what its parts and returns say."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.ledger.booked import SHOWN, Booked, Named, first_after
from accounts.ledger.sockets import CHECKS, Finding
from core.ids import public_id
from payments.splits import journals
from payments.splits.models import Split, SplitReturn

ORDERS = """
SELECT o.order_id, o.split_fen, p.left_fen FROM payments_splitorder o CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount_fen - returned_fen), 0) AS left_fen FROM payments_splitpart WHERE order_id = o.order_id
) p WHERE (o.state = 'open' OR o.id >= %s) AND o.split_fen <> p.left_fen ORDER BY o.id LIMIT %s
"""
SPLITS = """
SELECT s.id, s.amount_fen, s.returned_fen, p.amount_fen, p.returned_fen FROM payments_split s CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount_fen), 0) AS amount_fen, coalesce(sum(returned_fen), 0) AS returned_fen
    FROM payments_splitpart WHERE split_id = s.id
) p WHERE s.id >= %s AND (s.amount_fen, s.returned_fen) <> (p.amount_fen, p.returned_fen) ORDER BY s.id LIMIT %s
"""
RETURNS = """
SELECT p.split_id, p.position, p.returned_fen, r.amount_fen FROM payments_splitpart p CROSS JOIN LATERAL (
    SELECT coalesce(sum(amount_fen), 0) AS amount_fen FROM payments_splitreturn WHERE split_id = p.split_id AND part_id = p.id
) r WHERE p.id >= %s AND p.returned_fen <> r.amount_fen ORDER BY p.id LIMIT %s
"""


class Splits:
    """Of what was made since what is proved, and of every order that is still to be split."""

    name = "splits"

    def findings(self, *, since: date | None) -> Sequence[Finding]:
        first = first_after(since)
        return [
            *(
                Finding("split.order", public_id("ord", key), f"counts {counted} fen with receivers; its parts say {left}")
                for key, counted, left in asked(ORDERS, first)
            ),
            *(
                Finding("split.parts", public_id(Split.PREFIX, row[0]), f"is {row[1:3]} (fen, returned); its parts say {row[3:]}")
                for row in asked(SPLITS, first)
            ),
            *(
                Finding("split.returned", public_id(Split.PREFIX, key), f"part {position} gave back {fen} fen; its returns say {told}")
                for key, position, fen, told in asked(RETURNS, first)
            ),
        ]


def asked(statement: str, first: UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [first, SHOWN])
        return cursor.fetchall()  # type: ignore[no-any-return]


CHECKS.plug("payments.splits", Splits())
CHECKS.plug(
    "payments.splits.booked",
    Booked(
        "split",
        Named(Split, Split.PREFIX, "journal_id", (journals.DONE,)),
        Named(SplitReturn, Split.PREFIX, "journal_id", (journals.RETURNED,), key="split_id"),
    ),
)

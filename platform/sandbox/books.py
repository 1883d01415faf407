"""The bank's own proof: what must never be true, counted."""

from sandbox.bank_context import Tx

_CHECKS = {
    "card_balance_differs_from_movements": (
        "SELECT count(*) FROM cards c WHERE c.balance_fen <> "
        "(SELECT coalesce(sum(m.amount_fen), 0) FROM card_movements m WHERE m.card_number = c.number)"
    ),
    "account_balance_differs_from_entries": (
        "SELECT count(*) FROM merchants m WHERE m.balance_fen <> (SELECT coalesce(sum(CASE e.direction WHEN 'CRDT' THEN e.amount_fen"
        " ELSE -e.amount_fen END), 0) FROM entries e WHERE e.merchant = m.id)"
    ),
    "refunded_differs_from_refunds": (
        "SELECT count(*) FROM orders p WHERE p.kind = 'payment' AND p.refunded_fen <> (SELECT coalesce(sum(r.amount_fen), 0) FROM orders r"
        " WHERE r.merchant = p.merchant AND r.original_no = p.request_no AND r.status = 'SUCCESS')"
    ),
    "order_without_its_movement": (
        "SELECT count(*) FROM orders o WHERE o.status IN ('SUCCESS', 'RETURNED') AND NOT EXISTS (SELECT 1 FROM card_movements m"
        " WHERE m.merchant = o.merchant AND m.request_no = o.request_no AND m.kind = o.kind AND abs(m.amount_fen) = o.amount_fen)"
    ),
    "movement_without_its_order": (
        "SELECT count(*) FROM card_movements m WHERE m.request_no <> '' AND NOT EXISTS (SELECT 1 FROM orders o"
        " WHERE o.merchant = m.merchant AND o.request_no = m.request_no AND o.status IN ('SUCCESS', 'RETURNED'))"
    ),
    "decided_order_without_its_request": (
        "SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT 1 FROM requests r"
        " WHERE r.merchant = o.merchant AND r.request_no = o.request_no)"
    ),
    "entry_balance_does_not_follow": (
        "SELECT count(*) FROM (SELECT balance_fen, CASE direction WHEN 'CRDT' THEN amount_fen ELSE -amount_fen END AS signed_fen,"
        " lag(balance_fen, 1, 0) OVER (PARTITION BY merchant ORDER BY id) AS before_fen FROM entries)"
        " WHERE before_fen + signed_fen <> balance_fen"
    ),
}


def violations(tx: Tx) -> dict[str, int]:
    """How often each impossible thing is true: 0 everywhere on a sound bank."""
    return {name: int(tx.execute(query).fetchone()[0]) for name, query in _CHECKS.items()}

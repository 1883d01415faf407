"""The demo's reconciliations: every day of the sandbox bank against the books, its last days with every kind of break on purpose."""

from datetime import date, datetime, timedelta
from typing import Any

from config.demo.bank import Bank
from config.demo.cast import FINANCE, second_look
from payments.channels import breaks, closing_breaks
from payments.reconciliation import queries, services

CHANNEL = "sandbox_bank"
FAULTS: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (16, "fee", {"name": "changed_line", "params": {"field": "fee_fen", "delta_fen": 30}}),
    (14, "duplicate", {"name": "duplicate_line", "params": {}}),
    (12, "cut_off", {"name": "cut_off_shift", "params": {"by": "amount"}}),
    (10, "ours_only", {"name": "missing_line", "params": {}}),
    (7, "theirs_only", {"name": "extra_line", "params": {"amount_fen": 88_00}}),
    (5, "amount", {"name": "changed_line", "params": {"field": "amount_fen", "delta_fen": 100}}),
    (3, "status", {"name": "changed_line", "params": {"field": "status"}}),
)
"""How many days before the last, the kind of break it makes, and the sandbox bank's switch."""
DECIDED = {"fee": "The account shows the usual fee", "duplicate": "The bank confirmed that it printed the line twice"}
"""Kinds of breaks whose proposed fix people agreed to meanwhile; the others wait in the queue."""

LOOKED_AT_AGAIN = (1, 2, 4, 8, 16)
"""After how many days a day that is not closed is compared once more."""


def arrange(bank: Bank, *, last: date) -> list[str]:
    """Set the switches of the statements to come; returns their ids."""
    made = []
    for before, _, fault in FAULTS:
        params = fault["params"] | {"date": (last - timedelta(days=before)).isoformat()}
        rule = {"name": fault["name"], "params": params, "operations": ["statement"]}
        made.append(str(bank.call("POST", "/control/faults", rule)["id"]))
    return made


def reconcile(day: date, *, at: datetime) -> None:
    """Take a day that is over, go on now and then with those before it that are not closed, and decide what people would have decided."""
    services.reconcile(channel=CHANNEL, day=day, at=at)
    for run in queries.unclosed(CHANNEL):
        if (day - run.day).days in LOOKED_AT_AGAIN:
            services.reconcile(channel=CHANNEL, day=run.day, at=at)
    for found in breaks.open_before(CHANNEL, day=day):
        offered = closing_breaks.proposal(found)
        if found.kind in DECIDED and offered is not None:
            why, fix = DECIDED[found.kind], closing_breaks.told(offered[1])
            payload = {"target": f"break:{found.id}", "why": why, "correction": None, "fix": fix}
            second_look(closing_breaks.ACT, payload, why, at, people=FINANCE)

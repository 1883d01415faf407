"""The refunds of an order, and what channels were asked for them, on its page at the desk (plugged into payments.cashier)."""

import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.ledger.shown import journal_link
from core.desk.shown import badge, link, money, plainly, when
from payments.cashier.story import Chapter
from payments.channels import queries as requests
from payments.channels.shown import CALL_COLUMNS, call_rows
from payments.refunds import queries

COLUMNS = (_("Refund"), _("Amount (yuan)"), _("State"), _("Result code"), _("Asked by"), _("Reason"), _("Journal"), _("Asked"), _("Over"))


class RefundStory:
    order = 10

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        rows: list[list[object]] = [
            [
                link("payments.refund", row.pk, row.public_id),
                money(row.amount_fen),
                badge(row.state),
                plainly(row.code),
                badge(row.asked_by, str(row.get_asked_by_display())),
                row.reason or "-",
                journal_link(row.journal_id) if row.journal_id else "-",
                when(row.created_at),
                when(row.settled_at),
            ]
            for row in queries.of_order(order_id)
        ]
        return Chapter(_("Refunds"), COLUMNS, rows)


class RefundCalls:
    order = 11

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        made = requests.made_for(queries.asked_parts(order_id))
        return Chapter(_("Calls to channels for refunds"), CALL_COLUMNS, call_rows(made))

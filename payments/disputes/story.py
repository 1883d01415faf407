"""The disputes of an order on its page at the desk (plugged into payments.cashier)."""

import uuid
from datetime import datetime

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.ledger.shown import journal_link
from core.desk.shown import badge, link, money, when
from payments.cashier.story import Chapter
from payments.disputes import queries
from payments.disputes.models import Dispute

COLUMNS = (_("Dispute"), _("Amount (yuan)"), _("State"), _("Kind"), _("Opened by"), _("Refund"), _("Journals"), _("Opened"), _("Decided"))


def journal_links(row: Dispute) -> SafeString | str:
    """What was frozen for it and released, oldest first."""
    return format_html_join(" ", "{}", ((journal_link(one),) for one in row.journal_ids)) or "-"


class DisputeStory:
    order = 20

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        rows: list[list[object]] = [
            [
                link("payments.dispute", row.pk, row.public_id),
                money(row.amount_fen),
                badge(row.state),
                badge(row.kind, str(row.get_kind_display())),
                badge(row.opened_by, str(row.get_opened_by_display())),
                link("payments.refund", row.refund_id, row.refund_public_id or "") if row.refund_id else "-",
                journal_links(row),
                when(row.created_at),
                when(row.decided_at),
            ]
            for row in queries.of_order(order_id)
        ]
        return Chapter(_("Disputes"), COLUMNS, rows)

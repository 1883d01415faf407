"""The books on the desk's first page and on the customer page."""

import uuid
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.ledger import proving, queries
from accounts.ledger.accounts import customer_account
from accounts.ledger.models import Entry, Hold, LedgerAccount, LedgerHalt, OpenItem
from accounts.ledger.shown import journal_link
from core.desk.dashboard import figure
from core.desk.shown import age, money, when
from core.desk.sockets import Figure, Panel, Words

PROOF_LIFE = timedelta(hours=36)


class LedgerFigures:
    order = 15

    def figures(self, *, at: datetime) -> list[Figure]:
        halt = LedgerHalt.objects.filter(lifted_at=None).first()
        halted = figure(
            _("Money commands"),
            _("halted") if halt else _("running"),
            "accounts.ledgerhalt",
            level="bad" if halt else "ok",
            detail=halt.reason[:120] if halt else "",
        )
        holds = Hold.objects.filter(state=Hold.State.OPEN)
        late = holds.filter(expires_at__lt=at).count()
        told = _("{number} past their time").format(number=late) if late else ""
        level = "warning" if late else "ok"
        open_holds = figure(_("Open holds"), holds.count(), "accounts.hold", level=level, detail=told, state__exact="open")
        item = OpenItem.objects.order_by("since").first()
        oldest = _("oldest {age}").format(age=age(item.since, at)) if item else ""
        old = item is not None and (at - item.since).days >= 3
        items = Figure(
            _("Open clearing items"),
            str(OpenItem.objects.count()),
            "accounts.ledgeraccount",
            reverse("admin:ledger_open_items"),
            "warning" if old else "ok",
            oldest,
        )
        return [halted, self.proof(at), open_holds, items]

    def proof(self, at: datetime) -> Figure:
        """The daily proof of the books: a day and a half without one is looked into now."""
        last = proving.last_finished()
        fine = last is not None and not last.findings and last.finished_at is not None and at - last.finished_at < PROOF_LIFE
        since = last.finished_at if last is not None else None
        told = age(since, at) if since else _("never")
        level = "ok" if fine else "bad" if last is not None else "warning"
        return figure(_("Last proof of the books"), told, "accounts.ledgerhalt", level=level)


class BalancePanel:
    order = 5

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The balance and the latest movements on it."""
        account = customer_account(customer_id)
        now = queries.balance(account)
        note = format_html(
            str(_("Balance {posted} · held {held} · available {available}")),
            posted=money(now.posted),
            held=money(now.held),
            available=money(now.available),
        )
        found = Entry.objects.filter(account_id=account.id).order_by("-posted_at", "-version")[:8]
        rows: list[list[object]] = [
            [when(entry.posted_at), journal_link(entry.journal_id), money(entry.amount), money(entry.balance_after)] for entry in found
        ]
        header: list[Words] = [_("Posted at"), _("Journal"), _("Amount"), _("Balance after")]
        opened = LedgerAccount.objects.filter(pk=account.id).exists()
        address = reverse("admin:accounts_ledgeraccount_change", args=[account.id]) if opened else ""
        return Panel(_("Balance"), "accounts.ledgeraccount", header, rows, address, note)

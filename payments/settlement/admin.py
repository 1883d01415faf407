"""Settlements at the desk: what is to approve, what waits and what came back; payouts, corrections, and the terms."""

import uuid
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.ledger.shown import journal_link
from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.dashboard import figure
from core.desk.forms import DayInput, ReasonForm, YuanField
from core.desk.owned import Owned, Whose, owning_acts
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, RuleTable
from core.desk.proposing import proposing
from core.desk.shown import age, badge, link, money, mono, on, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.ids import public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.cashier.story import STORY, Chapter
from payments.channels import queries as requests
from payments.channels.shown import CALL_COLUMNS, call_rows
from payments.merchants.admin_rules import OfMerchants
from payments.settlement import queries, statement_file
from payments.settlement.admin_payouts import Sums, yuan_column
from payments.settlement.admin_queue import QUEUE
from payments.settlement.models import REASON_LENGTH, Settlement, SettlementAdjustment, SettlementTerms
from payments.settlement.services import adjusting, approving, closing, paying
from payments.settlement.states import SettlementState

TERMS = ("merchant", "reserve_days", "approved_up_to_fen", "effective_on")
LINES_SHOWN = 200
TONES = {"open": "failed", "closed": "waiting", "carried": "done", "approved": "pending", "paying": "processing", "paid": "done"}
CODES = {
    "no_row": _("A journal has no row it was made for"),
    "amount": _("A row says another amount than its journal"),
    "refused": _("The ledger refused to move it"),
    "too_little": _("Too little was left of it to pay out"),
    "no_settlement_card": _("The merchant has named no card"),
    "merchant_not_paid_out": _("The merchant is not active"),
    "card_not_usable": _("The merchant's card cannot be used"),
}
PAYOUT_COLUMNS = (_("No."), _("Payout"), _("Amount (yuan)"), _("State"), _("Result code"), _("Card"), _("Begun"))
LINE_COLUMNS = (_("Kind"), _("Number"), _("Merchant's number"), _("Amount (yuan)"), _("Fee (yuan)"), _("Net (yuan)"), _("Journal"))
KINDS = {
    "order": _("order"),
    "refund": _("refund"),
    "split": _("split"),
    "dispute": _("dispute"),
    "adjustment": _("correction"),
}


class DayForm(ReasonForm):
    """Whose settlements: a business day's that wait."""

    business_on = forms.DateField(label=_("Business day"), widget=DayInput())
    field_order = ("business_on", "reason")


class AdjustForm(ReasonForm):
    """How much to give to which merchant, or to take; the merchant reads why."""

    merchant = forms.CharField(label=_("Merchant"), max_length=40, help_text=_("A merchant's id"), widget=UnfoldAdminTextInputWidget())
    amount_fen = YuanField(label=_("Amount (yuan)"), help_text=_("Negative: taken from the merchant."))
    told = forms.CharField(label=_("What the merchant reads"), max_length=REASON_LENGTH, widget=UnfoldAdminTextareaWidget({"rows": 2}))
    field_order = ("merchant", "amount_fen", "told", "reason")


def a_day(doing: Doing) -> dict[str, Any]:
    """The list as it is now: approved as it was proposed, or not at all."""
    day: date = doing.data["business_on"]
    waiting = list(queries.waiting_on(day))
    return {"target": day.isoformat(), "number": len(waiting), "payout_fen": sum(row.payout_fen for row in waiting)}


def one(doing: Doing) -> dict[str, Any]:
    return {"target": doing.row.public_id}


def correction(doing: Doing) -> dict[str, Any]:
    data = doing.data
    return {"target": data["merchant"].strip(), "amount_fen": data["amount_fen"], "told": data["told"].strip()}


def close_again(doing: Doing) -> Words:
    row = closing.close_again(settlement_id=doing.row.pk, by=doing.actor, at=doing.at)
    return str(_("It is {state} now, as {settlement}.")).format(state=row.get_state_display(), settlement=row.public_id)


def hand_out(doing: Doing) -> HttpResponseBase:
    """The statement its merchant reads."""
    made = statement_file.statement(doing.row, get_language() or "en")
    answer = StreamingHttpResponse(made.pieces, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{doing.row.public_id}.csv"'
    return answer


@admin.register(Settlement, site=desk)
class SettlementAdmin(Sums, Owned):
    group, place, icon, heading = "merchants", 40, "account_balance", _("Settlements")
    queue = QUEUE
    list_acts = (
        proposing(
            "approve-day",
            act=approving.DAY,
            right="settlement.approve",
            title=_("Propose to approve a day"),
            named=_("Approve a day's settlements"),
            payload=a_day,
            form=DayForm,
            icon="done_all",
            variant="primary",
            explain=_("All settlements of that day that wait, as many and as much as they are now; another person approves the list."),
        ),
    )
    acts = (
        *owning_acts(QUEUE),
        proposing(
            "approve",
            act=approving.ONE,
            right="settlement.approve",
            title=_("Propose to approve it"),
            named=_("Approve a settlement"),
            payload=one,
            icon="done",
            open_to=lambda row: row.state == SettlementState.CLOSED,
        ),
        proposing(
            "pay-again",
            act=approving.RETRY,
            right="settlement.approve",
            title=_("Propose to pay it again"),
            named=_("Pay a settlement again"),
            payload=one,
            icon="replay",
            open_to=lambda row: row.state == SettlementState.RETURNED,
        ),
        Act(
            name="prove",
            right="settlement.prove",
            title=_("Prove it again"),
            run=close_again,
            icon="fact_check",
            open_to=lambda row: row.state == SettlementState.OPEN,
            explain=_("Compares the day's journals with the rows they were made for once more, and settles it when they agree."),
        ),
        Act(
            name="statement",
            right="settlement.statement",
            title=_("Download the statement"),
            run=hand_out,
            icon="download",
            open_to=lambda row: row.state != SettlementState.OPEN,
        ),
    )
    finds = {"stl": "pk", "mch": "merchant_id"}
    search_help_text = _("A public id (settlement, merchant)")
    list_display = ("number", "state_label", "day", "waits", "looked_at_by", "merchant_link", "net", "payout", "paid", "due", "why")
    list_filter = ("state", Whose, "business_on")
    ordering = ("-business_on", "-id")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("merchant_link", "day"),
                    ("why", "waits"),
                    ("due", "approved"),
                    ("tried", "paid_when"),
                    "looked_at_by",
                )
            },
        ),
        (
            _("The day's movements"),
            {
                "fields": (
                    ("orders", "refunds"),
                    ("orders_sum", "fees"),
                    ("refunds_sum", "fees_back"),
                    ("covered", "splits"),
                    ("disputes", "adjustments"),
                    "net",
                )
            },
        ),
        (
            _("What becomes of them"),
            {
                "fields": (
                    ("opening", "kept"),
                    ("moved", "left"),
                    ("reserved", "until"),
                    ("reserve_left", "released"),
                    ("spare", "payout"),
                    ("paid", "journal"),
                )
            },
        ),
        (_("Payouts and lines"), {"fields": ("payouts", "requests", "lines")}),
    )
    net = yuan_column("net_fen", _("Net (yuan)"))
    payout = yuan_column("payout_fen", _("To pay out (yuan)"))
    paid = yuan_column("paid_fen", _("Paid (yuan)"))
    orders_sum = yuan_column("orders_fen", _("Orders (yuan)"))
    fees = yuan_column("fees_fen", _("Fees (yuan)"))
    refunds_sum = yuan_column("refunds_fen", _("Refunds (yuan)"))
    fees_back = yuan_column("fees_back_fen", _("Fees returned (yuan)"))
    covered = yuan_column("covered_fen", _("Refunds from settled money (yuan)"))
    splits = yuan_column("splits_fen", _("Splits (yuan)"))
    disputes = yuan_column("disputes_fen", _("Disputes (yuan)"))
    adjustments = yuan_column("adjustments_fen", _("Corrections (yuan)"))
    opening = yuan_column("opening_fen", _("Left by earlier days (yuan)"))
    kept = yuan_column("kept_fen", _("Waiting for splits (yuan)"))
    moved = yuan_column("moved_fen", _("Settled (yuan)"))
    left = yuan_column("left_fen", _("Left for later days (yuan)"))
    reserved = yuan_column("reserved_fen", _("Kept back (yuan)"))
    reserve_left = yuan_column("reserve_left_fen", _("Still kept back (yuan)"))
    released = yuan_column("released_fen", _("Released of earlier ones (yuan)"))
    spare = yuan_column("spare_fen", _("Carried from earlier ones (yuan)"))

    @display(description=_("Id"), ordering="id")
    def number(self, row: Settlement) -> SafeString:
        return mono(row.public_id)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: Settlement) -> SafeString:
        return badge(TONES.get(row.state, row.state), str(row.get_state_display()))

    @display(description=_("Business day"), ordering="business_on")
    def day(self, row: Settlement) -> SafeString:
        return on(row.business_on)

    @display(description=_("Due"), ordering="due_on")
    def due(self, row: Settlement) -> SafeString:
        return on(row.due_on)

    @display(description=_("Why"))
    def why(self, row: Settlement) -> str:
        return str(CODES.get(row.code, row.code or "-"))

    @display(description=_("Waits for"))
    def waits(self, row: Settlement) -> str:
        """How long a settlement that is not over has been as it is."""
        return age(row.changed_at, clock.now()) if row.state in queries.UNDER_WAY else "-"

    @display(description=_("Approved by"))
    def approved(self, row: Settlement) -> str:
        return str(_("the terms")) if row.approved_by == closing.RULE else row.approved_by or "-"

    @display(description=_("Tried next"))
    def tried(self, row: Settlement) -> SafeString | str:
        return when(row.pay_at)

    @display(description=_("Paid"))
    def paid_when(self, row: Settlement) -> SafeString | str:
        return when(row.paid_at)

    @display(description=_("Kept back until"))
    def until(self, row: Settlement) -> SafeString | str:
        return on(row.reserve_until) if row.reserve_until else "-"

    @display(description=_("Journal"))
    def journal(self, row: Settlement) -> object:
        return journal_link(row.journal_id) if row.journal_id else "-"

    @display(description=_("Payouts"))
    def payouts(self, row: Settlement) -> SafeString:
        found = queries.payouts(row.pk)
        return table(
            PAYOUT_COLUMNS,
            (
                (
                    one.number,
                    link("payments.merchantpayout", one.pk, one.public_id),
                    money(one.amount_fen),
                    badge(one.state),
                    plainly(one.code),
                    link("payments.card", one.card_id, public_id("crd", one.card_id)),
                    when(one.created_at),
                )
                for one in found
            ),
        )

    @display(description=_("Calls to channels"))
    def requests(self, row: Settlement) -> SafeString:
        return table(CALL_COLUMNS, call_rows(requests.made_for([one.pk for one in queries.payouts(row.pk)])))

    @display(description=_("Lines (the first 200; the statement has all)"))
    def lines(self, row: Settlement) -> SafeString:
        return table(
            LINE_COLUMNS,
            (
                (
                    KINDS[line.kind],
                    link("payments.paymentorder", line.order_id, line.reference) if line.order_id else line.reference,
                    line.out_no or "-",
                    money(line.amount_fen),
                    money(line.fee_fen),
                    money(line.net_fen),
                    journal_link(line.journal_id),
                )
                for line in queries.lines(row.pk)[:LINES_SHOWN]
            ),
        )


@admin.register(SettlementAdjustment, site=desk)
class SettlementAdjustmentAdmin(Sums, DeskAdmin):
    group, place, icon, heading = "merchants", 44, "tune", _("Corrections with merchants")
    list_acts = (
        proposing(
            "adjust",
            act=adjusting.ADJUST,
            right="settlement.adjust",
            title=_("Propose a correction"),
            named=_("Correct what a merchant is owed"),
            payload=correction,
            form=AdjustForm,
            icon="tune",
        ),
    )
    finds = {"adj": "pk", "mch": "merchant_id"}
    search_help_text = _("A public id (correction, merchant)")
    list_display = ("number", "merchant_link", "amount", "reason", "proposed_by", "approved_by", "made")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": (("number", "merchant_link"), ("amount", "made"), "reason", ("proposed_by", "approved_by"), "journal")}),
    )
    amount = yuan_column("amount_fen", _("Amount (yuan)"))

    @display(description=_("Id"), ordering="id")
    def number(self, row: SettlementAdjustment) -> SafeString:
        return mono(row.public_id)

    @display(description=_("Made"), ordering="created_at")
    def made(self, row: SettlementAdjustment) -> SafeString | str:
        return when(row.created_at)

    @display(description=_("Journal"))
    def journal(self, row: SettlementAdjustment) -> object:
        return journal_link(row.journal_id)


@admin.register(SettlementTerms, site=desk)
class SettlementTermsAdmin(OfMerchants):
    place, icon, heading = 46, "gavel", _("Settlement terms")
    table = RuleTable(SettlementTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "reserve_days": _("After so many days what is kept back comes free."),
        "approved_up_to_fen": _("A settlement that pays out at most this needs no person's approval; 0: every one does."),
    }
    list_display = ("whose", "reserve_days", "approved_up_to", "effective_on")
    ordering = ("-effective_on", "-id")
    approved_up_to = yuan_column("approved_up_to_fen", _("Approved up to (yuan)"))


class SettlementStory:
    """In which settlements an order and its refunds are."""

    order = 60

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        rows: list[list[object]] = [
            [
                link("payments.settlement", line.settlement_id, line.settlement.public_id),
                on(line.settlement.business_on),
                KINDS[line.kind],
                money(line.net_fen),
                badge(TONES.get(line.settlement.state, line.settlement.state), str(line.settlement.get_state_display())),
            ]
            for line in queries.lines_of_order(order_id)
        ]
        return Chapter(_("Settlements"), (_("Settlement"), _("Business day"), _("Kind"), _("Net (yuan)"), _("State")), rows)


class SettlementFigures:
    order = 22

    def figures(self, *, at: datetime) -> list[Figure]:
        """What waits for people."""
        page = "payments.settlement"
        shown = (
            (SettlementState.CLOSED, _("Settlements to approve"), "warning"),
            (SettlementState.OPEN, _("Settlements that are not proved"), "bad"),
            (SettlementState.RETURNED, _("Payouts to merchants that came back"), "bad"),
        )
        waiting = queries.for_people()
        counted = [(waiting.get(state, 0), state, words, level) for state, words, level in shown]
        return [figure(words, number, page, level=level, state=state.value) for number, state, words, level in counted if number]


STORY.plug("payments.settlement", SettlementStory())
FIGURES.plug("payments.settlement", SettlementFigures())
WORK_KINDS.plug(
    closing.UNPROVED,
    KindOfWork(
        _("A merchant's day is not settled"),
        _("Find out which of journal and row is wrong, have it corrected by two people, and prove the settlement again."),
        ends=_("Once it is proved again, on the settlement's page."),
    ),
)
WORK_KINDS.plug(
    paying.WAITING,
    KindOfWork(
        _("A settlement cannot be paid out"),
        _("See why: the merchant names a card, is resumed, or the channel opens; it is tried again by itself."),
        ends=_("Once the payout leaves, or the day is carried over."),
    ),
)
WORK_KINDS.plug(
    paying.RETURNED,
    KindOfWork(
        _("A payout to a merchant came back"),
        _("Ask the merchant for a card that takes it, then propose to pay it again."),
        ends=_("Once two people have it paid again, on the settlement's page."),
    ),
)

"""Credit lines at the desk: offered, up and down, frozen for reasons, closed; and the raises that wait for people."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.clock.queries import local_day
from core.desk.acts import Act, Doing
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.owned import Owned, Queue, Whose, owning_acts
from core.desk.panels import customer_panel
from core.desk.proposing import proposing
from core.desk.shown import age, badge, link, money, on, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import CUSTOMER_PANELS, FIGURES, Figure, Panel, Words
from core.work.sockets import WORK_KINDS, KindOfWork
from credit.lines import queries
from credit.lines.forms import FreezeForm, GrantForm, InviteForm, LimitForm, RefuseForm, TemporaryForm, WhyForm
from credit.lines.models import CreditLine, LineRaise
from credit.lines.services import changing, opening, raising
from credit.lines.states import OPEN, Freeze, LineState, RaiseState

LINE, ASKED = "credit.creditline", "credit.lineraise"
WAITING = Queue("credit_raise.take", waits=Q(state=RaiseState.OPEN))
SHOWN = 50


def is_open(row: CreditLine) -> bool:
    return row.state in OPEN


def waits(row: LineRaise) -> bool:
    return row.state == RaiseState.OPEN


def invited(doing: Doing) -> dict[str, Any]:
    data = doing.data
    named = {name: data[name] for name in ("target", "product", "limit_fen", "grade", "why")}
    return named | {"valid_until": data["valid_until"].isoformat()}


def limited(doing: Doing) -> dict[str, Any]:
    return {"target": doing.row.public_id, "limit_fen": doing.data["limit_fen"], "why": doing.data["why"]}


def temporary(doing: Doing) -> dict[str, Any]:
    days = {name: doing.data[name].isoformat() for name in ("since", "until")}
    return {"target": doing.row.public_id, "amount_fen": doing.data["amount_fen"], "why": doing.data["why"]} | days


def lower(doing: Doing) -> Words:
    row = changing.lower(line_id=doing.row.pk, limit_fen=doing.data["limit_fen"], why=doing.data["why"], by=doing.actor, at=doing.at)
    return _("The limit is {limit} yuan now.").format(limit=f"{row.limit_fen / 100:,.2f}")


def freeze(doing: Doing) -> Words:
    changing.freeze(line_id=doing.row.pk, reason=Freeze(doing.data["because"]), why=doing.data["why"], by=doing.actor, at=doing.at)
    return _("Frozen: nothing is lent on it.")


def unfreeze(doing: Doing) -> Words:
    row = changing.unfreeze(line_id=doing.row.pk, reason=Freeze(doing.data["because"]), why=doing.data["why"], by=doing.actor, at=doing.at)
    return _("It stays frozen for other reasons.") if row.freezes else _("It lends again.")


def reviewed(doing: Doing) -> Words:
    row = changing.reviewed(line_id=doing.row.pk, why=doing.data["why"], by=doing.actor, at=doing.at)
    return _("Reviewed; looked at again on {day}.").format(day=row.review_on)


def refuse(doing: Doing) -> Words:
    raising.refuse(raise_id=doing.row.pk, why=doing.data["why"], by=doing.actor, at=doing.at)
    return _("Refused; the customer reads why.")


LINE_ACTS = (
    proposing(
        "raise",
        act=changing.RAISE,
        right="credit_line.propose",
        title=_("Propose a higher limit"),
        named=_("Raise the limit of a credit line"),
        payload=limited,
        form=LimitForm,
        icon="trending_up",
        open_to=is_open,
    ),
    proposing(
        "temporary",
        act=changing.TEMPORARY,
        right="credit_line.propose",
        title=_("Propose a temporary limit"),
        named=_("Raise the limit of a credit line for some days"),
        payload=temporary,
        form=TemporaryForm,
        icon="date_range",
        open_to=is_open,
    ),
    Act(
        name="lower",
        right="credit_line.freeze",
        title=_("Lower the limit"),
        run=lower,
        form=LimitForm,
        icon="trending_down",
        variant="danger",
        explain=_("At once; what is owed above it stays owed."),
        open_to=is_open,
    ),
    Act(
        name="freeze",
        right="credit_line.freeze",
        title=_("Freeze"),
        run=freeze,
        form=FreezeForm,
        icon="ac_unit",
        variant="danger",
        explain=_("Nothing is lent on it until every reason is gone."),
        open_to=is_open,
    ),
    Act(
        name="unfreeze",
        right="credit_line.freeze",
        title=_("Take a reason back"),
        run=unfreeze,
        form=FreezeForm,
        icon="sunny",
        open_to=lambda row: bool({Freeze.RISK, Freeze.CUSTOMER} & set(row.freezes)),
    ),
    Act(
        name="reviewed",
        right="credit_line.freeze",
        title=_("Reviewed"),
        run=reviewed,
        form=WhyForm,
        icon="fact_check",
        explain=_("It stays as it is, and is looked at again when its product says. To change the limit, do that too."),
        open_to=lambda row: Freeze.REVIEW in row.freezes,
    ),
    proposing(
        "close",
        act=changing.CLOSE,
        right="credit_line.propose",
        title=_("Propose to close"),
        named=_("Close a credit line"),
        payload=lambda doing: {"target": doing.row.public_id, "why": doing.data["why"]},
        form=WhyForm,
        icon="delete_forever",
        variant="danger",
        open_to=is_open,
    ),
)


@admin.register(CreditLine, site=desk)
class CreditLineAdmin(OfCustomer):
    group, place, icon, heading = "credit", 20, "account_balance_wallet", _("Credit lines")
    acts = LINE_ACTS
    list_acts = (
        proposing(
            "invite",
            act=opening.INVITE,
            right="credit_line.propose",
            title=_("Propose to offer a line"),
            named=_("Offer a customer a credit line"),
            payload=invited,
            form=InviteForm,
            icon="add",
        ),
    )
    finds = {"crl": "pk", "cus": "customer_id", "crp": "product_id"}
    search_help_text = _("A public id: of the line, its customer or its product")
    list_display = ("number", "state_label", "owner", "of_product", "limit", "used", "grade", "frozen_for", "review", "created")
    list_filter = ("state",)
    list_select_related = ("product", "version")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("owner", "of_product"),
                    ("limit", "used"),
                    ("grade",),
                    ("more", "frozen_for"),
                    ("good_until", "activated"),
                    ("review", "changed"),
                    ("created",),
                )
            },
        ),
        (_("What happened to it"), {"fields": ("history",)}),
        (_("Raises asked for"), {"fields": ("raises",)}),
    )

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: CreditLine) -> SafeString | str:
        named = row.version.name_zh if (get_language() or "en").startswith("zh") else row.version.name_en
        return link("credit.creditproduct", row.product_id, named)

    @display(description=_("Limit today (yuan)"), ordering="limit_fen")
    def limit(self, row: CreditLine) -> SafeString:
        return money(queries.limit_on(row, local_day(clock.now())))

    @display(description=_("Owed of it (yuan)"), ordering="used_fen")
    def used(self, row: CreditLine) -> SafeString:
        return money(row.used_fen)

    @display(description=_("For some days (yuan)"))
    def more(self, row: CreditLine) -> SafeString | str:
        return "-" if row.temporary_from is None else f"{row.temporary_fen / 100:,.2f} · {row.temporary_from} – {row.temporary_until}"

    @display(description=_("Frozen because of"))
    def frozen_for(self, row: CreditLine) -> SafeString | str:
        return table((), [[badge(reason)] for reason in row.freezes]) if row.freezes else "-"

    @display(description=_("Good until"))
    def good_until(self, row: CreditLine) -> SafeString | str:
        return on(row.valid_until) if row.state == LineState.INVITED else "-"

    @display(description=_("Active since"))
    def activated(self, row: CreditLine) -> SafeString | str:
        return when(row.activated_at)

    @display(description=_("Looked at again on"), ordering="review_on")
    def review(self, row: CreditLine) -> SafeString | str:
        return "-" if row.review_on is None else on(row.review_on)

    @display(description=_("Events"))
    def history(self, row: CreditLine) -> SafeString:
        header = (_("When"), _("What"), _("Limit (yuan)"), _("More (yuan)"), _("Why"), _("By"))
        found = queries.events(row.pk)[:SHOWN]
        rows = ((when(one.at), badge(one.change), money(one.limit_fen), money(one.temporary_fen), one.reason, one.by) for one in found)
        return table(header, rows)

    @display(description=_("Raises"))
    def raises(self, row: CreditLine) -> SafeString:
        header = (_("Id"), _("State"), _("Asked for (yuan)"), _("Granted (yuan)"), _("Words for the customer"))
        found = queries.raises_of(row.pk)[:SHOWN]
        rows = (
            (link(ASKED, one.pk, one.public_id), badge(one.state), money(one.amount_fen), money(one.granted_fen), plainly(one.why))
            for one in found
        )
        return table(header, rows)


@admin.register(LineRaise, site=desk)
class LineRaiseAdmin(OfCustomer, Owned):
    group, place, icon, heading = "credit", 21, "trending_up", _("Raises of credit lines")
    queue = WAITING
    acts = (
        *owning_acts(WAITING),
        proposing(
            "grant",
            act=raising.GRANT,
            right="credit_line.propose",
            title=_("Propose to grant"),
            named=_("Grant a higher limit that a customer asked for"),
            payload=limited,
            form=GrantForm,
            icon="check",
            open_to=waits,
        ),
        Act(
            name="refuse",
            right="credit_line.propose",
            title=_("Refuse"),
            run=refuse,
            form=RefuseForm,
            icon="block",
            variant="danger",
            open_to=waits,
        ),
    )
    finds = {"crr": "pk", "cus": "customer_id", "crl": "line_id"}
    search_help_text = _("A public id: of the raise, its customer or its line")
    list_display = ("number", "state_label", "waits", "looked_at_by", "owner", "of_line", "asked", "now", "granted", "created")
    list_filter = ("state", Whose)
    list_select_related = ("line",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("waits", "looked_at_by"),
                    ("owner", "of_line"),
                    ("asked", "now"),
                    ("granted", "why"),
                    ("created", "changed"),
                )
            },
        ),
    )

    @display(description=_("Line"), ordering="line_id")
    def of_line(self, row: LineRaise) -> SafeString | str:
        return link(LINE, row.line_id, row.line.public_id)

    @display(description=_("Waits for"))
    def waits(self, row: LineRaise) -> str:
        return age(row.created_at, clock.now()) if waits(row) else "-"

    @display(description=_("Asked for (yuan)"), ordering="amount_fen")
    def asked(self, row: LineRaise) -> SafeString:
        return money(row.amount_fen)

    @display(description=_("Limit now (yuan)"))
    def now(self, row: LineRaise) -> SafeString:
        return money(row.line.limit_fen)

    @display(description=_("Granted (yuan)"), ordering="granted_fen")
    def granted(self, row: LineRaise) -> SafeString:
        return money(row.granted_fen)


class LineFigures:
    order = 41

    def figures(self, *, at: datetime) -> list[Figure]:
        """Raises that wait for a person."""
        waiting = queries.open_raises().count()
        shown = figure(_("Raises of lines to decide"), waiting, ASKED, level="warning", state__exact="open")
        return [shown] if waiting else []


class LinePanel:
    order = 70

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """Their lines, also those that are over."""
        today = local_day(at)
        rows = [
            (link(LINE, one.pk, one.product.code), badge(one.state), money(queries.limit_on(one, today)), plainly(one.grade))
            for one in queries.own_lines(customer_id).order_by("-created_at", "-id")[:SHOWN]
        ]
        header = (_("Product"), _("State"), _("Limit (yuan)"), _("Grade"))
        return customer_panel(_("Credit lines"), LINE, customer_id, header, rows)


FIGURES.plug("credit.lines", LineFigures())
CUSTOMER_PANELS.plug("credit.lines", LinePanel())
WORK_KINDS.plug(
    changing.RAISE_WAITS,
    KindOfWork(
        _("A customer asks for a higher credit limit"),
        _("Look at the customer and their line, then propose to grant it, as asked or by less, or refuse it."),
        ends=_("Once it is granted or refused, or withdrawn."),
    ),
)
WORK_KINDS.plug(
    changing.REVIEW,
    KindOfWork(
        _("A credit line is to be reviewed: it lends nothing until then"),
        _("Look at the customer and the line. Change its limit if need be, then say Reviewed, or propose to close it."),
        ends=_("Once it is reviewed or closed."),
    ),
)

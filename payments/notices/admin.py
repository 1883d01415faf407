"""Notices at the desk: what merchants' programs were told, every try, and sending one again."""

import uuid
from datetime import datetime

from django.contrib import admin
from django.db.models import OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.dashboard import figure
from core.desk.filters import as_they_are
from core.desk.owned import HANDS, Owned, Queue, Whose, owning_acts
from core.desk.references import reference
from core.desk.shown import age, badge, link, mono, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from core.limits.queries import cap
from core.work.sockets import WORK_KINDS, KindOfWork
from payments.cashier.story import STORY, Chapter
from payments.merchants.admin import OfMerchant
from payments.notices import queries, services
from payments.notices.bodies import TYPES
from payments.notices.models import MerchantNotice
from payments.notices.states import RESENDS, NoticeState

SHOWN = 20
TRY_COLUMNS = (_("No."), _("At"), _("Took (ms)"), _("HTTP status"), _("Why not taken"), _("Answer"))
CHAPTER_COLUMNS = (_("Notice"), _("Type"), _("State"), _("Tries"), _("HTTP status"), _("Why not taken"), _("Next try"), _("Delivered"))


def resend(doing: Doing) -> Words:
    services.resend(notice_id=doing.row.pk, at=doing.at)
    return _("The notice is on its way again.")


def of_app(column: str) -> Combinable:
    return Subquery(HANDS.filter(thing_id=OuterRef("app_id")).values(column)[:1])


QUEUE = Queue(
    "notice.take",
    waits=Q(state=NoticeState.FAILED),
    target=lambda row: str(row.app_public_id),
    assigned=of_app,
    explain=_("All notices of this app that were not taken are one piece of work: you look after them all."),
)


@admin.register(MerchantNotice, site=desk)
class MerchantNoticeAdmin(Owned, OfMerchant):
    place, icon, heading = 45, "campaign", _("Notices to merchants")
    queue = QUEUE
    acts = (
        *owning_acts(QUEUE),
        Act(
            name="resend",
            right="notice.resend",
            title=_("Send again"),
            run=resend,
            icon="send",
            explain=_(
                "At once and on a fresh timetable, to the address the app has now. Ask the merchant first whether its server answers."
            ),
            open_to=lambda row: row.resends < cap(RESENDS, clock.now()),
        ),
    )
    finds = {"mch": "merchant_id", "app": "app_id", "ord": "order_id", "mnt": "pk"}
    search_help_text = _("A public id, of the notice, its order, its app or its merchant")
    list_display = (
        "number",
        "type",
        "state_label",
        "waits",
        "looked_at_by",
        "of_merchant",
        "tries",
        "status",
        "why",
        "next_try",
        "created",
    )
    list_filter = ("state", Whose, ("type", as_they_are(lambda: TYPES)))
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("type", "about"), ("of_merchant", "app_link"), ("waits", "looked_at_by"), "url")}),
        (_("Delivery"), {"fields": (("tries", "resends"), ("status", "why"), ("next_try", "delivered"), ("happened", "created"), "log")}),
        (_("Content"), {"fields": ("content",)}),
    )

    @display(description=_("Waits"), ordering="changed_at")
    def waits(self, row: MerchantNotice) -> str:
        """For how long nobody has taken it."""
        return "-" if row.state == NoticeState.DELIVERED else age(row.occurred_at, clock.now())

    @display(description=_("App"))
    def app_link(self, row: MerchantNotice) -> SafeString | str:
        return link("payments.merchantapp", row.app_id, row.app_public_id)

    @display(description=_("About"))
    def about(self, row: MerchantNotice) -> SafeString | str:
        return reference(row.subject)

    @display(description=_("HTTP status"))
    def status(self, row: MerchantNotice) -> object:
        return plainly(row.last_status)

    @display(description=_("Why not taken"))
    def why(self, row: MerchantNotice) -> SafeString:
        return mono(plainly(row.last_error))

    @display(description=_("Next try"))
    def next_try(self, row: MerchantNotice) -> SafeString | str:
        return when(row.due_at)

    @display(description=_("Delivered"))
    def delivered(self, row: MerchantNotice) -> SafeString | str:
        return when(row.delivered_at)

    @display(description=_("Happened"))
    def happened(self, row: MerchantNotice) -> SafeString | str:
        return when(row.occurred_at)

    @display(description=_("Every try"))
    def log(self, row: MerchantNotice) -> SafeString:
        """The newest ones first: a notice sent again often has many."""
        tries = queries.tries([row.pk]).reverse()[: SHOWN * 2]
        return table(
            TRY_COLUMNS,
            ((one.number, when(one.at), one.took_ms, plainly(one.status), mono(plainly(one.error)), plainly(one.answer)) for one in tries),
        )

    @display(description=_("What is sent"))
    def content(self, row: MerchantNotice) -> SafeString:
        return format_html('<pre class="font-mono text-xs whitespace-pre-wrap break-all">{}</pre>', row.text)


class NoticesOfOrder:
    order = 90

    def chapter(self, *, order_id: uuid.UUID, at: datetime) -> Chapter:
        """The notices of an order, each as it stands."""
        rows: list[list[object]] = [
            [
                link("payments.merchantnotice", one.pk, one.public_id),
                one.type,
                badge(one.state),
                one.tries,
                plainly(one.last_status),
                mono(plainly(one.last_error)),
                when(one.due_at),
                when(one.delivered_at),
            ]
            for one in queries.of_order(order_id, SHOWN)
        ]
        return Chapter(_("Notices to the merchant"), CHAPTER_COLUMNS, rows)


class NoticeFigures:
    order = 35

    def figures(self, *, at: datetime) -> list[Figure]:
        failed = queries.failed().count()
        shown = figure(_("Notices no merchant took"), failed, "payments.merchantnotice", level="warning", state__exact="failed")
        return [shown] if failed else []


STORY.plug("payments.notices", NoticesOfOrder())
FIGURES.plug("payments.notices", NoticeFigures())
WORK_KINDS.plug(
    services.FAILED,
    KindOfWork(
        _("A merchant's program takes no notices"),
        _("Ask the merchant whether its server answers, then send the app's failed notices again."),
    ),
)

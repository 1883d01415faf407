"""Red packets as operators see them, each with its shares and journals; and their terms."""

import uuid
from datetime import datetime, timedelta

from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.shown import journal_link
from core.desk.counted import of_customer
from core.desk.customers import OfCustomer, customer_link
from core.desk.dashboard import counts, figure
from core.desk.panels import customer_panel
from core.desk.proposals import RULE_CHECKERS, RULE_MAKERS, ProposedAdmin, RuleTable
from core.desk.shown import badge, link, money, table, when
from core.desk.site import desk
from core.desk.sockets import COUNTERS, CUSTOMER_PANELS, FIGURES, Figure, Panel
from core.errors import NotFound
from core.ids import parse_public_id
from payments.red_packets.models import RedPacket, RedPacketShare, RedPacketState, RedPacketTerms
from payments.red_packets.services import SENT_COUNTER

TERMS = ("starts_at", "share_most_fen", "count_most", "life_hours", "per_day")
LATE = timedelta(minutes=10)


@admin.register(RedPacket, site=desk)
class RedPacketAdmin(OfCustomer):
    group = "payments"
    place, icon, heading = 40, "redeem", _("Red packets")
    finds = {"rpk": "pk"}
    list_display = ("number", "owner", "kind_label", "pieces", "total", "taken", "state_label", "created")
    list_filter = ("state", "kind")
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("owner", "payee_link"), ("kind_label", "pieces"), ("total", "taken"), "message")}),
        (None, {"fields": (("journal", "back_journal"), ("returned", "factors"), ("created", "expires"), "changed")}),
        (_("Shares"), {"fields": ("shares",)}),
    )

    def find(self, term: str) -> Q | None:
        """A customer's packets: sent, for them alone, or with a share of theirs; and the packet of a share."""
        try:
            return Q(pk__in=RedPacketShare.objects.filter(pk=parse_public_id("rps", term)).values("packet_id"))
        except NotFound:
            pass
        try:
            customer_id = parse_public_id("cus", term)
        except NotFound:
            return None
        shared = RedPacketShare.objects.filter(taken_by_id=customer_id).values("packet_id")
        return Q(customer_id=customer_id) | Q(payee_id=customer_id) | Q(pk__in=shared)

    @display(description=_("Kind"), ordering="kind")
    def kind_label(self, row: RedPacket) -> SafeString:
        return badge(str(row.kind), str(row.get_kind_display()))

    @display(description=_("Number of shares"), ordering="count")
    def pieces(self, row: RedPacket) -> int:
        return row.count

    @display(description=_("For one customer"))
    def payee_link(self, row: RedPacket) -> SafeString | str:
        return customer_link(row.payee_id)

    @display(description=_("Amount (yuan)"), ordering="total_fen")
    def total(self, row: RedPacket) -> SafeString:
        return money(row.total_fen)

    @display(description=_("Taken (yuan)"))
    def taken(self, row: RedPacket) -> SafeString:
        return money(row.taken_fen)

    @display(description=_("Given back (yuan)"))
    def returned(self, row: RedPacket) -> SafeString:
        return money(row.returned_fen)

    @display(description=_("Journal"))
    def journal(self, row: RedPacket) -> SafeString | str:
        return journal_link(row.pk)

    @display(description=_("Journal when given back"))
    def back_journal(self, row: RedPacket) -> SafeString | str:
        return journal_link(row.back_journal_id)

    @display(description=_("Expires"))
    def expires(self, row: RedPacket) -> str:
        return when(row.expires_at)

    @display(description=_("Shares"))
    def shares(self, row: RedPacket) -> SafeString:
        """Amounts of shares nobody has taken stay hidden while some can: who knows them could wait for a large one."""
        over = row.state != RedPacketState.OPEN
        header = (_("Place"), _("Amount (yuan)"), _("Taken by"), _("Taken at"), _("Journal"))
        found = RedPacketShare.objects.filter(packet_id=row.pk).order_by("position")
        return table(
            header,
            (
                (
                    share.position,
                    money(share.amount_fen) if over or share.taken_by_id else "-",
                    customer_link(share.taken_by_id),
                    when(share.taken_at),
                    journal_link(share.journal_id),
                )
                for share in found
            ),
        )


@admin.register(RedPacketTerms, site=desk)
class RedPacketTermsAdmin(ProposedAdmin):
    place, icon, heading = 22, "gavel", _("Red packet terms")
    table = RuleTable(RedPacketTerms, TERMS, RULE_MAKERS, RULE_CHECKERS)
    helps = {
        "share_most_fen": _("The most one share may be; a packet is at most this for each of its shares."),
        "count_most": _("How many shares a packet may have; never more than 100."),
        "life_hours": _("How long shares may be taken before the rest goes back."),
        "per_day": _("How many packets a customer may send in a day."),
    }
    list_display = ("starts", "share_most", "count_most", "life_hours", "per_day")
    ordering = ("-starts_at",)

    @display(description=_("From"), ordering="starts_at")
    def starts(self, row: RedPacketTerms) -> str:
        return when(row.starts_at)

    @display(description=_("Most a share (yuan)"))
    def share_most(self, row: RedPacketTerms) -> SafeString:
        return money(row.share_most_fen)


class PacketsPanel:
    order = 42

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest packets sent and shares taken."""
        sent = RedPacket.objects.filter(customer_id=customer_id).order_by("-created_at", "-id")[:5]
        taken = RedPacketShare.objects.filter(taken_by_id=customer_id).select_related("packet").order_by("-taken_at", "-id")[:5]
        found = [(row.created_at, row, -row.total_fen, row.state) for row in sent]
        found += [(row.taken_at, row.packet, row.amount_fen, row.packet.state) for row in taken if row.taken_at]
        found.sort(key=lambda line: line[0], reverse=True)
        rows = (
            (link("payments.redpacket", packet.pk, packet.public_id), money(fen), badge(state), when(at_))
            for at_, packet, fen, state in found
        )
        header = (_("Red packet"), _("Amount (yuan)"), _("State"), _("Time"))
        return customer_panel(_("Red packets"), "payments.redpacket", customer_id, header, rows)


class PacketFigures:
    order = 15

    def figures(self, *, at: datetime) -> list[Figure]:
        """What the sweeper should have ended or given back by now."""
        late = at - LATE
        stuck, unended = counts(
            RedPacket.objects.filter(state=RedPacketState.RETURNING, changed_at__lte=late),
            RedPacket.objects.filter(state=RedPacketState.OPEN, expires_at__lte=late),
        )
        page = "payments.redpacket"
        found = [
            (stuck, figure(_("Red packets that do not go back"), stuck, page, level="bad", state__exact="returning")),
            (unended, figure(_("Red packets not ended in time"), unended, page, level="bad", state__exact="open")),
        ]
        return [shown for number, shown in found if number]


COUNTERS.plug(SENT_COUNTER, of_customer())
CUSTOMER_PANELS.plug("payments.red_packets", PacketsPanel())
FIGURES.plug("payments.red_packets", PacketFigures())

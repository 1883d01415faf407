"""Insurance at the desk: policies with their whole story, premiums that are due or failed, and what insurers give back."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.ledger.shown import journal_link
from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.panels import customer_panel
from core.desk.shown import badge, link, money, mono, plainly, table, when
from core.desk.site import desk
from core.desk.sockets import CUSTOMER_PANELS, FIGURES, Figure, Panel, Words
from core.ids import public_id
from core.work.sockets import WORK_KINDS, KindOfWork
from wealth.insurance import queries
from wealth.insurance.admin_queues import chinese, claims_of
from wealth.insurance.models import InsurancePolicy, PolicyPayout, PolicyPremium
from wealth.insurance.services import collecting, giving_back

POLICY, PREMIUM, PAYOUT = "wealth.insurancepolicy", "wealth.policypremium", "wealth.policypayout"


@admin.register(InsurancePolicy, site=desk)
class InsurancePolicyAdmin(OfCustomer):
    group, place, icon, heading = "wealth", 22, "shield", _("Insurance policies")
    finds = {"inp": "pk", "cus": "customer_id", "prd": "product_id", "ina": "application_id", "wod": "order_id"}
    search_help_text = _("A public id: of the policy, its customer, its product, its application or its order")
    list_display = ("id_link", "state_label", "owner", "of_product", "cover", "premium", "auto_debit", "starts_on", "ends_on", "due_on")
    list_filter = ("state", "auto_debit")
    list_select_related = ("product", "version")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("id_link", "policy_number"),
                    ("state_label", "insurer_no"),
                    ("owner", "of_product"),
                    ("cover", "claimed"),
                    ("premium", "auto_debit"),
                    ("starts_on", "ends_on"),
                    ("receipt_on", "cooling_until"),
                    ("lapsed_on", "due_on"),
                    ("application_link", "order_link"),
                    ("created", "changed"),
                )
            },
        ),
        (_("The whole story"), {"fields": ("premiums_shown", "lapses_shown", "claims_shown", "payouts_shown", "document_shown")}),
    )

    @display(description=_("Id"), ordering="id")
    def id_link(self, row: InsurancePolicy) -> SafeString | str:
        return link(POLICY, row.pk, row.public_id)

    @display(description=_("Policy number"))
    def policy_number(self, row: InsurancePolicy) -> SafeString:
        return mono(row.number)

    @display(description=_("Product"), ordering="product_id")
    def of_product(self, row: InsurancePolicy) -> SafeString | str:
        return link("wealth.product", row.product_id, row.version.name_zh if chinese() else row.version.name_en)

    @display(description=_("Cover (yuan)"), ordering="cover_fen")
    def cover(self, row: InsurancePolicy) -> SafeString:
        return money(row.cover_fen)

    @display(description=_("Paid to claims (yuan)"))
    def claimed(self, row: InsurancePolicy) -> SafeString:
        return money(row.claimed_fen)

    @display(description=_("Premium (yuan)"), ordering="premium_fen")
    def premium(self, row: InsurancePolicy) -> SafeString:
        return money(row.premium_fen)

    @display(description=_("Application"))
    def application_link(self, row: InsurancePolicy) -> SafeString | str:
        return link("wealth.insuranceapplication", row.application_id, public_id("ina", row.application_id))

    @display(description=_("Order"))
    def order_link(self, row: InsurancePolicy) -> SafeString | str:
        return link("wealth.wealthorder", row.order_id, public_id("wod", row.order_id))

    @display(description=_("Premiums"))
    def premiums_shown(self, row: InsurancePolicy) -> SafeString:
        header = (_("No."), _("Due on"), _("State"), _("Amount (yuan)"), _("Journal of the payment"), _("Journal of the insurer"))
        rows = (
            (
                link(PREMIUM, one.pk, str(one.number)),
                one.due_on.isoformat(),
                badge(one.state),
                money(one.amount_fen),
                journal_link(one.pay_journal_id),
                journal_link(one.book_journal_id),
            )
            for one in queries.premiums(row.pk)
        )
        return table(header, rows)

    @display(description=_("Days without cover"))
    def lapses_shown(self, row: InsurancePolicy) -> SafeString:
        header = (_("Lapsed on"), _("Reinstated on"))
        return table(header, ((one.lapsed_on.isoformat(), str(one.reinstated_on or "-")) for one in queries.lapses(row.pk)))

    @display(description=_("Claims"))
    def claims_shown(self, row: InsurancePolicy) -> SafeString:
        return table((_("Id"), _("State"), _("Asked for (yuan)"), _("Paid (yuan)"), _("Happened on")), claims_of(row.pk))

    @display(description=_("Payouts"))
    def payouts_shown(self, row: InsurancePolicy) -> SafeString:
        header = (_("Id"), _("Kind"), _("State"), _("Amount (yuan)"), _("Journal"))
        rows = (
            (link(PAYOUT, one.pk, one.public_id), plainly(one.kind), badge(one.state), money(one.amount_fen), journal_link(one.journal_id))
            for one in queries.payouts(row.pk)
        )
        return table(header, rows)

    @display(description=_("Document"))
    def document_shown(self, row: InsurancePolicy) -> SafeString | str:
        """Its hash; the document names the insured and is the customer's."""
        found = queries.document(row.pk)
        return mono(found.sha256) if found else "-"


class Turn(admin.SimpleListFilter):
    """What is due, what the balance was too low for, and what an insurer did not take."""

    title = _("Premiums")
    parameter_name = "turn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("Due and not paid")), ("failed", _("The balance was too low")), ("stuck", _("Not taken by the insurer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[PolicyPremium]) -> QuerySet[PolicyPremium]:
        at = clock.now()
        found = {"due": queries.overdue_premiums, "failed": queries.failed_premiums, "stuck": queries.stuck_premiums}
        chosen = found.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(pk__in=chosen(at).values("pk"))


def send_again(doing: Doing) -> Words:
    collecting.send_again(premium_id=doing.row.pk, by=doing.actor, at=doing.at)
    return _("The insurer is told of it again.")


@admin.register(PolicyPremium, site=desk)
class PolicyPremiumAdmin(OfCustomer):
    group, place, icon, heading = "wealth", 23, "event_repeat", _("Insurance premiums")
    acts = (
        Act(
            name="send-again",
            right="insurance_premium.send",
            title=_("Tell the insurer again"),
            run=send_again,
            icon="replay",
            open_to=collecting.resendable,
        ),
    )
    finds = {"inr": "pk", "cus": "customer_id", "inp": "policy_id"}
    search_help_text = _("A public id: of the premium, its customer or its policy")
    list_display = ("id_link", "state_label", "owner", "of_policy", "place_in_policy", "due_on", "amount", "tries")
    list_filter = ("state", Turn)
    list_select_related = ("policy",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("id_link", "state_label"),
                    ("owner", "of_policy"),
                    ("place_in_policy", "amount"),
                    ("due_on", "until_on"),
                    ("tries", "next_try"),
                    ("fee", "request_link"),
                    ("pay_journal", "book_journal"),
                )
            },
        ),
    )

    @display(description=_("Id"), ordering="id")
    def id_link(self, row: PolicyPremium) -> SafeString | str:
        return link(PREMIUM, row.pk, row.public_id)

    @display(description=_("Policy"), ordering="policy_id")
    def of_policy(self, row: PolicyPremium) -> SafeString | str:
        return link(POLICY, row.policy_id, row.policy.number)

    @display(description=_("No."))
    def place_in_policy(self, row: PolicyPremium) -> int:
        return row.number

    @display(description=_("Next step"))
    def next_try(self, row: PolicyPremium) -> SafeString | str:
        return when(row.try_at)

    @display(description=_("Our fee (yuan)"))
    def fee(self, row: PolicyPremium) -> SafeString:
        return money(row.fee_fen)

    @display(description=_("Asked of the insurer"))
    def request_link(self, row: PolicyPremium) -> SafeString | str:
        return asked_of(row.request_id)

    @display(description=_("Journal of the payment"))
    def pay_journal(self, row: PolicyPremium) -> SafeString | str:
        return journal_link(row.pay_journal_id)

    @display(description=_("Journal of the insurer"))
    def book_journal(self, row: PolicyPremium) -> SafeString | str:
        return journal_link(row.book_journal_id)


def asked_of(request_id: uuid.UUID | None) -> SafeString | str:
    return link("wealth.issuerrequest", request_id, public_id("isr", request_id)) if request_id else "-"


@admin.register(PolicyPayout, site=desk)
class PolicyPayoutAdmin(OfCustomer):
    group, place, icon, heading = "wealth", 24, "payments", _("Payments of insurers")
    finds = {"ino": "pk", "cus": "customer_id", "inp": "policy_id", "inc": "claim_id"}
    search_help_text = _("A public id: of the payout, its customer, its policy or its claim")
    list_display = ("number", "state_label", "kind_label", "owner", "of_policy", "amount", "created")
    list_filter = ("state", "kind")
    list_select_related = ("policy",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "state_label"),
                    ("owner", "of_policy"),
                    ("kind_label", "amount"),
                    ("kept", "why_not"),
                    ("request_link", "journal"),
                    ("created", "changed"),
                )
            },
        ),
    )

    @display(description=_("Kind"))
    def kind_label(self, row: PolicyPayout) -> SafeString:
        return badge(str(row.kind))

    @display(description=_("Policy"), ordering="policy_id")
    def of_policy(self, row: PolicyPayout) -> SafeString | str:
        return link(POLICY, row.policy_id, row.policy.number)

    @display(description=_("Kept by the insurer (yuan)"))
    def kept(self, row: PolicyPayout) -> SafeString:
        return money(row.kept_fen)

    @display(description=_("Why not"))
    def why_not(self, row: PolicyPayout) -> SafeString | str:
        return mono(row.code) if row.code else "-"

    @display(description=_("Asked of the insurer"))
    def request_link(self, row: PolicyPayout) -> SafeString | str:
        return asked_of(row.request_id)

    @display(description=_("Journal"))
    def journal(self, row: PolicyPayout) -> SafeString | str:
        return journal_link(row.journal_id)


class PoliciesPanel:
    order = 62

    def panel(self, *, customer_id: uuid.UUID, at: datetime) -> Panel:
        """The newest policies."""
        rows = (
            (link(POLICY, one.pk, one.number), badge(one.state), money(one.cover_fen), one.ends_on.isoformat())
            for one in queries.own_policies(customer_id).order_by("-created_at", "-id")[:5]
        )
        header = (_("Policy"), _("State"), _("Cover (yuan)"), _("Ends on"))
        return customer_panel(_("Insurance policies"), POLICY, customer_id, header, rows)


class PremiumFigures:
    order = 32

    def figures(self, *, at: datetime) -> list[Figure]:
        stuck = queries.stuck_premiums(at).count()
        return [figure(_("Premiums their insurer did not take"), stuck, PREMIUM, level="bad", turn="stuck")] if stuck else []


CUSTOMER_PANELS.plug("wealth.insurance", PoliciesPanel())
FIGURES.plug("wealth.insurance.premiums", PremiumFigures())
WORK_KINDS.plug(
    collecting.NOT_TAKEN,
    KindOfWork(
        _("A premium cannot be given to its insurer"),
        _("Ask the insurer why, then have it told again; where the insurer cannot be asked now it is tried again by itself."),
        ends=_("Once the insurer has taken it, or is told of it again."),
    ),
)
WORK_KINDS.plug(
    giving_back.NOT_ASKED,
    KindOfWork(
        _("An insurer cannot be asked for a customer's money"),
        _("See why on the payout's page; it is tried again by itself."),
        ends=_("Once the insurer is asked."),
    ),
)
WORK_KINDS.plug(
    giving_back.REFUSED,
    KindOfWork(
        _("An insurer does not pay a customer"),
        _("Ask the insurer why. The policy is what it was before, or the claim is declined; the customer may ask again."),
    ),
)

"""The queue of acts that wait for a person."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.customers import OfCustomer
from core.desk.dashboard import figure
from core.desk.filters import among
from core.desk.forms import ActForm
from core.desk.proposing import proposing
from core.desk.shown import age, badge, duration, link
from core.desk.site import desk
from core.desk.sockets import FIGURES, Figure, Words
from payments.risk.admin.shown import business_link, facts_table, hits_table, payee_link, scenes, what_table
from payments.risk.models import ReviewState, RiskDecision, RiskReview
from payments.risk.services import reviews

STATES = {"open": "waiting", "released": "accepted", "refused": "rejected", "expired": "expired"}
LATE_S = 4 * 3600


def is_open(row: RiskReview) -> bool:
    return row.state == ReviewState.OPEN


def is_small(row: RiskReview) -> bool:
    return is_open(row) and not reviews.needs_two(row, clock.now())


def is_large(row: RiskReview) -> bool:
    return is_open(row) and reviews.needs_two(row, clock.now())


def anothers(row: RiskReview, staff: User) -> bool:
    return row.owner_id != staff.pk


def take(doing: Doing) -> Words:
    reviews.take(review_id=doing.row.pk, staff=doing.staff, at=doing.at)
    return _("Yours now.")


def release(doing: Doing) -> Words:
    reviews.release(review_id=doing.row.pk, by=doing.actor, at=doing.at)
    return _("Released.")


def refuse(doing: Doing) -> Words:
    reviews.refuse(review_id=doing.row.pk, by=doing.actor, at=doing.at)
    return _("Refused; the money is the customer's again.")


def to_decide(request: HttpRequest, row: RiskReview) -> SafeString:
    """What somebody must have read who decides."""
    return format_html("{}{}{}", what_table(row), hits_table(row.decision), facts_table(row.decision))


ACTS = (
    Act(
        name="take",
        right="risk_review.take",
        title=_("Take it"),
        run=take,
        form=ActForm,
        icon="back_hand",
        open_to=is_open,
        open_for=anothers,
        explain=_("Says that you look at it, also in another's place."),
    ),
    Act(
        name="release",
        right="risk_review.release",
        title=_("Release"),
        run=release,
        icon="check_circle",
        variant="primary",
        open_to=is_small,
        shows=to_decide,
        explain=_("The act goes on. Say what speaks for it: a call with the customer, a payee known for long."),
    ),
    proposing(
        "propose-release",
        act=reviews.RELEASE,
        right="risk_review.release",
        title=_("Propose to release"),
        named=_("Release what waits for review"),
        payload=lambda doing: {"target": doing.row.public_id, "amount_fen": doing.row.amount_fen},
        icon="check_circle",
        variant="primary",
        open_to=is_large,
    ),
    Act(
        name="refuse",
        right="risk_review.refuse",
        title=_("Refuse"),
        run=refuse,
        icon="block",
        variant="danger",
        open_to=is_open,
        shows=to_decide,
        explain=_("The act ends and what it holds goes back to the customer. To stop more of the kind, freeze or block as well."),
    ),
)


@admin.register(RiskReview, site=desk)
class RiskReviewAdmin(OfCustomer):
    group, place, icon, heading = "queues", 15, "shield_person", _("Risk reviews")
    acts = ACTS
    finds = {"cus": "customer_id", "rvw": "pk", "rsk": "decision_id", "trf": "business_id", "wdr": "business_id", "ord": "business_id"}
    list_display = ("number", "state_label", "customer_text", "about", "amount", "rules", "waiting", "looking")
    list_filter = ("state", ("business", among(scenes)), ("owner", admin.EmptyFieldListFilter))
    list_select_related = ("decision", "owner")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": (("number", "state_label"), ("customer_text", "about"), ("amount", "payee_text"))}),
        (None, {"fields": (("created", "time_left"), ("looking", "decided_by"), ("decision_link", "changed"))}),
        (_("Why"), {"fields": ("rules_hit",)}),
        (_("Facts"), {"fields": ("facts",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RiskReview]:
        return super().get_queryset(request).select_related("decision", "owner")

    @display(description=_("Customer"), ordering="customer_id")
    def customer_text(self, row: RiskReview) -> SafeString | str:
        return self.owner(row)

    @display(description=_("State"), ordering="state")
    def state_label(self, row: RiskReview) -> SafeString:
        return badge(STATES[row.state], str(row.get_state_display()))

    @display(description=_("About"))
    def about(self, row: RiskReview) -> SafeString | str:
        return business_link(row)

    @display(description=_("Payee"))
    def payee_text(self, row: RiskReview) -> SafeString | str:
        return payee_link(row.decision)

    @display(description=_("Rules"))
    def rules(self, row: RiskReview) -> str:
        return ", ".join(hit["code"] for hit in row.decision.hits)

    @display(description=_("Age"))
    def waiting(self, row: RiskReview) -> str:
        return age(row.created_at, clock.now()) if is_open(row) else "-"

    @display(description=_("Time left"))
    def time_left(self, row: RiskReview) -> str:
        return duration(row.expires_at - clock.now()) if is_open(row) else "-"

    @display(description=_("Looked at by"))
    def looking(self, row: RiskReview) -> str:
        return row.owner.get_username() if row.owner else "-"

    @display(description=_("Risk decision"))
    def decision_link(self, row: RiskReview) -> SafeString | str:
        return link("payments.riskdecision", row.decision_id, row.decision.public_id)

    @display(description=_("Rules that hit"))
    def rules_hit(self, row: RiskReview) -> SafeString:
        return hits_table(row.decision)

    @display(description=_("What was known"))
    def facts(self, row: RiskReview) -> SafeString:
        return facts_table(row.decision)


class RiskFigures:
    order = 16

    def figures(self, *, at: datetime) -> list[Figure]:
        found: dict[str, Any] = RiskReview.objects.filter(state=ReviewState.OPEN).aggregate(number=Count("pk"), oldest=Min("created_at"))
        number, oldest = found["number"], found["oldest"]
        level = "ok" if not number else ("bad" if (at - oldest).total_seconds() > LATE_S else "warning")
        told = str(_("oldest {age}")).format(age=age(oldest, at)) if number else ""
        today = clock.start_of_day(clock.local_day(at))
        stopped = RiskDecision.objects.filter(verdict="refuse", created_at__gte=today).count()
        return [
            figure(_("Risk reviews waiting"), number, "payments.riskreview", level=level, detail=told, state__exact="open"),
            figure(_("Acts stopped today"), stopped, "payments.riskdecision", verdict__exact="refuse"),
        ]


FIGURES.plug("payments.risk", RiskFigures())

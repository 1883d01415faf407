"""How a decision reads: what was asked about, which rules hit and why, and the facts in words."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.desk.customers import customer_link
from core.desk.references import reference
from core.desk.shown import badge, link, money, mono, table
from core.ids import public_id
from payments.risk.models import RiskDecision, RiskListEntry, RiskReview, RiskRule
from payments.risk.sockets import REVIEWED

TONES = {"allow": "accepted", "step_up": "pending", "review": "pending", "refuse": "rejected"}
WINDOWS = {
    "hour": _("in the last hour, times / yuan"),
    "day": _("in the last day, times / yuan"),
    "week": _("in the last week, times / yuan"),
}
JUST_UNDER = _("just under a limit in the last day")


def verdict_badge(verdict: str, words: str) -> SafeString:
    return badge(TONES[verdict], words)


def scene(business: str) -> str:
    """What a room's acts are called."""
    room = REVIEWED.get(business)
    return business if room is None else str(apps.get_model(room.label)._meta.verbose_name)


def scenes() -> list[tuple[str, str]]:
    """Every room that asks about its acts, by what these are called."""
    return [(business, scene(business)) for business, _room in REVIEWED.items()]


def business_link(row: RiskDecision | RiskReview) -> SafeString | str:
    """The row decided about, as a link to its room's page."""
    room = REVIEWED.get(row.business)
    if row.business_id is None or room is None:
        return scene(row.business)
    return link(room.label, row.business_id, public_id(room.prefix, row.business_id))


def payee_link(decision: RiskDecision) -> SafeString | str:
    """Who or what was to be paid."""
    room = REVIEWED.get(decision.business)
    if decision.payee is None or room is None:
        return "-"
    return link(room.payee_label, decision.payee, public_id(room.payee_prefix, decision.payee))


def what_table(row: RiskReview) -> SafeString:
    """Who wants to pay whom how much."""
    facts = (
        (_("Customer"), customer_link(row.customer_id)),
        (_("About"), business_link(row)),
        (_("Payee"), payee_link(row.decision)),
        (_("Amount (yuan)"), money(row.amount_fen)),
    )
    return table(("", ""), facts)


def hits_table(decision: RiskDecision) -> SafeString:
    """The rules that hit, with what they are for; then the list entries that named somebody. Not everybody who reads this may open a
    rule, so its name is no link."""
    rules = {str(rule.pk): rule for rule in RiskRule.objects.filter(pk__in=[hit["rule"] for hit in decision.hits])}
    words = dict(RiskRule._meta.get_field("verdict").flatchoices)
    rows: list[tuple[object, ...]] = [
        (
            mono(hit["code"]),
            verdict_badge(hit["verdict"], words[hit["verdict"]]),
            rules[hit["rule"]].note if hit["rule"] in rules else "",
        )
        for hit in decision.hits
    ]
    rows += [(reference(entry), badge("active", str(_("listed"))), "") for entry in decision.inputs["listed"]]
    return table((_("Rule"), _("Verdict"), _("What it is for")), rows)


def facts_table(decision: RiskDecision) -> SafeString:
    return table((_("Fact"), _("Value")), fact_rows(decision.inputs))


def fact_rows(inputs: dict[str, Any]) -> Iterator[tuple[object, object]]:
    def hours(value: float | None) -> str:
        return "-" if value is None else str(_("{hours} h")).format(hours=value)

    yield _("Factors proven"), inputs["factors"]
    yield _("Shanghai hour"), inputs["hour"]
    yield _("Account age"), hours(inputs["account_age_h"])
    yield _("Device"), reference(inputs["device"]) if inputs["device"] else "-"
    yield _("Device known for"), hours(inputs["device_age_h"])
    yield _("Other customers on the device"), inputs["sharers"]
    yield _("Payee known for"), hours(inputs["payee_age_h"])
    yield _("Paid to this payee so far (yuan)"), money(inputs["payee_fen"])
    for business, tally in sorted(inputs["tallies"].items()):
        for window, words in WINDOWS.items():
            yield f"{scene(business)}: {words}", format_html("{} / {}", tally["counts"][window], money(tally["sums_fen"][window]))
        yield f"{scene(business)}: {JUST_UNDER}", tally["near"]


def listed_target(entry: RiskListEntry) -> SafeString | str:
    """Whom an entry is about, as a link where there is a page."""
    return reference(entry.shown) if "_" in entry.shown else mono(entry.shown)

"""What the studio shows of a version: what it says otherwise than the one before, and the app's page of it in both languages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.desk.masking import yuan
from core.desk.shown import document, money, plainly, table
from core.desk.sockets import Words
from wealth.catalog.api.shapes import ProductShown, page_of
from wealth.catalog.models import ProductVersion
from wealth.catalog.queries import with_use
from wealth.catalog.services.drafting import differences

TITLES: dict[str, Words] = {
    "name_en": _("Name (English)"),
    "name_zh": _("Name (Chinese)"),
    "risk": _("Risk level"),
    "principal_protected": _("Principal protected"),
    "yield_kind": _("Kind of yield"),
    "yield_low_bp": _("Lowest yield (bp)"),
    "yield_high_bp": _("Highest yield (bp)"),
    "carry": _("Income is added"),
    "t0_cap_fen": _("Paid out at once (yuan)"),
    "confirm_days": _("Confirmed on T+"),
    "redeem_days": _("Cash on T+"),
    "locked": _("Locked to the end"),
    "transferable": _("May be transferred"),
    "term_days": _("Term (days)"),
    "day_count": _("Day count"),
    "rounding": _("Rounding"),
    "minimum_fen": _("Minimum (yuan)"),
    "step_fen": _("Step (yuan)"),
    "person_cap_fen": _("Cap of a person (yuan)"),
    "daily_quota_fen": _("Quota of a day (yuan)"),
    "total_quota_fen": _("Quota in all (yuan)"),
    "buy_fee_bp": _("Fee of buying (bp)"),
    "redeem_fee_bp": _("Fee of redeeming (bp)"),
    "manage_fee_bp": _("Fee of managing (bp)"),
    "exchange": _("Exchange"),
    "cut_off": _("Cut-off"),
    "terms": _("Terms of its kind"),
    "risk_text_en": _("Risk text (English)"),
    "risk_text_zh": _("Risk text (Chinese)"),
    "custodian": _("Custodian"),
    "licence": _("Licence"),
    "fees_text_en": _("About fees (English)"),
    "fees_text_zh": _("About fees (Chinese)"),
}
"""What a version's columns are called, in the order they are read."""
LANGUAGES = ("zh-hans", "en")


def cell(name: str, value: Any) -> object:
    """A value of a version as its page shows it."""
    if name.endswith("_fen"):
        return "-" if value is None else money(value)
    if isinstance(value, dict):
        return document(value)
    labels = dict(ProductVersion._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return labels.get(value) or plainly(value)


def diff(before: ProductVersion | None, after: ProductVersion) -> SafeString:
    """Column, before, after; all of a first version."""
    changed = {name: (old, new) for name, old, new in differences(before, after)}
    rows = (
        (TITLES[name], "" if before is None else cell(name, changed[name][0]), cell(name, changed[name][1]))
        for name in TITLES
        if name in changed
    )
    return table((_("Column"), _("Before"), _("After")), rows)


def preview(version: ProductVersion, at: datetime) -> SafeString:
    """What the app would show of `version`, each line in both languages, by the very code that answers it."""
    product = with_use(at).get(pk=version.product_id)
    product.current = version
    told = []
    for language in LANGUAGES:
        with translation.override(language):
            told.append(list(lines(ProductShown(product, context=page_of([product], at)).data)))
    rows = ((label, zh, en) for (label, zh), (_same, en) in zip(*told, strict=True))
    return table((_("The app shows"), "中文", "English"), rows)


def lines(page: dict[str, Any]) -> Iterable[tuple[Words, object]]:
    """The lines of a product page of the app."""
    elements, disclosed, dates, end = page["elements"], page["disclosure"], page["dates"], page["would_have"]
    yield _("Name"), page["name"]
    yield _("Safety"), elements["safety"]["words"]
    yield _("Yield"), elements["yield"]["words"]
    yield _("Liquidity"), elements["liquidity"]["words"]
    yield _("Term"), elements["term"]["words"]
    yield _("Minimum and step (yuan)"), f"{yuan(page['minimum'])} / {yuan(page['step'])}"
    yield _("Left, and today (yuan)"), f"{without_end(page['left'])} / {without_end(page['left_today'])}"
    yield _("The way out"), page["way_out"]
    yield _("Traded, confirmed, cash"), "-" if dates is None else f"{dates['trade_on']} · {dates['confirmed_on']} · {dates['cash_on']}"
    yield _("The minimum becomes (yuan)"), "-" if end is None else f"{yuan(end['amount'])} → {yuan(end['end'])} ({end['days']} d)"
    yield _("Fees"), disclosed["fees"]["words"] or "-"
    yield _("Risk text"), disclosed["risk_text"]
    yield _("Issuer"), disclosed["issuer_name"]
    yield _("Custodian and licence"), f"{disclosed['custodian']} · {disclosed['licence']}"


def without_end(fen: int | None) -> str:
    return "∞" if fen is None else yuan(fen)

"""What the studio shows of a version: what it says otherwise than the one before, what everything it offers costs, and one quote whole."""

from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.desk.shown import document, money, mono, on, plainly, table
from credit.products import terms as terms_of
from credit.products.forms import TITLES
from credit.products.models import CreditProductVersion
from credit.products.quoting import CreditQuote, shown_percent, worked_out
from credit.products.services.drafting import differences
from credit.products.words import early_words, late_words, price_words


def cell(name: str, value: Any) -> object:
    """An entry of a version as its page shows it."""
    if value is None:
        return "-"
    if name.endswith("_fen") and isinstance(value, int):
        return money(value)
    return document(value) if isinstance(value, list | dict) else plainly(value)


def diff(before: CreditProductVersion | None, after: CreditProductVersion) -> SafeString:
    """Entry, before, after; all of a first version."""
    rows = ((TITLES.get(name, mono(name)), cell(name, old), cell(name, new)) for name, old, new in differences(before, after))
    return table((_("Column"), _("Before"), _("After")), rows)


def prices(version: CreditProductVersion, day: date) -> SafeString:
    """The most that is lent, in every number of payments, for every grade."""
    terms = terms_of.of(version)
    grades = [(one.code, one.rate_ppm) for one in terms.grades] or [("-", 0)]
    rows = []
    for choice in terms.instalments:
        for code, rate_ppm in grades:
            found = worked_out(terms, choice, rate_ppm, version.most_fen, day)
            first, price = found.payments[0], found.price
            cost, yearly, effective = money(found.cost_fen), shown_percent(price.yearly), shown_percent(price.effective)
            rows.append((choice.periods, code, money(first.amount_fen), cost, f"{yearly} %", f"{effective} %"))
    header = (_("Payments"), _("Grade"), _("First payment (yuan)"), _("Cost in all (yuan)"), _("A year (IRR × 12)"), _("Effective a year"))
    return table(header, rows)


def told(version: CreditProductVersion, day: date) -> SafeString:
    """What the app says of it, in both languages."""
    terms = terms_of.of(version)
    lines = (
        (_("Price"), price_words(version, day)),
        (_("Paid late"), late_words(terms)),
        (_("Paid ahead"), early_words(terms.early)),
        (_("Risk text"), (version.risk_text_en, version.risk_text_zh)),
    )
    return table((_("The app says"), "中文", "English"), ((name, zh, en) for name, (en, zh) in lines))


def whole_quote(found: CreditQuote) -> SafeString:
    """Each payment of a quote."""
    header = (_("No."), _("Due"), _("Payment (yuan)"), _("Principal (yuan)"), _("Interest (yuan)"), _("Fee (yuan)"), _("Left (yuan)"))
    rows = (
        (
            one.number,
            on(one.due_on),
            money(one.amount_fen),
            money(one.principal_fen),
            money(one.interest_fen),
            money(one.fee_fen),
            money(one.left_fen),
        )
        for one in found.payments
    )
    return table(header, rows)

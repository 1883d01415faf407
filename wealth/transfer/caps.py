"""What may be asked for a holding, for how long, at which fee, and from when on a second look is due."""

from django.utils.translation import gettext_lazy as _

from core.limits.sockets import CapKind, Unit

PREMIUM = CapKind("wealth.transfer_premium_bp", _("Highest premium of a transfer (bp)"), usual=300, most=5_000, least=0)
DISCOUNT = CapKind("wealth.transfer_discount_bp", _("Largest discount of a transfer (bp)"), usual=1_000, most=5_000, least=0)
LEAST = CapKind("wealth.transfer_least_fen", _("Least part of a holding that is offered (fen)"), usual=10_000, most=10_000_000)
RESERVED = CapKind("wealth.transfer_reserved", _("Transfers a buyer has reserved at once"), usual=3, most=100)
LAPSED = CapKind("wealth.transfer_lapsed_a_day", _("Transfers a buyer reserves and does not pay, a day"), usual=5, most=1_000)
FEE = CapKind("wealth.transfer_fee_bp", _("Fee of a transfer, of its price (bp)"), usual=20, most=1_000, least=0)
BLACKOUT = CapKind("wealth.transfer_blackout_days", _("Days before a maturity without transfers"), usual=3, most=90, unit=Unit.DAYS)
LASTS = CapKind("wealth.transfer_offer_days", _("Time an offer of a transfer is open"), usual=15, most=90, unit=Unit.DAYS)
MINUTES = CapKind("wealth.transfer_minutes_to_pay", _("Time to pay a transfer"), usual=15, most=1440, unit=Unit.MINUTES)
OFF_MARKET = CapKind(
    "wealth.transfer_off_market_bp", _("Premium away from its product's mean that is looked at (bp)"), usual=100, most=5_000
)
SAME_PAIR = CapKind("wealth.transfer_same_pair", _("Trades of the same two customers that are looked at"), usual=2, most=100)
WITHDRAWN = CapKind("wealth.transfer_withdrawn", _("Withdrawn offers of a customer that are looked at"), usual=5, most=1_000)
ALL = (PREMIUM, DISCOUNT, LEAST, RESERVED, LAPSED, FEE, BLACKOUT, LASTS, MINUTES, OFF_MARKET, SAME_PAIR, WITHDRAWN)

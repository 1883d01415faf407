"""The charts of portfolios: what customers have, by kind and by product, what came and went, their income, and what was paid out early."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.ledger import queries as ledger
from core.desk.addresses import list_of
from core.desk.charting import (
    CHARTS,
    Chart,
    Rank,
    Ranking,
    Series,
    Shape,
    Span,
    Tile,
    Unit,
    compared,
    share_bp,
    shown,
)
from wealth.catalog import accounts
from wealth.catalog import queries as catalog
from wealth.catalog.sockets import MATURING
from wealth.orders import queries as orders
from wealth.portfolio import queries
from wealth.portfolio.models import NO_PRODUCT
from wealth.portfolio.words import named

PAGE = "wealth.portfoliototal"
MOST = 10
DAY, WEEK, WEEKS = timedelta(days=1), timedelta(weeks=1), 13
FIGURES = ("value_fen", "paid_in_fen", "paid_out_fen", "income_fen")


@dataclass(frozen=True)
class Days:
    """What is kept of days, by day and kind: figures in the order of FIGURES. Days that are not kept have nothing to say. `last` is the
    last of them that every customer has."""

    wanted: Sequence[date]
    sums: Mapping[tuple[date, str], Mapping[str, int]]
    last: date | None

    @classmethod
    def of(cls, first: date, days: Sequence[date]) -> "Days":
        """With what is kept from `first` on, for what is compared."""
        kept = queries.kept_by_all()
        last = min(kept.last, days[-1]) if kept and kept.last >= days[0] else None
        rows = queries.totals(since=first, through=last or first).exclude(product_id=NO_PRODUCT).order_by()
        found = rows.values_list("day", "kind").annotate(**{f"all_{name}": Sum(name) for name in FIGURES})
        return cls(days, {(day, kind): dict(zip(FIGURES, map(int, figures), strict=True)) for day, kind, *figures in found}, last)

    def kinds(self) -> list[str]:
        return sorted({kind for _, kind in self.sums})

    def series(self, figure: str, kind: str | None = None) -> list[int | None]:
        """A value a day, of one kind or of all."""
        kinds = self.kinds() if kind is None else [kind]
        return [self.on(day, figure, kinds) for day in self.wanted]

    def on(self, day: date, figure: str, kinds: Sequence[str]) -> int | None:
        found = [self.sums[day, kind][figure] for kind in kinds if (day, kind) in self.sums]
        return sum(found) if found else None

    def total(self, figure: str, days: Sequence[date] | None = None, kinds: Sequence[str] | None = None) -> int:
        """Of the days shown and of all kinds, unless others are named."""
        among, wanted = set(self.wanted if days is None else days), self.kinds() if kinds is None else kinds
        return sum(one[figure] for (day, kind), one in self.sums.items() if day in among and kind in wanted)

    def earning(self) -> list[str]:
        """The kinds that are there to earn."""
        return [kind for kind in self.kinds() if kind != queries.PROTECTION]


class PortfolioCharts:
    order = 60

    def charts(self, *, span: Span) -> Iterable[Tile | Chart | Ranking]:
        days, products = Days.of((span.before or span.days)[0], span.days), catalog.sold()
        now = days.on(days.last, "value_fen", days.kinds()) or 0 if days.last else 0
        earned = days.total("income_fen", kinds=days.earning())
        yield Tile(
            _("Assets under management (yuan)"),
            shown(now, Unit.YUAN),
            PAGE,
            _("at the end of {day}").format(day=days.last) if days.last else _("no day is kept yet"),
            list_of(PAGE),
        )
        before = days.total("income_fen", span.before, days.earning())
        yield Tile(
            _("Income paid to customers (yuan)"),
            shown(earned, Unit.YUAN),
            PAGE,
            compared(earned, before, len(span.days)),
        )
        yield by_kind(days, now)
        yield net_flow(days)
        yield income(days, earned)
        yield by_product(days, products)
        yield maturities(span.days[-1])
        yield coverage(products)


def by_kind(days: Days, now: int) -> Chart:
    series = [Series(named(kind), days.series("value_fen", kind), Unit.YUAN) for kind in days.kinds()]
    said = _("Customers have {yuan} yuan of products at the end of {day}.").format(yuan=shown(now, Unit.YUAN), day=days.last)
    said = said if series else _("Nobody had a product.")
    return Chart("assets", _("Assets under management by kind (yuan)"), PAGE, said, series)


def net_flow(days: Days) -> Chart:
    came, went = days.total("paid_in_fen"), days.total("paid_out_fen")
    said = _("{came} yuan came in and {went} yuan went out.").format(came=shown(came, Unit.YUAN), went=shown(went, Unit.YUAN))
    series = [
        Series(_("In"), days.series("paid_in_fen"), Unit.YUAN),
        Series(_("Out"), days.series("paid_out_fen"), Unit.YUAN),
    ]
    drawn = series if came or went else []
    return Chart(
        "flows", _("Money in and out of products a day (yuan)"), PAGE, said if drawn else _("Nothing moved."), drawn, Shape.GROUPED
    )


def income(days: Days, earned: int) -> Chart:
    said = _("Customers earned {yuan} yuan.").format(yuan=shown(earned, Unit.YUAN)) if earned else _("Nobody earned anything.")
    series = [Series(named(kind), days.series("income_fen", kind), Unit.YUAN) for kind in days.earning()] if earned else []
    return Chart("incomes", _("Income paid to customers a day (yuan)"), PAGE, said, series, Shape.LINES)


def by_product(days: Days, products: Mapping[UUID, catalog.Product]) -> Ranking:
    """What customers have most of at the end of the last day."""
    header = (_("Product"), _("Customers"), _("Value (yuan)"), _("Share"))
    title = _("Assets under management by product")
    if days.last is None:
        return Ranking("products", title, PAGE, _("Nobody had a product."), header)
    rows = queries.totals(since=days.last, through=days.last).exclude(product_id=NO_PRODUCT).order_by().values_list("product_id")
    found = sorted(rows.annotate(fen=Sum("value_fen"), customers=Sum("customers")), key=lambda row: (-row[1], row[0]))
    whole = sum(row[1] for row in found)
    ranks = [
        Rank(products[product_id].code, customers, (shown(fen, Unit.YUAN), shown(share_bp(fen, whole), Unit.SHARE)))
        for product_id, fen, customers in found[:MOST]
    ]
    said = _("Products that customers have: {number}.").format(number=len(found)) if found else _("Nobody had a product.")
    return Ranking("products", title, PAGE, said, header, ranks)


def maturities(today: date) -> Ranking:
    """What falls due in the next weeks, by the week, from the day after `today` on."""
    weeks: dict[int, list[int]] = {}
    for due in [one for kind in MATURING for one in kind.ahead(since=today + DAY, through=today + WEEKS * WEEK)]:
        found = weeks.setdefault((due.day - today - DAY) // WEEK, [0, 0])
        found[0], found[1] = found[0] + due.holdings, found[1] + due.fen
    rows = [
        Rank(f"{today + DAY + week * WEEK} - {today + (week + 1) * WEEK}", holdings, (shown(fen, Unit.YUAN),))
        for week, (holdings, fen) in sorted(weeks.items())
    ]
    said = _("Nothing falls due in the next {weeks} weeks.").format(weeks=WEEKS)
    if rows:
        total = sum(fen for _holdings, fen in weeks.values())
        said = _("{yuan} yuan fall due in the next {weeks} weeks.").format(yuan=shown(total, Unit.YUAN), weeks=WEEKS)
    header = (_("Week"), _("Holdings"), _("To be paid (yuan)"))
    return Ranking("maturities", _("What falls due"), PAGE, said, header, rows)


def coverage(products: Mapping[UUID, catalog.Product]) -> Ranking:
    """What was paid out at once, beside the redemptions whose money the issuers still owe for it."""
    owed = orders.advanced()
    lent = ledger.balances_of(accounts.advance(product_id) for product_id in products)
    rows = []
    for product_id, product in products.items():
        balance = lent.get(accounts.advance(product_id).id)
        advanced, covered = -balance.posted if balance else 0, owed.get(product_id, 0)
        if advanced or covered:
            share = shown(share_bp(covered, advanced), Unit.SHARE)
            rows.append((advanced, Rank(product.code, advanced // 100, (shown(covered, Unit.YUAN), share))))
    header = (_("Product"), _("Advanced (whole yuan)"), _("Redemptions under way (yuan)"), _("Covered"))
    total = sum(advanced for advanced, _rank in rows)
    said = _("{yuan} yuan are paid out early.").format(yuan=shown(total, Unit.YUAN)) if rows else _("Nothing is paid out early.")
    ranks = [rank for _advanced, rank in sorted(rows, key=lambda row: -row[0])]
    return Ranking("coverage", _("Advances of fast redemptions and what covers them"), PAGE, said, header, ranks)


CHARTS.plug("wealth.portfolio", PortfolioCharts())

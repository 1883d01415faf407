"""Money funds with holders, and their days: quoted, cut off and booked by the end of day."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.identity.models import Customer
from accounts.ledger import queries as ledger
from accounts.ledger import services as books
from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import Leg
from core.approvals.services import applying
from core.business_day import queries as business_days
from core.business_day import services as business_day
from core.business_day.end_of_day import Outcome, catch_up
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.ids import SHARDS, new_id
from payments.wallet import journals as wallet
from tests import factories
from tests.ledger_proof import assert_books_balance
from tests.wealth.catalog.products import on_sale
from wealth.catalog import accounts
from wealth.catalog.models import Product
from wealth.current import late, queries
from wealth.current.correcting import Preview
from wealth.current.models import PARTS, CurrentHolding, CurrentMove
from wealth.current.services import moving, quotes
from wealth.current.services.quotes import Line
from wealth.current.states import Source

PEOPLE = {"maker": "staff:mary", "checker": "staff:carl"}
DAY = timedelta(days=1)


def fund(**values: object) -> Product:
    business_day.open_first_day(at=clock.now())
    return on_sale(**values)  # type: ignore[arg-type]


def holder(part: int | None = None) -> Customer:
    """A customer, of this part of holders if one is named."""
    made = factories.customer(verified_class=None, consents=False)
    if part is None:
        return made
    number = made.pk.int - made.pk.int % SHARDS + part * (SHARDS // PARTS)
    return Customer(pk=uuid.UUID(int=number))


def paid(product: Product, fen: int, at: datetime | None = None) -> None:
    """As W1 leaves it."""
    legs = [Leg(platform_account("clearing:channel:test"), -fen), Leg(accounts.payments(product.pk), fen)]
    books.post(journal_id=new_id(), event=wallet.TOP_UP, legs=legs, at=at or clock.now())


def bought(product: Product, who: Customer, fen: int, *, counts_from: date | None = None, fee: int = 0) -> CurrentMove:
    """Units confirmed today; they earn from today on unless another day is named."""
    paid(product, fen)
    return moving.buy(
        order_id=new_id(),
        customer_id=who.pk,
        product_id=product.pk,
        amount_fen=fen,
        fee_fen=fee,
        counts_from=counts_from or business_days.current(),
        at=clock.now(),
    )


def sold(product: Product, who: Customer, fen: int, *, fee: int = 0, fast: bool = False) -> CurrentMove:
    order_id, at = new_id(), clock.now()
    moving.freeze(order_id=order_id, customer_id=who.pk, product_id=product.pk, units_fen=fen, at=at)
    if fast:
        return moving.redeem_fast(order_id=order_id, at=at)
    return moving.redeem(order_id=order_id, fee_fen=fee, at=at)


def quoted(product: Product, income: str, day: date | None = None) -> None:
    """What the issuer says of a day, the open one unless named."""
    day = day or business_days.current()
    quotes.take(product.pk, day, Decimal(income), None, Source.ISSUER, start_of_day(day + DAY))


def revised(product: Product, income: str, day: date) -> Preview:
    """By two people, and booked; returns what was previewed."""
    at, line = start_of_day(business_days.current()), Line(product.pk, day, Decimal(income))
    seen = quotes.preview(line=line, at=at)
    with applying(quotes.REVISE, **PEOPLE):
        quotes.revise(line=line, seen=seen, at=at)
    late.catch_up_all(at=at)
    return seen


def end_day() -> Outcome:
    """The open day cut off and closed; the next one is open."""
    day = business_days.current()
    done = catch_up(at=start_of_day(day + DAY))
    assert done.failed == []
    assert done.closed[-1] == day
    return done


def held(product: Product, who: Customer) -> CurrentHolding:
    found = queries.holding(who.pk, product.pk)
    assert found is not None
    return found


def state(product: Product, who: Customer) -> tuple[int, int]:
    """Net units and the residual."""
    found = held(product, who)
    return found.units_fen - found.owed_fen, found.residual_e8


def assert_sound(product: Product) -> None:
    """The books balance, and the holdings are what customers have at the product."""
    assert_books_balance()
    rows = CurrentHolding.objects.filter(product=product)
    assert ledger.balance(accounts.holdings(product.pk)).posted == sum(row.units_fen - row.owed_fen for row in rows)

"""Cases of ledger.md by number: floor, waterfall, foreign exchange."""

import pytest

from accounts.ledger import queries, services
from accounts.ledger.legs import credit, debit
from accounts.ledger.models import Journal, LedgerBalance
from accounts.ledger.refusals import InsufficientFunds
from accounts.ledger.waterfall import AtMost, NotCovered, Source, draw
from core.ids import new_id
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance

pytestmark = pytest.mark.usefixtures("ledger")


def test_a_balance_of_89_with_a_limit_of_10_refuses_100_and_90_ends_at_minus_10() -> None:
    account, shop = user(role="test:limit10"), user()
    move(world(), account, 89)
    with pytest.raises(InsufficientFunds):
        move(account, shop, 100)
    assert queries.balance(account).posted == 89
    move(world(), account, 1)
    move(account, shop, 100)
    assert queries.balance(account).posted == -10
    assert_books_balance()


def test_a_balance_of_minus_50_without_a_limit_refuses_100_and_nothing_is_written() -> None:
    account, shop, first = user(), user(), new_id()
    move(world(), account, 50, journal_id=first)
    move(account, shop, 50)
    services.reverse(journal_id=new_id(), reverses=first, event="test.forced", at=AT)
    assert queries.balance(account).posted == -50
    before = Journal.objects.count(), LedgerBalance.objects.get(account_id=account.id).version
    with pytest.raises(InsufficientFunds):
        move(account, shop, 100)
    assert (Journal.objects.count(), LedgerBalance.objects.get(account_id=account.id).version) == before
    assert queries.balance(account).posted == -50


def test_a_payment_of_100_drawn_from_sources_in_order_takes_10_20_20_50_in_one_journal() -> None:
    foo, bar, baz, qux, shop = user(role="test:limit10"), user(role="test:free"), user(role="test:free"), user(), user()
    move(world(), qux, 60)
    first = AtMost(50, [Source(foo, 10), Source(bar, 20), Source(baz)])
    parts = draw(100, [first, Source(qux)])
    assert [amount for _, amount in parts] == [10, 20, 20, 50]
    legs = [debit(account, amount) for account, amount in parts]
    services.post(journal_id=new_id(), event="test.moved", legs=[*legs, credit(shop, 100)], at=AT)
    assert [queries.balance(account).posted for account in (foo, bar, baz, qux, shop)] == [-10, -20, -20, 10, 100]
    assert_books_balance()


def test_sources_that_do_not_reach_the_amount_say_how_much_is_missing() -> None:
    with pytest.raises(NotCovered) as caught:
        draw(100, [Source("a", 10), AtMost(5, [Source("b")]), Source("c", 0)])
    assert caught.value.missing == 85


def test_a_limit_below_zero_gives_nothing_and_never_takes() -> None:
    assert draw(10, [AtMost(-5, [Source("a")]), Source("b")]) == [("b", 10)]
    assert draw(10, [Source("a", -5), AtMost(7, [AtMost(-1, [Source("c")]), Source("d")]), Source("b")]) == [("d", 7), ("b", 3)]
    with pytest.raises(NotCovered) as caught:
        draw(10, [AtMost(-5, [Source("a")])])
    assert caught.value.missing == 10
    with pytest.raises(ValueError, match="cannot be drawn"):
        draw(-1, [Source("a")])


def test_foreign_exchange_through_trading_accounts_balances_in_each_currency() -> None:
    cash_cad, cash_usd = user(role="test:free", asset="CAD"), user(role="test:free", asset="USD")
    food = user(role="test:free", asset="CAD")
    trade_cad, trade_usd = user(role="test:free", asset="CAD"), user(role="test:free", asset="USD")
    move(world("CAD"), cash_cad, 200)

    def exchange(sold, amount_sold, bought, amount_bought) -> None:
        trades = {"CAD": trade_cad, "USD": trade_usd}
        legs = [
            debit(sold, amount_sold), credit(trades[sold.asset], amount_sold),
            debit(trades[bought.asset], amount_bought), credit(bought, amount_bought),
        ]  # fmt: skip
        services.post(journal_id=new_id(), event="test.moved", legs=legs, at=AT)

    exchange(cash_cad, 120, cash_usd, 100)
    exchange(cash_usd, 40, food, 52)
    exchange(cash_usd, 60, cash_cad, 75)
    move(cash_cad, food, 20)
    balances = {name: queries.balance(account).posted for name, account in
                [("CAD", cash_cad), ("USD", cash_usd), ("food", food), ("trade CAD", trade_cad), ("trade USD", trade_usd)]}  # fmt: skip
    assert balances == {"CAD": 135, "USD": 0, "food": 72, "trade CAD": 120 - 52 - 75, "trade USD": 0}
    assert balances["trade CAD"] == -7
    assert_books_balance()

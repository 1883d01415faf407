"""The oracle of every scenario test: the books balance, and nothing is left set aside."""

from accounts.ledger import check
from accounts.ledger.models import Hold


def assert_books_balance(*, open_holds: int = 0) -> None:
    """Assert that `ledger_check` finds nothing and that exactly `open_holds` holds are open."""
    assert check.findings() == []
    assert Hold.objects.filter(state=Hold.State.OPEN).count() == open_holds

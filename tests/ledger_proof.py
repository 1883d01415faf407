"""The oracle of every scenario test: the books balance, and nothing is left set aside."""

from datetime import date

from django.db import connection, transaction

from accounts.ledger import check
from accounts.ledger.models import Hold


def assert_books_balance(*, open_holds: int = 0) -> None:
    """Assert that `ledger_check` finds nothing and that exactly `open_holds` holds are open."""
    assert check.findings() == []
    assert Hold.objects.filter(state=Hold.State.OPEN).count() == open_holds


def behind_its_back(sql: str, *values: object) -> None:
    """Change the database as its owner may, with no trigger to refuse it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def found_of(room: str, since: date | None = None) -> list[tuple[str, str]]:
    """What `ledger_check` finds of one room's rows: check and subject."""
    return [(one.check, one.subject) for one in check.findings(since) if one.check.startswith(f"{room}.")]

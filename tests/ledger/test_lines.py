"""Reading an account's lines costs what the account is long, however many journals others have."""

import json
from typing import Any

import pytest
from django.db import connection

from accounts.ledger import batch, lines
from accounts.ledger.accounts import AccountRef
from accounts.ledger.legs import Draft, credit, debit
from accounts.ledger.lines import LineFilter
from core.ids import new_id
from tests.ledger.conftest import AT, user, world

OWN = 6
OTHERS = 60


def move(account: AccountRef, amount: int, event: str = "test.moved") -> Draft:
    return Draft(new_id(), event, [debit(world(), amount), credit(account, amount)])


@pytest.fixture
def reader(ledger: None) -> AccountRef:
    """Six lines of one account, 1 to 6 fen, the even ones seized, among sixty journals of others."""
    mine = user()
    own = [move(mine, fen, "test.moved" if fen % 2 else "test.seized") for fen in range(1, OWN + 1)]
    batch.post_all([*own, *(move(user(), 7) for _ in range(OTHERS))], at=AT)
    return mine


def journals_read(wanted: LineFilter, account: AccountRef) -> int:
    """How many journals PostgreSQL reads for a page of lines. It would read small tables whole: that is taken from it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    page = lines.lines(account, wanted).order_by("-posted_at", "-version")[:50]
    plan = json.loads(page.explain(format="json", analyze=True))[0]["Plan"]
    return sum(read(node) for node in walk(plan) if node.get("Relation Name", "").startswith("ledger_journal"))


def walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node] + [below for child in node.get("Plans", []) for below in walk(child)]


def read(node: dict[str, Any]) -> int:
    return int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


@pytest.mark.parametrize(
    ("wanted", "amounts"),
    [
        (LineFilter(events=["test.moved"]), [5, 3, 1]),
        (LineFilter(not_events=["test.moved", "test.charged"]), [6, 4, 2]),
        (LineFilter(not_events=["test.charged"]), [6, 5, 4, 3, 2, 1]),
        (LineFilter(events=["test.moved"], not_events=["test.moved"]), []),
    ],
)
def test_lines_by_event_read_the_journals_of_their_own_account_alone(reader: AccountRef, wanted: LineFilter, amounts: list[int]) -> None:
    found = lines.lines(reader, wanted).order_by("-posted_at", "-version")
    assert list(found.values_list("amount", flat=True)) == amounts
    assert 0 < journals_read(wanted, reader) <= 2 * OWN

"""A bill of 10,000 lines with every kind of break in it: all found, what mends itself mended, nothing else touched."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.ledger import check
from core.business_day import services as business_day
from core.clock import queries as clock
from payments.channels.models import Break
from payments.reconciliation import services
from payments.reconciliation.models import ReconLine
from tests.factories import customer
from tests.payments.reconciliation.world import CHANNEL, clearing, line, paid, statement
from tests.query_counts import assert_queries_do_not_grow

pytestmark = pytest.mark.django_db
LINES = 10_000


def test_ten_thousand_lines_with_every_kind_of_break() -> None:
    at = clock.now()
    day = business_day.open_first_day(at=at).day
    amounts = [1_000 + place % 9_000 for place in range(LINES)]
    ids = paid(customer().id, amounts, day=day, at=at)
    listed = [line(place + 1, one, amount) for place, (one, amount) in enumerate(zip(ids, amounts, strict=True))]
    changed = {
        10: line(11, ids[10], amounts[10] + 1),
        20: line(21, ids[20], amounts[20], fee_fen=listed[20].fee_fen + 40),
        21: line(22, ids[21], amounts[21], fee_fen=listed[21].fee_fen + 1),
        30: line(31, ids[30], amounts[30], status="PROCESSING"),
    }
    lines = [changed.get(place, one) for place, one in enumerate(listed) if place not in (50, 51)]
    lines += [line(LINES + 1, None, 1_234), line(LINES + 2, ids[60], amounts[60]), line(LINES + 3, uuid4(), 99)]
    run = services.begin(channel=CHANNEL, day=day, at=at)
    services.take(run_id=run.id, got=[statement(day, lines)], at=at)
    run = services.carry_on(run_id=run.id, at=at)
    assert run.state == "matched"
    kinds = Counter(Break.objects.values_list("kind", flat=True))
    assert kinds == {"amount": 1, "fee": 1, "status": 1, "cut_off": 2, "theirs_only": 2, "duplicate": 1}
    states = Counter(ReconLine.objects.values_list("state", flat=True))
    assert states == {"booked": LINES - 2 - 3, "broken": 6}
    open_fen = sum(amounts[place] for place in (10, 20, 30, 50, 51))
    assert clearing() == open_fen
    following = services.begin(channel=CHANNEL, day=day + timedelta(days=1), at=at)
    services.take(run_id=following.id, got=[statement(following.day, [line(1, ids[50], amounts[50])])], at=at)
    assert Counter(Break.objects.filter(state="open").values_list("kind", flat=True)) == {
        "amount": 1, "fee": 1, "status": 1, "theirs_only": 2, "duplicate": 1, "ours_only": 1,
    }  # fmt: skip
    assert check.findings() == []


def test_the_number_of_queries_does_not_grow_with_the_lines() -> None:
    at = clock.now()
    day = business_day.open_first_day(at=at).day
    owner = customer().id
    following = iter(range(1, 10))

    def reconcile(size: int) -> None:
        ids = paid(owner, [500] * size, day=day, at=at)
        run = services.begin(channel=CHANNEL, day=day - timedelta(days=next(following)), at=at)
        lines = [line(place + 1, one, 500) for place, one in enumerate(ids)]
        services.take(run_id=run.id, got=[statement(run.day, [*lines, line(size + 1, None, 7)])], at=at)
        assert services.carry_on(run_id=run.id, at=at).state == "matched"

    assert_queries_do_not_grow(reconcile, 3, 60, at_most=80)

"""Borrowing and paying back from the wallet."""

import pytest

from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.errors import DomainError
from credit.debts import accounts, book, queries
from credit.debts.models import Allocation, Instalment, Plan
from credit.debts.refusals import CreditQuoteChanged, DebtSettled, RepaymentTooMuch
from credit.debts.services import drawing, keeping
from credit.debts.states import Toward
from credit.lines.refusals import LineExceeded, LineOwes
from credit.lines.services import changing
from tests.credit.debts.world import AMOUNT, assert_agrees, borrower, drawn, repaid, shown
from tests.credit.lines.world import LIMIT, fresh
from tests.ledger_proof import assert_books_balance
from tests.payments.wallet.world import fund, posted, proven

pytestmark = pytest.mark.django_db(transaction=True)


def test_money_is_lent_at_what_was_shown_and_the_schedule_shown_is_the_schedule_booked() -> None:
    who, line = borrower()
    draw = drawn(who, line)
    assert posted(who) == AMOUNT
    rows = queries.instalments(draw.pk)
    told = [(one["number"], one["due_on"], one["principal"], one["interest"]) for one in draw.quote["payments"]]
    assert [(row.number, row.due_on.isoformat(), row.principal_fen, row.interest_fen) for row in rows] == told
    assert (draw.rate_ppm, sum(row.principal_fen for row in rows), fresh(line).used_fen) == (146_000, AMOUNT, AMOUNT)
    assert_agrees(line)
    with pytest.raises(LineExceeded):
        drawn(who, line, LIMIT - AMOUNT + 1)
    with pytest.raises(LineOwes):
        changing.close_own(customer_id=who.pk, line_id=line.pk, at=clock.now())
    assert_books_balance()


def test_nothing_is_lent_at_what_was_not_shown_or_without_a_proof() -> None:
    who, line = borrower()
    at = clock.now()
    intent = proven(who, amount_fen=AMOUNT, payee=line.public_id, purpose=drawing.PURPOSE)
    facts = {"line_id": line.pk, "amount_fen": AMOUNT, "periods": 6, "at": at}
    with pytest.raises(CreditQuoteChanged):
        drawing.draw(intent=intent, shown_sha256="0" * 64, **facts)
    other = proven(who, amount_fen=AMOUNT - 1, payee=line.public_id, purpose=drawing.PURPOSE)
    with pytest.raises(DomainError) as refused:
        drawing.draw(intent=other, shown_sha256=shown(line, AMOUNT, 6, at), **facts)
    assert refused.value.code == "proof_mismatch"
    assert (posted(who), fresh(line).used_fen, Instalment.objects.count()) == (0, 0, 0)


def test_paid_ahead_in_part_another_plan_follows_and_paid_in_full_it_is_settled() -> None:
    who, line = borrower()
    draw = drawn(who, line)
    repaid(who, draw, 200_000, strategy="smaller")
    assert_agrees(line)
    parts = dict(Allocation.objects.values_list("toward", "amount_fen"))
    assert parts == {Toward.PRINCIPAL: 199_005, Toward.FEE: 995}
    assert list(Plan.objects.order_by("number").values_list("state", flat=True)) == ["superseded", "current"]
    fund(who, 100_000)
    draw.refresh_from_db()
    kept = keeping.read(queries.draw(draw.pk))
    whole = book.to_settle(kept.debt, clock.local_day(clock.now()))
    with pytest.raises(RepaymentTooMuch):
        repaid(who, draw, whole.amount_fen + 1)
    repaid(who, draw, whole.amount_fen)
    draw.refresh_from_db()
    assert (draw.state, fresh(line).used_fen, balance(accounts.principal(line.pk)).posted) == ("settled", 0, 0)
    assert posted(who) == AMOUNT + 100_000 - 200_000 - whole.amount_fen
    with pytest.raises(DebtSettled):
        repaid(who, draw, 1)
    changing.close_own(customer_id=who.pk, line_id=line.pk, at=clock.now())
    assert_books_balance()

"""Fixed terms at the desk: holdings, what matures when, runs, and asking an issuer again."""

import pytest
from django.urls import reverse

from core.approvals import services as approvals
from core.approvals.models import Approval
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.work.sockets import WORK_KINDS
from tests.desk.people import staff, verified
from tests.wealth.current.world import holder
from tests.wealth.fixed_term.world import ask_issuer, brought, deposits, mature_on, put_away
from tests.wealth.orders.world import reject_all
from wealth.catalog.models import Product
from wealth.fixed_term.admin import FixedTermFigures, FixedTermsPanel
from wealth.fixed_term.models import FixedHolding
from wealth.fixed_term.services import asking
from wealth.issuers.models import IssuerRequest

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_holding_tells_its_whole_story_in_both_languages(steady: Product) -> None:
    lot = put_away(steady, instruction="roll_principal")
    mature_on(lot.matures_on)
    client = verified(staff("mia", "finance_maker"))
    page = reverse("admin:wealth_fixedholding_change", args=[lot.pk])
    text = client.get(page).content.decode()
    for words in (lot.public_id, "1,000.00", "3.10", "2.54", "What was promised", "Moves"):
        assert words in text, words
    assert "承诺条款" in client.get(page, headers={"Accept-Language": "zh-hans"}).content.decode()
    for name in ("fixedholding", "fixedrun"):
        assert client.get(reverse(f"admin:wealth_{name}_changelist")).status_code == 200
    panel = FixedTermsPanel().panel(customer_id=lot.customer_id, at=clock.now())
    assert len(panel.rows) == 1
    assert WORK_KINDS.get(asking.NOT_ASKED) is not None


def test_what_matures_when_is_summed_by_day_week_or_month_and_product(steady: Product) -> None:
    other = deposits(term_days=31)
    for product, fen in ((steady, 100_000), (steady, 200_000), (other, 50_000)):
        brought(product, holder(), fen, instruction="roll_all" if fen == 200_000 else "pay_out")
    client = verified(staff("mia", "finance_maker"))
    for period in ("day", "week", "month"):
        text = client.get(reverse("admin:fixed_term_ladder"), {"period": period}).content.decode()
        for words in (steady.code, other.code, "3,000.00", "500.00"):
            assert words in text, (period, words)
    assert client.get(reverse("admin:fixed_term_ladder"), {"period": "decade"}).status_code == 200


def test_lots_past_their_day_are_counted_on_the_first_page(steady: Product) -> None:
    lot = brought(steady, holder())
    late = start_of_day(lot.matures_on.replace(year=lot.matures_on.year + 1))
    assert FixedTermFigures().figures(at=clock.now()) == []
    [figure] = FixedTermFigures().figures(at=late)
    assert str(figure.value) == "1"


def test_an_issuer_is_asked_again_from_the_holdings_page_by_two_people(steady: Product) -> None:
    lot = put_away(steady)
    mature_on(lot.matures_on)
    ask_issuer(lot.matures_on)
    reject_all(start_of_day(lot.matures_on), code="CLOSED")
    client = verified(staff("mia", "finance_maker"))
    answer = client.post(reverse("admin:wealth_fixedholding_ask-again", args=[lot.pk]), {"reason": "as agreed by telephone"})
    assert answer.status_code == 302
    assert FixedHolding.objects.get(pk=lot.pk).due_at is None
    approvals.approve(approval_id=Approval.objects.get(state="pending").id, checker=staff("carl", "finance_checker"), at=clock.now())
    assert FixedHolding.objects.get(pk=lot.pk).due_at is not None
    assert ask_issuer(lot.matures_on) == 1
    assert IssuerRequest.objects.filter(business=asking.BUSINESS).count() == 2

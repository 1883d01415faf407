"""Insurance with the real sandbox insurer: what it is asked leaves over HTTP, and its signed files accept, decline, or come late."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.business_day.queries import next_trading_day
from core.clock.queries import offset
from tests.payments.wallet.world import posted
from tests.sandbox_issuer import SandboxIssuer, sandbox_issuer
from tests.wealth.insurance.world import PREMIUM, applied, approved, assert_whole, day, fresh, order, premium, quoted, sweep
from tests.wealth.issuers.world import connect_platform, fetched
from tests.wealth.orders.test_issuer import sent_all
from tests.wealth.orders.world import FEN, go_on, order_of, paid, saver
from wealth.catalog.models import Product
from wealth.insurance import queries
from wealth.insurance.models import InsuranceClaim, InsurancePolicy
from wealth.insurance.services import claiming
from wealth.issuers.models import IssuerRequest

__all__ = ["sandbox_issuer"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def insurer(opened: None, sandbox_issuer: SandboxIssuer, settings: Any) -> Iterator[SandboxIssuer]:
    sandbox_issuer.switches_off()
    connect_platform(sandbox_issuer, settings)
    yield sandbox_issuer
    sandbox_issuer.switches_off()
    offset.forget()


def issued(insurer: SandboxIssuer, product: Product) -> InsurancePolicy:
    """Issued by the insurer's own file, which keeps three per cent for us."""
    insurer.control("PUT", f"products/{product.code}", {"fee_bp": 300})
    who = saver(FEN)
    row = paid(who, order_of(order(who, product, applied(who, quoted(who, product))).json()))
    go_on(row.cut_at)
    sent_all(insurer, row.trade_on)
    assert fetched(insurer, row.confirms_on).state == "settled"
    return queries.own_policies(who.id).get()


def asked(insurer: SandboxIssuer, **switch: Any) -> tuple[IssuerRequest, Any]:
    """What waits leaves for the insurer; its request, and the day of the file that answers."""
    request = IssuerRequest.objects.get(state="created")
    if switch:
        insurer.switch(switch.pop("name"), number=request.number, **switch)
    sent_all(insurer, request.trade_on)
    return request, next_trading_day(request.trade_on)


def claimed(policy: InsurancePolicy) -> InsuranceClaim:
    claim = claiming.open_claim(
        customer_id=policy.customer_id,
        policy_id=policy.id,
        event_on=policy.starts_on,
        words="I broke my leg.",
        asked_fen=5_000,
        at=day(policy.starts_on),
    )
    approved(claim.public_id, 5_000)
    sweep(day(policy.starts_on))
    return claim


def test_the_insurers_files_issue_a_policy_and_pay_a_claim_when_they_come(insurer: SandboxIssuer, term_life: Product) -> None:
    policy = issued(insurer, term_life)
    first = premium(policy, 1)
    assert (policy.insurer_no[:2], first.state, first.fee_fen) == ("IS", "booked", PREMIUM * 3 // 100)
    claim = claimed(policy)
    _, answers_on = asked(insurer)
    insurer.switch("file_late", day=str(answers_on), times=0)
    assert fetched(insurer, answers_on).state == "waiting"
    claim.refresh_from_db()
    assert (claim.state, posted(policy.customer)) == ("asked", FEN - PREMIUM)
    insurer.switches_off()
    assert fetched(insurer, answers_on, 9).state == "settled"
    claim.refresh_from_db()
    assert (claim.state, claim.paid_fen, posted(policy.customer)) == ("paid", 5_000, FEN - PREMIUM + 5_000)
    assert_whole()


def test_the_insurer_declines_a_claim_in_its_file(insurer: SandboxIssuer, term_life: Product) -> None:
    policy = issued(insurer, term_life)
    claim = claimed(policy)
    _, answers_on = asked(insurer, name="reject_in_file", params={"code": "CLAIM_DECLINED"})
    fetched(insurer, answers_on)
    claim.refresh_from_db()
    assert (claim.state, claim.code, posted(policy.customer)) == ("declined", "CLAIM_DECLINED", FEN - PREMIUM)
    assert fresh(policy).state == "cooling_off"
    assert_whole()

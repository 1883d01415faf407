"""Many at once at one premium, one application, one policy and one claim, and kill -9 inside a debit and a payout: each happens once."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.identity.models import Customer
from core.approvals import services as approvals
from core.clock import queries as clock
from core.errors import DomainError
from core.ids import parse_public_id
from payments.cashier import queries as cashier
from tests import processes
from tests.payments.cashier.world import BALANCE, approved, pay
from tests.payments.wallet.world import posted
from tests.together import together
from tests.wealth.catalog.products import staff as operator
from tests.wealth.insurance.world import (
    PREMIUM,
    answered,
    applied,
    assert_whole,
    be_at,
    day,
    decided,
    fresh,
    insured,
    premium,
    quoted,
    sweep,
)
from tests.wealth.orders.world import FEN, api, confirm_all, saver
from wealth.catalog.models import Product
from wealth.insurance import queries
from wealth.insurance.models import InsuranceApplication, InsurancePolicy, PolicyPayout
from wealth.insurance.refusals import ApplicationNotAccepted
from wealth.insurance.services import claiming, collecting, giving_back, stepping
from wealth.issuers.queries import IssuerRequest
from wealth.orders.services import buying

pytestmark = pytest.mark.django_db(transaction=True)
ONE_DAY = timedelta(days=1)


def test_the_balance_and_the_cashier_at_the_same_moment_pay_a_premium_once(term_life: Product) -> None:
    who, policy = insured(term_life, auto_debit=True)
    sweep(day(policy.cooling_until + ONE_DAY))
    row = premium(policy, 2)
    be_at(day(row.due_on))
    made = api(who, "post", f"insurance/premiums/{row.public_id}/pay").json()
    at_cashier = cashier.order(parse_public_id("ord", made["pay_order_id"]))
    approved(who, at_cashier, BALANCE)

    def act(number: int) -> Any:
        if number:
            return collecting.debit(premium_id=row.id, at=clock.now())
        return pay(who, at_cashier, BALANCE, pin=True)

    together(act, 2)
    assert (premium(policy, 2).state, posted(who)) == ("paid", FEN - 2 * PREMIUM)
    answered(clock.now())
    assert (premium(policy, 2).state, posted(who)) == ("booked", FEN - 2 * PREMIUM)
    sweep(clock.now() + timedelta(minutes=30))
    assert_whole()


def test_what_the_balance_paid_first_the_cashier_refuses(term_life: Product) -> None:
    who, policy = insured(term_life, auto_debit=True)
    sweep(day(policy.cooling_until + ONE_DAY))
    row = premium(policy, 2)
    be_at(day(row.due_on))
    made = api(who, "post", f"insurance/premiums/{row.public_id}/pay").json()
    assert api(who, "post", f"insurance/premiums/{row.public_id}/pay").json() == made
    assert collecting.debit(premium_id=row.id, at=clock.now())
    at_cashier = cashier.order(parse_public_id("ord", made["pay_order_id"]))
    with pytest.raises(collecting.PremiumNotDue):
        pay(who, at_cashier, BALANCE, pin=True)
    assert posted(who) == FEN - 2 * PREMIUM


def test_killed_inside_a_debit_nothing_of_it_is_there_and_it_happens_once(term_life: Product) -> None:
    who, policy = insured(term_life, auto_debit=True)
    sweep(day(policy.cooling_until + ONE_DAY))
    row = premium(policy, 2)
    at = day(row.due_on)
    processes.killed_at("there", "tests/wealth/insurance/crash_process.py", "debit", str(row.id), at.isoformat())
    assert (premium(policy, 2).state, posted(who)) == ("open", FEN - PREMIUM)
    processes.wait_until(lambda: collecting.debit(premium_id=row.id, at=at), "the premium stays locked")
    assert not collecting.debit(premium_id=row.id, at=at)
    assert posted(who) == FEN - 2 * PREMIUM
    answered(at)
    assert_whole()


def test_many_workers_take_pass_on_and_book_a_premium_once(term_life: Product) -> None:
    who, policy = insured(term_life, auto_debit=True)
    together(lambda _: stepping.step(policy_id=policy.id, at=day(policy.cooling_until + ONE_DAY)), 4)
    row, asked = premium(policy, 2), IssuerRequest.objects.count()
    at = day(row.due_on)
    taken = together(lambda _: collecting.debit(premium_id=row.id, at=at), 5)
    assert sorted(taken) == [False, False, False, False, True]
    passed = together(lambda _: collecting.pass_on(premium_id=row.id, at=at), 5)
    assert sorted(passed) == [False, False, False, False, True]
    assert (posted(who), IssuerRequest.objects.count()) == (FEN - 2 * PREMIUM, asked + 1)
    confirm_all(at)
    request = IssuerRequest.objects.get(business=collecting.BUSINESS)
    together(lambda _: collecting.confirmed(request=request, at=at), 3)
    assert premium(policy, 2).state == "booked"
    assert_whole()


def test_one_application_ordered_many_times_at_once_makes_one_order(term_life: Product) -> None:
    who = saver(FEN)
    application = applied(who, quoted(who, term_life))

    def act(_: int) -> Any:
        details = {"application_id": application["id"]}
        return buying.buy(customer_id=who.id, product_id=term_life.id, amount_fen=PREMIUM, details=details, at=clock.now())

    answers = together(act, 4)
    assert sum(isinstance(one, ApplicationNotAccepted) for one in answers) == 3
    assert InsuranceApplication.objects.get().state == "ordered"


def test_a_policy_ended_many_times_at_once_is_paid_once(term_life: Product) -> None:
    who, policy = insured(term_life)
    at = clock.now()

    def act(_: int) -> Any:
        return giving_back.end(customer_id=who.id, policy_id=policy.id, shown_fen=PREMIUM - 1_000, at=at)

    answers = together(act, 4)
    assert sum(isinstance(one, giving_back.PolicyOver) for one in answers) == 3
    answered(at)
    assert (fresh(policy).state, posted(who)) == ("withdrawn", FEN - 1_000)
    assert_whole()


def claimed(who: Customer, policy: InsurancePolicy, amount: int) -> str:
    be_at(day(policy.starts_on))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": amount}
    made: str = api(who, "post", "insurance/claims", claim).json()["id"]
    return made


def test_people_who_approve_and_decline_one_claim_at_the_same_moment_decide_it_once(term_life: Product) -> None:
    who, policy = insured(term_life)
    claim_id, people = claimed(who, policy, 700), [operator(f"checker{number}", "finance_checker") for number in range(4)]
    maker, at, words = operator("mo", "finance_maker"), clock.now(), {"target": claim_id, "why": "as the bill says"}
    acts = {claiming.APPROVE: words | {"amount": 700, "last": True}, claiming.DECLINE: words}
    asked = [approvals.propose(act=act, payload=payload, maker=maker, reason="seen by us", at=at).id for act, payload in acts.items()]

    def act(number: int) -> Any:
        return approvals.approve(approval_id=asked[number % 2], checker=people[number], at=at)

    answers = together(act, len(people))
    assert sum(isinstance(one, DomainError) for one in answers) == len(people) - 1, answers
    answered(at)
    state, payouts = queries.claim(parse_public_id("inc", claim_id)).state, PolicyPayout.objects.count()
    assert (state, payouts, posted(who)) in [("declined", 0, FEN - PREMIUM), ("paid", 1, FEN - PREMIUM + 700)]
    assert_whole()


def test_a_claim_withdrawn_while_it_is_approved_is_one_of_both(term_life: Product) -> None:
    who, policy = insured(term_life)
    claim_id = claimed(who, policy, 700)
    key = parse_public_id("inc", claim_id)

    def act(number: int) -> Any:
        if number:
            return decided(claiming.APPROVE, claim_id, amount=700, last=True)
        return claiming.withdraw(customer_id=who.id, claim_id=key, at=clock.now())

    together(act, 2)
    answered(clock.now())
    state, payouts = queries.claim(key).state, PolicyPayout.objects.count()
    assert (state, payouts, posted(who)) in [("withdrawn", 0, FEN - PREMIUM), ("paid", 1, FEN - PREMIUM + 700)]
    assert_whole()


def test_killed_inside_a_payout_nothing_of_it_is_there_and_it_is_paid_once(term_life: Product) -> None:
    who, policy = insured(term_life)
    decided(claiming.APPROVE, claimed(who, policy, 700), amount=700, last=True)
    at = clock.now()
    sweep(at)
    request = IssuerRequest.objects.get(business=giving_back.BUSINESS)
    processes.killed_at("there", "tests/wealth/insurance/crash_process.py", "paid_out", str(request.id), at.isoformat())
    assert (PolicyPayout.objects.get().state, fresh(policy).claimed_fen, posted(who)) == ("asked", 0, FEN - PREMIUM)
    answered(at)
    assert (PolicyPayout.objects.get().state, fresh(policy).claimed_fen, posted(who)) == ("paid", 700, FEN - PREMIUM + 700)
    together(lambda _: giving_back.confirmed(request=request, at=at), 3)
    assert posted(who) == FEN - PREMIUM + 700
    assert_whole()

"""A policy from quote to its end, over the API: cooling-off, premiums, lapse and reinstatement, claims."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.ledger.queries import balance
from core.clock import queries as clock
from core.clock.queries import start_of_day
from core.outbox.models import OutboxEvent
from tests.ledger_proof import behind_its_back
from tests.payments.wallet.world import posted
from tests.wealth.insurance.world import (
    COVER,
    PDF,
    PREMIUM,
    answered,
    applied,
    approved,
    assert_whole,
    be_at,
    by_hand,
    day,
    decided,
    fresh,
    insurance,
    insured,
    of_day,
    order,
    premium,
    quoted,
    refused,
    sweep,
)
from tests.wealth.orders.world import FEN, api, saver
from wealth.catalog import accounts
from wealth.catalog.models import Product
from wealth.insurance import journals
from wealth.insurance.held import Policies
from wealth.insurance.models import PolicyLapse, PolicyPayout
from wealth.insurance.services import claiming, going_on

pytestmark = pytest.mark.django_db(transaction=True)
ONE_DAY = timedelta(days=1)


def at_insurer(product: Product) -> int:
    return -balance(accounts.issuer(product.id)).posted


def test_a_quote_becomes_a_policy_in_its_cooling_off_with_all_its_premiums(term_life: Product) -> None:
    who, policy = insured(term_life)
    read = api(who, "get", f"insurance/policies/{policy.public_id}").json()
    assert (read["state"], read["cover"], read["premium"], read["cover_left"]) == ("cooling_off", COVER, PREMIUM, COVER)
    assert posted(who) == FEN - PREMIUM
    rows = api(who, "get", f"insurance/policies/{policy.public_id}/premiums").json()["items"]
    assert [row["number"] for row in rows] == list(range(1, 13))
    assert [row["state"] for row in rows] == ["booked", *["open"] * 11]
    assert rows[0]["due_on"] == read["starts_on"]
    assert rows[-1]["until_on"] == read["ends_on"]
    assert at_insurer(term_life) == -PREMIUM
    sweep(clock.now())
    answer = api(who, "get", f"insurance/policies/{policy.public_id}/document")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert_whole()


def test_the_calculator_says_what_ending_a_policy_will_give_back(term_life: Product) -> None:
    who, policy = insured(term_life)

    def calculated(days: int, amount: int = PREMIUM) -> Any:
        return api(who, "get", f"products/{term_life.public_id}/calculator", {"amount": amount, "days": days}).json()["outcome"]

    early, later, second = calculated(5), calculated(20), calculated(40)
    assert (early["amount"], early["fee"], early["end"], early["certain"]) == (PREMIUM, 1_000, PREMIUM - 1_000, True)
    assert (second["amount"], calculated(365), calculated(20, PREMIUM // 100)) == (2 * PREMIUM, None, None)
    be_at(start_of_day(policy.starts_on + timedelta(days=20)) + timedelta(hours=12))
    ending = api(who, "get", f"insurance/policies/{policy.public_id}/ending").json()
    assert (ending["kind"], ending["amount"], ending["kept"]) == ("surrender", later["end"], later["fee"])


def test_within_the_cooling_off_the_premium_goes_back_less_the_kept_fee(term_life: Product) -> None:
    who, policy = insured(term_life)
    where = f"insurance/policies/{policy.public_id}"
    shown = api(who, "get", f"{where}/ending").json()
    assert shown == {"kind": "cooling_off", "amount": PREMIUM - 1_000, "kept": 1_000, "currency": "CNY"}
    wrong = api(who, "post", f"{where}/end", {"amount": PREMIUM})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "insurance_ending_changed")
    done = api(who, "post", f"{where}/end", {"amount": shown["amount"]})
    assert (done.status_code, done.json()["state"]) == (201, "ending")
    answered(clock.now())
    assert (fresh(policy).state, posted(who)) == ("withdrawn", FEN - 1_000)
    assert at_insurer(term_life) == -1_000
    again = api(who, "post", f"{where}/end", {"amount": shown["amount"]})
    assert again.json()["code"] == "insurance_policy_over"
    assert_whole()


def test_an_insurer_that_does_not_agree_leaves_the_policy_as_it_was(term_life: Product) -> None:
    who, policy = insured(term_life)
    api(who, "post", f"insurance/policies/{policy.public_id}/end", {"amount": PREMIUM - 1_000})
    refused(clock.now())
    assert (fresh(policy).state, PolicyPayout.objects.get().state, posted(who)) == ("cooling_off", "refused", FEN - PREMIUM)
    api(who, "post", f"insurance/policies/{policy.public_id}/end", {"amount": PREMIUM - 1_000})
    answered(clock.now())
    assert fresh(policy).state == "withdrawn"
    assert_whole()


def test_premiums_are_taken_from_the_balance_on_their_day_and_passed_on(term_life: Product) -> None:
    who, policy = insured(term_life, auto_debit=True)
    sweep(day(policy.cooling_until + ONE_DAY))
    assert fresh(policy).state == "in_force"
    second = premium(policy, 2)
    sweep(day(second.due_on - ONE_DAY))
    assert (premium(policy, 2).state, posted(who)) == ("open", FEN - PREMIUM)
    sweep(day(second.due_on))
    assert (premium(policy, 2).state, posted(who)) == ("asked", FEN - 2 * PREMIUM)
    assert abs(balance(journals.premiums(term_life.id)).posted) == PREMIUM
    answered(day(second.due_on), fee_fen=300)
    row = premium(policy, 2)
    assert (row.state, row.fee_fen, at_insurer(term_life)) == ("booked", 300, -(2 * PREMIUM - 300))
    assert fresh(policy).state == "in_force"
    topics = set(OutboxEvent.objects.filter(key=policy.public_id).values_list("topic", flat=True))
    assert {"wealth.policy_issued", "wealth.premium_due", "wealth.premium_paid", "wealth.policy_in_force"} <= topics
    assert_whole()


def test_an_unpaid_policy_lapses_after_its_grace_and_is_reinstated_by_paying(term_life: Product) -> None:
    who, policy = insured(term_life, PREMIUM, auto_debit=True)
    sweep(day(policy.cooling_until + ONE_DAY))
    due_on = premium(policy, 2).due_on
    sweep(day(due_on))
    sweep(day(due_on + ONE_DAY))
    assert (fresh(policy).state, premium(policy, 2).tries) == ("grace", 2)
    assert OutboxEvent.objects.filter(topic="wealth.premium_failed").count() == 2
    sweep(day(due_on + timedelta(days=10)))
    assert fresh(policy).state == "grace"
    lapsed_on = due_on + timedelta(days=11)
    sweep(day(lapsed_on))
    assert (fresh(policy).state, fresh(policy).lapsed_on) == ("lapsed", lapsed_on)
    be_at(day(lapsed_on))
    claim = {"policy_id": policy.public_id, "event_on": str(lapsed_on), "words": "It broke.", "amount": 100}
    said = api(who, "post", "insurance/claims", claim)
    assert (said.status_code, said.json()["code"]) == (409, "insurance_policy_lapsed")
    assert_whole()


def test_what_happened_while_it_was_covered_is_claimed_of_a_policy_that_lapsed_and_holds_its_end_up(term_life: Product) -> None:
    who, policy = insured(term_life, PREMIUM)
    sweep(day(policy.cooling_until + ONE_DAY))
    due_on = premium(policy, 2).due_on
    for days in (1, 11):
        sweep(day(due_on + timedelta(days=days)))
    be_at(day(due_on + timedelta(days=12)))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 100}
    claim_id = api(who, "post", "insurance/claims", claim).json()["id"]
    sweep(day(due_on + timedelta(days=60)))
    assert (fresh(policy).state, fresh(policy).due_on) == ("lapsed", due_on + timedelta(days=61))
    be_at(day(due_on + timedelta(days=60)))
    approved(claim_id, 100)
    answered(clock.now())
    assert (fresh(policy).claimed_fen, posted(who)) == (100, 100)
    sweep(day(due_on + timedelta(days=61)))
    assert fresh(policy).state == "ended"
    again = api(who, "post", "insurance/claims", claim)
    assert (again.status_code, again.json()["state"]) == (201, "open")
    late = api(who, "post", "insurance/claims", claim | {"event_on": str(due_on + timedelta(days=40))})
    assert (late.status_code, late.json()["code"]) == (409, "insurance_policy_lapsed")
    approved(again.json()["id"], 100)
    answered(clock.now())
    assert (fresh(policy).state, fresh(policy).claimed_fen) == ("ended", 200)
    assert_whole()


def test_a_lapsed_policy_that_a_claim_keeps_alive_gains_nothing_by_it(opened: None) -> None:
    steps = [{"years": 0, "bp": 2_000}, {"years": 1, "bp": 9_000}]
    who, policy = insured(insurance(refund={"rule": "cash_value", "steps": steps}), PREMIUM)
    behind_its_back("UPDATE wealth_insurancepolicy SET ends_on = ends_on + 400")
    sweep(day(policy.cooling_until + ONE_DAY))
    due_on = premium(policy, 2).due_on
    for days in (1, 11):
        sweep(day(due_on + timedelta(days=days)))
    be_at(day(due_on + timedelta(days=12)))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 100}
    claim_id = api(who, "post", "insurance/claims", claim).json()["id"]
    later, worth = policy.starts_on + timedelta(days=400), PREMIUM * 2_000 // 10_000
    held = [one.value_fen for one in Policies().held(customer_id=who.id, at=day(later))]
    assert (held, of_day(later)[0][0]) == ([worth], worth)
    be_at(day(later))
    api(who, "post", f"insurance/claims/{claim_id}/withdraw")
    sweep(day(later + ONE_DAY))
    assert PolicyPayout.objects.get().amount_fen == worth


def test_a_policy_that_gave_its_worth_back_is_claimed_no_more(term_life: Product) -> None:
    who, policy = insured(term_life)
    be_at(day(policy.starts_on + timedelta(days=19)))
    sweep(clock.now())
    where = f"insurance/policies/{policy.public_id}"
    shown = api(who, "get", f"{where}/ending").json()["amount"]
    api(who, "post", f"{where}/end", {"amount": shown})
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 100}
    assert api(who, "post", "insurance/claims", claim).json()["code"] == "insurance_policy_over"
    answered(clock.now())
    assert api(who, "post", "insurance/claims", claim).json()["code"] == "insurance_policy_over"
    assert_whole()


def test_a_policy_takes_so_many_claims_at_once(term_life: Product) -> None:
    who, policy = insured(term_life)
    be_at(day(policy.starts_on))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 100}
    said = [api(who, "post", "insurance/claims", claim) for _ in range(claiming.MOST_UNDER_WAY.usual + 1)]
    assert [one.status_code for one in said] == [*[201] * claiming.MOST_UNDER_WAY.usual, 409]
    assert said[-1].json()["code"] == "insurance_too_many_claims"
    api(who, "post", f"insurance/claims/{said[0].json()['id']}/withdraw")
    assert api(who, "post", "insurance/claims", claim).status_code == 201


def test_a_lapsed_policy_is_in_force_again_once_all_that_is_due_is_paid(term_life: Product) -> None:
    who, policy = insured(term_life)
    sweep(day(policy.cooling_until + ONE_DAY))
    due_on = premium(policy, 2).due_on
    sweep(day(due_on + ONE_DAY))
    sweep(day(due_on + timedelta(days=11)))
    assert fresh(policy).state == "lapsed"
    be_at(day(due_on + timedelta(days=12)))
    later = api(who, "post", f"insurance/premiums/{premium(policy, 3).public_id}/pay")
    assert (later.status_code, later.json()["code"]) == (409, "insurance_premium_not_due")
    by_hand(who, premium(policy, 2))
    assert (fresh(policy).state, fresh(policy).lapsed_on) == ("in_force", None)
    lapse = PolicyLapse.objects.get()
    assert (lapse.lapsed_on, lapse.reinstated_on) == (due_on + timedelta(days=11), due_on + timedelta(days=13))
    answered(clock.now())
    assert premium(policy, 2).state == "booked"
    be_at(day(due_on + timedelta(days=13)))
    claim = {"policy_id": policy.public_id, "words": "It broke.", "amount": 100}
    said = [api(who, "post", "insurance/claims", claim | {"event_on": str(due_on + timedelta(days=days))}) for days in (10, 11, 12, 13)]
    assert [one.status_code for one in said] == [201, 422, 422, 201], "the day it was paid on may have had its accident before"
    assert said[2].json()["code"] == "insurance_not_covered"
    assert_whole()


def test_paid_after_its_grace_before_anything_said_so_it_had_lapsed_all_the_same(term_life: Product) -> None:
    who, policy = insured(term_life)
    sweep(day(policy.cooling_until + ONE_DAY))
    due_on = premium(policy, 2).due_on
    sweep(day(due_on + ONE_DAY))
    be_at(day(due_on + timedelta(days=11)))
    claim = {"policy_id": policy.public_id, "event_on": str(due_on + timedelta(days=11)), "words": "It broke.", "amount": 100}
    assert api(who, "post", "insurance/claims", claim).json()["code"] == "insurance_policy_lapsed"
    by_hand(who, premium(policy, 2))
    assert fresh(policy).state == "in_force"
    assert api(who, "post", "insurance/claims", claim).json()["code"] == "insurance_not_covered"
    answered(clock.now())
    assert_whole()


def test_a_policy_that_is_not_reinstated_ends_and_owes_nothing(term_life: Product) -> None:
    _, policy = insured(term_life)
    sweep(day(policy.cooling_until + ONE_DAY))
    due_on = premium(policy, 2).due_on
    for days in (1, 11, 42):
        sweep(day(due_on + timedelta(days=days)))
    assert (fresh(policy).state, premium(policy, 2).state, premium(policy, 12).state) == ("ended", "void", "void")
    assert not going_on.reinstatement_over(fresh(policy), clock.now())
    assert_whole()


def test_a_surrendered_policy_gives_the_unexpired_days_back(term_life: Product) -> None:
    who, policy = insured(term_life)
    first = premium(policy, 1)
    be_at(day(policy.starts_on + timedelta(days=19)))
    sweep(clock.now())
    days = (first.until_on - first.due_on).days
    expected = PREMIUM * (days - 20) // days
    where = f"insurance/policies/{policy.public_id}"
    shown = api(who, "get", f"{where}/ending").json()
    assert (shown["kind"], shown["amount"]) == ("surrender", expected)
    assert api(who, "post", f"{where}/end", {"amount": expected}).status_code == 201
    answered(clock.now())
    assert (fresh(policy).state, posted(who)) == ("surrendered", FEN - PREMIUM + expected)
    assert_whole()


def test_a_claim_is_decided_by_two_people_and_paid_in_parts_by_the_insurer(term_life: Product) -> None:
    who, policy = insured(term_life)
    be_at(day(policy.starts_on))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "I broke my leg.", "amount": 700_000}
    made = api(who, "post", "insurance/claims", claim)
    assert made.status_code == 201, made.json()
    claim_id = made.json()["id"]
    filed = api(who, "post", f"insurance/claims/{claim_id}/documents", {"name": "bill.pdf", "content": PDF})
    assert (filed.status_code, filed.json()["content_type"]) == (201, "application/pdf")
    ended = api(who, "get", f"insurance/policies/{policy.public_id}/ending")
    assert ended.json()["code"] == "insurance_claim_open"
    approved(claim_id, 300_000, last=False)
    answered(clock.now())
    read = api(who, "get", f"insurance/claims/{claim_id}").json()
    assert (read["state"], read["paid"], len(read["files"])) == ("open", 300_000, 1)
    approved(claim_id, 400_000)
    answered(clock.now())
    read = api(who, "get", f"insurance/claims/{claim_id}").json()
    assert (read["state"], read["paid"], posted(who)) == ("paid", 700_000, FEN - PREMIUM + 700_000)
    assert fresh(policy).cover_left_fen == 300_000
    ended = api(who, "get", f"insurance/policies/{policy.public_id}/ending")
    assert ended.json()["code"] == "insurance_claims_paid"
    assert_whole()


def test_a_cover_that_claims_used_up_ends_the_policy(term_life: Product) -> None:
    who, policy = insured(term_life)
    be_at(day(policy.starts_on))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "All is gone.", "amount": COVER}
    claim_id = api(who, "post", "insurance/claims", claim).json()["id"]
    approved(claim_id, COVER)
    answered(clock.now())
    assert (fresh(policy).state, premium(policy, 2).state, posted(who)) == ("claimed", "void", FEN - PREMIUM + COVER)
    assert_whole()


def test_a_claim_is_declined_by_people_or_by_the_insurer(term_life: Product) -> None:
    who, policy = insured(term_life)
    be_at(day(policy.starts_on))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "I broke my leg.", "amount": 5_000}
    first, second, third = (api(who, "post", "insurance/claims", claim).json()["id"] for _ in range(3))
    decided(claiming.DECLINE, first)
    approved(second, 5_000)
    refused(clock.now(), "CLAIM_DECLINED")
    api(who, "post", f"insurance/claims/{third}/withdraw")
    read = [api(who, "get", f"insurance/claims/{one}").json() for one in (first, second, third)]
    assert [(one["state"], one["code"], one["paid"]) for one in read] == [
        ("declined", "declined", 0), ("declined", "CLAIM_DECLINED", 0), ("withdrawn", "", 0),
    ]  # fmt: skip
    assert posted(who) == FEN - PREMIUM
    assert_whole()


def test_the_cover_that_runs_out_matures(opened: None) -> None:
    _, policy = insured(insurance(payments=1))
    sweep(day(policy.cooling_until + ONE_DAY))
    sweep(day(policy.ends_on - ONE_DAY))
    assert fresh(policy).state == "in_force"
    sweep(day(policy.ends_on))
    assert fresh(policy).state == "matured"
    assert_whole()


def test_an_application_buys_one_policy_and_no_other_price(term_life: Product) -> None:
    who = saver(FEN)
    application = applied(who, quoted(who, term_life))
    wrong = order(who, term_life, application | {"premium": PREMIUM + 1})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "insurance_premium_differs")
    made = order(who, term_life, application)
    assert made.status_code == 201, made.json()
    again = order(who, term_life, application)
    assert (again.status_code, again.json()["code"]) == (409, "insurance_application_not_accepted")
    assert api(who, "post", f"orders/{made.json()['id']}/cancel").status_code == 200
    assert order(who, term_life, application).status_code == 201

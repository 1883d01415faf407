"""What the tables of states allow and the database refuses by itself; what a version may say; quotes, beneficiaries and worth."""

from datetime import timedelta
from itertools import product as pairs
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.clock import queries as clock
from core.errors import Invalid
from core.moves import Moves
from tests.factories import id_number
from tests.ledger_proof import behind_its_back, found_of
from tests.wealth.catalog.products import draft
from tests.wealth.insurance.world import (
    BORN_ON,
    COVER,
    PDF,
    PREMIUM,
    QUESTIONS,
    TERMS,
    VALUES,
    answered,
    approved,
    assert_whole,
    be_at,
    by_hand,
    day,
    fresh,
    insurance,
    insured,
    of_day,
    premium,
    quoted,
    refused,
    sweep,
)
from tests.wealth.orders.world import FEN, api, saver
from wealth.catalog.models import Product
from wealth.insurance import queries, states
from wealth.insurance.held import Policies
from wealth.insurance.models import InsurancePolicy, PolicyBeneficiaries, PolicyPayout, PolicyPremium
from wealth.insurance.services import giving_back

ONE_DAY = timedelta(days=1)
TABLES = [
    (states.ApplicationState, states.APPLICATION_MOVES, 10),
    (states.PolicyState, states.POLICY_MOVES, 22),
    (states.PremiumState, states.PREMIUM_MOVES, 5),
    (states.PaymentState, states.PAYMENT_MOVES, 2),
    (states.PayoutState, states.PAYOUT_MOVES, 3),
    (states.ClaimState, states.CLAIM_MOVES, 7),
]
OVER = {"withdrawn", "surrendered", "ended", "matured", "claimed"}


@pytest.mark.parametrize(("names", "moves", "allowed"), TABLES)
def test_the_tables_allow_what_they_say_and_nothing_else(names: Any, moves: Moves, allowed: int) -> None:
    found = [(start, to) for start, to in pairs(names.values, repeat=2) if moves.allowed(start, to)]
    assert (sorted(found), len(found)) == (moves.transitions(), allowed)
    assert all(not moves.table.get(state) for state in moves.final())


def test_a_policy_that_is_over_stays_so_and_a_lapsed_one_covers_again_only_by_reinstatement() -> None:
    assert states.POLICY_MOVES.final() == OVER
    assert states.POLICY_MOVES.sources("in_force") == ["cooling_off", "grace", "lapsed", "ending"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wealth_insurancepolicy SET state = 'lapsed', lapsed_on = starts_on",
        "UPDATE wealth_insurancepolicy SET state = 'matured', due_on = NULL, ended_on = ends_on",
        "UPDATE wealth_insurancepolicy SET claimed_fen = cover_fen + 1",
        "UPDATE wealth_insurancepolicy SET cover_fen = cover_fen + 1",
        "UPDATE wealth_insurancepolicy SET due_on = NULL",
        "UPDATE wealth_insurancepolicy SET resumes = 'grace'",
        "UPDATE wealth_insurancepolicy SET lapsed_on = starts_on",
        "UPDATE wealth_insurancepolicy SET ended_on = starts_on",
        "DELETE FROM wealth_insurancepolicy",
        "UPDATE wealth_insuranceapplication SET premium_fen = premium_fen + 1",
        "UPDATE wealth_insuranceapplication SET order_id = NULL",
        "UPDATE wealth_insuranceapplication SET state = 'accepted', order_id = NULL",
        "DELETE FROM wealth_insuranceapplication",
        "UPDATE wealth_policypremium SET state = 'paid' WHERE number = 2",
        "UPDATE wealth_policypremium SET pay_journal_id = id, paid_at = now() WHERE number = 2",
        "UPDATE wealth_policypremium SET state = 'open', pay_journal_id = NULL, paid_at = NULL, book_journal_id = NULL WHERE number = 1",
        "UPDATE wealth_policypremium SET amount_fen = 0 WHERE number = 2",
        "UPDATE wealth_policypremium SET number = 1 WHERE number = 2",
        "DELETE FROM wealth_policypremium",
        "UPDATE wealth_policypayout SET state = 'paid'",
        "UPDATE wealth_policypayout SET kind = 'claim'",
        "UPDATE wealth_policypayout SET journal_id = id",
        "UPDATE wealth_policypayout SET try_at = NULL",
        "DELETE FROM wealth_policypayout",
        "UPDATE wealth_policybeneficiaries SET shares_bp = 9999",
        "UPDATE wealth_policydocument SET sha256 = ''",
        "DELETE FROM wealth_policydocument",
        "UPDATE wealth_insuranceclaim SET approved_fen = 1",
        "UPDATE wealth_insuranceclaim SET state = 'paid', paid_fen = 1",
        "UPDATE wealth_insuranceclaim SET paid_fen = asked_fen + 1",
        "DELETE FROM wealth_insuranceclaim",
        "DELETE FROM wealth_claimfile",
        "UPDATE wealth_claimfile SET number = 11",
        "UPDATE wealth_policylapse SET reinstated_on = lapsed_on - 1",
    ],
)
def test_the_database_itself_refuses(term_life: Product, statement: str) -> None:
    who, policy = insured(term_life)
    sweep(clock.now())
    be_at(day(policy.starts_on))
    people = {"people": [{"name": "林小满", "id_number": id_number(3), "share_bp": 10_000}]}
    assert api(who, "post", f"insurance/policies/{policy.public_id}/beneficiaries", people).status_code == 201
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 100}
    claim_id = api(who, "post", "insurance/claims", claim).json()["id"]
    assert api(who, "post", f"insurance/claims/{claim_id}/documents", {"name": "b.pdf", "content": PDF}).status_code == 201
    with transaction.atomic():
        giving_back.pay(fresh(policy), None, states.PayoutKind.SURRENDER, 100, 0, clock.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO wealth_policylapse (id, policy_id, shard, lapsed_on) SELECT id, id, shard, starts_on FROM wealth_insurancepolicy"
        )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


BAD: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"ages": [{"from": 18, "below": 40, "rate_bp": 1}, {"from": 41, "below": 60, "rate_bp": 1}]}, {}, "terms.ages"),
    ({"ages": []}, {}, "terms.ages"),
    ({"kept_fee_fen": 1_001}, {}, "terms.kept_fee_fen"),
    ({"cooling_off_days": 28}, {}, "terms.cooling_off_days"),
    ({"payments": 13}, {}, "terms.payments"),
    ({"refund": {"rule": "all"}}, {}, "terms.refund.rule"),
    ({"refund": {"rule": "short_rate", "steps": [{"days": 9, "bp": 1}, {"days": 8, "bp": 2}]}}, {}, "terms.refund.steps"),
    ({"questions": QUESTIONS * 2}, {}, "terms.questions"),
    ({"questions": [QUESTIONS[0] | {"answers": [{"code": "a", "en": "a", "zh": "a", "decision": "no"}]}]}, {}, "terms.questions.answers"),
    ({"gifts": 1}, {}, "terms.gifts"),
    ({}, {"term_days": None}, "term_days"),
    ({}, {"yield_kind": "seven_day", "carry": "daily"}, "yield_kind"),
    ({}, {"minimum_fen": 100}, "minimum_fen"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("terms", "columns", "field"), BAD)
def test_a_version_that_could_not_be_sold_is_refused_by_its_entry(terms: dict[str, Any], columns: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        draft(kind="insurance", **(VALUES | {"terms": TERMS | terms} | columns))
    assert str(refused.value.field).startswith(field)


@pytest.mark.django_db(transaction=True)
def test_a_quote_refuses_ages_covers_and_answers_that_are_not_offered_and_holds_for_its_days(term_life: Product) -> None:
    who = saver(FEN)
    asked = {"product_id": term_life.public_id, "cover": COVER, "born_on": str(BORN_ON), "answers": {"smoker": "no"}}
    wrong: list[dict[str, Any]] = [{"born_on": "1920-01-01"}, {"born_on": "2199-01-01"}, {"cover": COVER + 1}, {"cover": 1}]
    wrong += [{"answers": {}}, {"answers": {"x": "y"}}]
    codes = [api(who, "post", "insurance/quotes", asked | one).json()["code"] for one in wrong]
    assert codes == [
        "insurance_age_not_covered", "invalid", "insurance_cover_not_offered", "insurance_cover_not_offered", "invalid", "invalid",
    ]  # fmt: skip
    quote = quoted(who, term_life)
    other = {"quote_id": quote["id"], "insured_name": "林小满", "insured_id_number": id_number(7)[:-1] + "0"}
    assert api(who, "post", "insurance/applications", other).status_code == 422
    be_at(clock.now() + timedelta(days=8))
    late = other | {"insured_id_number": id_number(7, BORN_ON)}
    assert api(who, "post", "insurance/applications", late).json()["code"] == "insurance_quote_over"
    sweep(clock.now())
    assert api(who, "get", f"insurance/applications/{quote['id']}").json()["state"] == "expired"


@pytest.mark.django_db(transaction=True)
def test_beneficiaries_share_the_whole_and_those_before_are_kept(term_life: Product) -> None:
    who, policy = insured(term_life)
    where = f"insurance/policies/{policy.public_id}/beneficiaries"
    assert api(who, "get", where).json() == {"people": []}
    two = [{"name": "林小满", "id_number": id_number(one), "share_bp": share} for one, share in ((1, 6_000), (2, 4_000))]
    short = api(who, "post", where, {"people": two[:1]})
    assert (short.status_code, short.json()["code"]) == (422, "insurance_shares_not_whole")
    assert api(who, "post", where, {"people": two}).status_code == 201
    assert api(who, "post", where, {"people": [two[0] | {"share_bp": 10_000}]}).status_code == 201
    assert [one["share_bp"] for one in api(who, "get", where).json()["people"]] == [10_000]
    assert PolicyBeneficiaries.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT people FROM wealth_policybeneficiaries")
        assert all("林" not in str(bytes(value)) and id_number(1).encode() not in bytes(value) for (value,) in cursor.fetchall())


RULES = [
    {"rule": "pro_rata", "loading_bp": 500},
    {"rule": "short_rate", "steps": [{"days": 10, "bp": 3_000}, {"days": 20, "bp": 6_500}]},
    {"rule": "cash_value", "steps": [{"years": 0, "bp": 2_000}, {"years": 1, "bp": 5_000}]},
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rule", RULES)
def test_a_policy_is_worth_what_giving_it_up_gives_in_python_and_in_sql(opened: None, rule: dict[str, Any]) -> None:
    who, policy = insured(insurance(refund=rule))
    start = policy.receipt_on
    assert of_day(start) == [(PREMIUM - 1_000, PREMIUM, 0, -1_000)]
    for days in (1, 14, 16, 17, 18, 25, 40):
        at = day(start + timedelta(days=days))
        sweep(at)
        held = Policies().held(customer_id=who.id, at=at)
        worth = giving_back.worth_of(fresh(policy), queries.taken(policy.id), at).amount_fen
        assert ([one.value_fen for one in held], of_day(start + timedelta(days=days))[0][0]) == ([worth], worth), days
    be_at(day(start + timedelta(days=20)))
    shown = api(who, "get", f"insurance/policies/{policy.public_id}/ending").json()
    api(who, "post", f"insurance/policies/{policy.public_id}/end", {"amount": shown["amount"]})
    answered(clock.now())
    if shown["amount"]:
        assert of_day(clock.local_day(clock.now()))[0][:3] == (0, 0, shown["amount"])


@pytest.mark.django_db(transaction=True)
def test_a_policy_that_is_being_ended_is_worth_what_the_insurer_was_asked_for_until_it_answers(term_life: Product) -> None:
    who, policy = insured(term_life)
    asked, value = clock.local_day(clock.now()), PREMIUM - 1_000
    api(who, "post", f"insurance/policies/{policy.public_id}/end", {"amount": value})
    for days in (0, 1, 14, 16, 30):
        on = asked + timedelta(days=days)
        held = Policies().held(customer_id=who.id, at=day(on))
        assert ([one.value_fen for one in held], of_day(on)[0][0]) == ([value], value), days
    be_at(day(asked + timedelta(days=3)))
    refused(clock.now())
    back = [of_day(asked + timedelta(days=days))[0][0] for days in (0, 2, 3)]
    assert back == [value, value, value], "still within its cooling-off"
    assert [one.value_fen for one in Policies().held(customer_id=who.id, at=clock.now())] == [value]


@pytest.mark.django_db(transaction=True)
def test_a_day_before_a_claim_was_paid_keeps_what_the_policy_was_worth(term_life: Product) -> None:
    who, policy = insured(term_life)
    be_at(day(policy.starts_on))
    before = of_day(policy.starts_on)[0][0]
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 100}
    made = api(who, "post", "insurance/claims", claim).json()["id"]
    be_at(day(policy.starts_on + ONE_DAY))
    approved(made, 100)
    answered(clock.now())
    assert (before > 0, of_day(policy.starts_on)[0][0]) == (True, before)
    assert of_day(policy.starts_on + ONE_DAY)[0] == (0, 0, 100, 100 - before)


@pytest.mark.django_db(transaction=True)
def test_the_proof_finds_claims_that_say_more_than_was_paid(term_life: Product) -> None:
    who, policy = insured(term_life)
    be_at(day(policy.starts_on))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 500}
    made = api(who, "post", "insurance/claims", claim).json()["id"]
    approved(made, 100, last=False)
    answered(clock.now())
    assert_whole()
    behind_its_back("UPDATE wealth_insuranceclaim SET paid_fen = paid_fen + 1")
    behind_its_back("UPDATE wealth_insurancepolicy SET claimed_fen = 0")
    assert set(found_of("wealth_insurance")) == {("wealth_insurance.claimed", made), ("wealth_insurance.claimed", policy.public_id)}


@pytest.mark.django_db(transaction=True)
def test_no_journal_and_no_request_serves_two_rows(term_life: Product) -> None:
    who, policy = insured(term_life, auto_debit=True)
    sweep(day(policy.cooling_until + ONE_DAY))
    sweep(day(premium(policy, 2).due_on))
    answered(day(premium(policy, 2).due_on))
    first = premium(policy, 1)
    for column in ("pay_journal_id", "book_journal_id"):
        with pytest.raises(IntegrityError, match="wealth_policypremium_"):
            PolicyPremium.objects.filter(pk=premium(policy, 2).pk).update(**{column: getattr(first, column)})
    with pytest.raises(IntegrityError, match="wealth_policypremium_request"):
        PolicyPremium.objects.filter(pk=first.pk).update(request_id=premium(policy, 2).request_id)
    be_at(day(premium(policy, 2).due_on))
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 500}
    for _ in range(2):
        approved(api(who, "post", "insurance/claims", claim).json()["id"], 100)
        answered(clock.now())
    one, other = PolicyPayout.objects.order_by("created_at")
    for column in ("request_id", "journal_id"):
        with pytest.raises(IntegrityError, match="wealth_policypayout_"):
            PolicyPayout.objects.filter(pk=one.pk).update(**{column: getattr(other, column)})


@pytest.mark.django_db(transaction=True)
def test_the_proof_finds_cover_beyond_grace_and_premiums_nobody_has(term_life: Product) -> None:
    who, policy = insured(term_life)
    sweep(day(policy.cooling_until + ONE_DAY))
    be_at(day(premium(policy, 2).due_on))
    sweep(clock.now())
    by_hand(who, premium(policy, 2))
    assert_whole()
    late, paid = premium(policy, 3), premium(policy, 1)
    behind_its_back("UPDATE wealth_policypremium SET due_on = due_on - 400 WHERE id = %s", late.id)
    behind_its_back("UPDATE wealth_policypremium SET amount_fen = amount_fen + 1 WHERE number < 3")
    behind_its_back("UPDATE wealth_policypremium SET pay_journal_id = id WHERE id = %s", paid.id)
    assert set(found_of("wealth_insurance")) == {
        ("wealth_insurance.uncollected", late.public_id),
        ("wealth_insurance.shared", paid.public_id),
        ("wealth_insurance.premiums", term_life.public_id),
    }
    assert ("insurance.unbooked", paid.public_id) in found_of("insurance")


@pytest.mark.django_db(transaction=True)
def test_nobody_reads_or_moves_anothers_policy(term_life: Product) -> None:
    _, policy = insured(term_life)
    other = saver(FEN)
    where = f"insurance/policies/{policy.public_id}"
    reads = ["", "/premiums", "/beneficiaries", "/ending", "/document"]
    assert {api(other, "get", where + one).status_code for one in reads} == {404}
    people = {"people": [{"name": "林小满", "id_number": id_number(3), "share_bp": 10_000}]}
    acts = {"/auto-debit": {"on": True}, "/end": {"amount": 9_000}, "/beneficiaries": people}
    assert {api(other, "post", where + one, body).status_code for one, body in acts.items()} == {404}
    assert api(other, "post", f"insurance/premiums/{premium(policy, 2).public_id}/pay").status_code == 404
    claim = {"policy_id": policy.public_id, "event_on": str(policy.starts_on), "words": "It broke.", "amount": 100}
    assert api(other, "post", "insurance/claims", claim).status_code == 404
    assert InsurancePolicy.objects.get().state == "cooling_off"

"""Transfers and withdrawals under the eyes of risk: stopped, asked for more proof, held for a person, let go or given back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.ledger.models import Journal
from accounts.ledger.refusals import AccountFrozen
from accounts.verification import queries as verification
from core.clock import queries as clock
from core.errors import NotFound
from payments.cards import queries as cards
from payments.risk.models import RiskDecision, RiskPayee, RiskReview, RiskRule
from payments.risk.services import lists, reviews
from payments.risk.services.deciding import RiskRefused
from payments.wallet import journals, queries, sweeps
from payments.wallet.models import Transfer, Withdrawal
from payments.wallet.services import transfers
from payments.wallet.services.parties import CustomerNotActive, PayeeCannotReceive
from tests.factories import api
from tests.ledger_proof import assert_books_balance
from tests.payments.risk.world import no_rules
from tests.payments.wallet.bank_world import assert_settled, card_holder, hold_withdrawal, settle_wallet, withdraw
from tests.payments.wallet.world import available, freeze, fund, holder, intent, open_day, posted, proven
from tests.query_counts import queries_of
from tests.sandbox_bank import SandboxBank
from tests.together import together

PATH = "/v1/payments/wallet/transfers"
DAY = timedelta(days=1)


def only(kind: str = "amount", *, verdict: str = "review", **parameters: Any) -> RiskRule:
    """A world with this rule alone, for transfers and withdrawals."""
    no_rules()
    at = clock.now() - 400 * DAY
    facts = {"code": kind, "kind": kind, "scenes": ["transfer", "withdrawal"], "verdict": verdict, "note": "test"}
    factors = {"factors": 1} if verdict == "step_up" else {}
    bounds = parameters or {"amount_fen": 4_999}
    return RiskRule.objects.create(**(facts | factors | bounds), starts_at=at, created_at=at)


def decided(row: Transfer | Withdrawal, how: Any) -> None:
    review = RiskReview.objects.get(business_id=row.id)
    how(review_id=review.id, by="staff:rita", at=clock.now())
    row.refresh_from_db()


@pytest.mark.django_db
class TestTransfers:
    """A payer with 100.00, and a rule that holds every transfer of 50.00 and more."""

    @pytest.fixture(autouse=True)
    def world(self) -> None:
        open_day()
        self.ann, self.bob = holder(10_000), holder()
        only()

    def send(self, fen: int = 5_000, act: Any = transfers.send) -> Transfer:
        sent: Transfer = act(intent=intent(self.ann), payee_id=self.bob.id, amount_fen=fen, remark="", at=clock.now())
        return sent

    def money(self) -> tuple[int, int]:
        return posted(self.ann), posted(self.bob)

    def test_below_the_bound_money_moves_at_once_and_nothing_is_kept(self) -> None:
        assert self.send(4_999).state == "succeeded"
        assert (self.money(), RiskDecision.objects.count()) == ((5_001, 4_999), 0)
        assert_books_balance()

    def test_one_in_review_is_paid_in_transit_and_unknown_to_its_payee(self) -> None:
        held = self.send()
        assert (held.state, held.result, self.money()) == ("in_review", "processing", (5_000, 0))
        assert RiskDecision.objects.get().business_id == held.id
        assert list(queries.own_transfers(self.ann.id)) == [held]
        assert not queries.own_transfers(self.bob.id).exists()
        for act in (transfers.accept, transfers.decline):
            with pytest.raises(NotFound):
                act(payee_id=self.bob.id, transfer_id=held.id, at=clock.now())
        assert queries.open_orders(self.ann.id)["transfer"] == 1
        assert queries.open_orders(self.bob.id)["transfer"] == 0
        assert_books_balance()

    def test_released_it_reaches_its_payee(self) -> None:
        held = self.send()
        decided(held, reviews.release)
        assert (held.state, held.expires_at, self.money()) == ("succeeded", None, (5_000, 5_000))
        assert Journal.objects.get(pk=held.closing_journal_id).event == journals.TRANSFER_IN
        assert list(queries.own_transfers(self.bob.id)) == [held]
        assert_books_balance()

    def test_released_one_to_be_accepted_waits_its_whole_time_from_then_on(self) -> None:
        held = self.send(act=transfers.offer)
        assert held.state == "in_review"
        review = RiskReview.objects.get()
        later = clock.now() + 2 * DAY
        reviews.release(review_id=review.id, by="staff:rita", at=later)
        held.refresh_from_db()
        assert (held.state, held.expires_at) == ("in_transit", later + DAY)
        assert transfers.accept(payee_id=self.bob.id, transfer_id=held.id, at=later).state == "accepted"
        assert self.money() == (5_000, 5_000)
        assert_books_balance()

    @pytest.mark.parametrize("act", [transfers.send, transfers.offer])
    def test_refused_it_goes_back_with_its_limits_and_stays_unknown(self, act: Any) -> None:
        before = verification.outflow_used(self.ann.id, clock.now())
        held = self.send(act=act)
        decided(held, reviews.refuse)
        assert (held.state, held.result, self.money()) == ("refused", "returned", (10_000, 0))
        assert not queries.own_transfers(self.bob.id).exists()
        after = verification.outflow_used(self.ann.id, clock.now())
        assert {key: used for key, used in after.items() if key[0] != "life"} == {k: u for k, u in before.items() if k[0] != "life"}
        assert not RiskPayee.objects.exists()
        assert_books_balance()

    def test_one_nobody_decides_goes_back_and_no_sweep_of_transfers_takes_it(self) -> None:
        held = self.send(act=transfers.offer)
        due = RiskReview.objects.get().expires_at
        assert sweeps.expire_transfers(shard=held.shard, at=due) == 0
        assert reviews.expire(review_id=RiskReview.objects.get().id, at=due)
        assert self.money() == (10_000, 0)
        assert_books_balance()

    def test_while_a_party_is_frozen_nothing_is_released_and_refusing_still_gives_back(self) -> None:
        held, other = self.send(), self.send()
        freeze(self.bob)
        with pytest.raises(PayeeCannotReceive):
            decided(held, reviews.release)
        freeze(self.ann)
        with pytest.raises(CustomerNotActive):
            decided(other, reviews.release)
        for row in (held, other):
            decided(row, reviews.refuse)
        assert self.money() == (10_000, 0)
        assert_books_balance()

    def test_a_stopped_one_moves_nothing_and_leaves_its_decision(self) -> None:
        only(verdict="refuse")
        answer = api(self.ann).post(PATH, {"to": {"customer_id": self.bob.public_id}, "amount": 5_000})
        kept = RiskDecision.objects.get()
        assert (answer.status_code, answer.json()["code"], answer.json()["decision"]) == (403, "risk_refused", kept.public_id)
        assert kept.public_id in answer.json()["detail"]
        assert (kept.verdict, kept.business_id, self.money(), Transfer.objects.count()) == ("refuse", None, (10_000, 0), 0)
        assert_books_balance()

    def test_one_that_needs_a_proof_passes_with_it(self) -> None:
        only(verdict="step_up")
        with_pin = holder(10_000, pin=True)
        client = api(with_pin)
        body = {"to": {"customer_id": self.bob.public_id}, "amount": 5_000}
        assert client.post(PATH, body).json()["code"] == "step_up_needed"
        assert posted(with_pin) == 10_000
        given = proven(with_pin, amount_fen=5_000, payee=self.bob.public_id, session=client.session)
        assert client.post(PATH, body | {"proof": given.token}, key=given.nonce).json()["result"] == "succeeded"
        assert list(RiskDecision.objects.order_by("id").values_list("verdict", flat=True)) == ["step_up", "allow"]
        assert_books_balance()

    def test_a_blocked_payee_is_paid_by_nobody(self) -> None:
        lists.block(target=lists.named("phone", self.bob.phone), why="mule", until=None, by="staff:rita", at=clock.now())
        with pytest.raises(RiskRefused), transaction.atomic():
            self.send(1)
        assert self.money() == (10_000, 0)

    def test_an_answer_in_review_is_repeated_for_its_key(self) -> None:
        client, body = api(self.ann), {"to": {"customer_id": self.bob.public_id}, "amount": 5_000}
        first, again = (client.post(PATH, body, key="one") for _ in range(2))
        assert (first.status_code, first.json()["state"], again.content) == (201, "in_review", first.content)
        assert (Transfer.objects.count(), RiskReview.objects.count()) == (1, 1)
        assert_books_balance()

    def test_a_new_payee_split_in_small_amounts_is_held_all_the_same(self) -> None:
        only("new_payee", hours=24, amount_fen=2_500)
        assert [self.send(1_000).state for _ in range(3)] == ["succeeded", "succeeded", "in_review"]

    def test_the_database_keeps_reviewed_transfers_whole(self) -> None:
        held = self.send()
        rows = Transfer.objects.filter(pk=held.pk)
        for change in ({"state": "accepted"}, {"state": "refused"}, {"closing_journal_id": held.id}):
            with pytest.raises(IntegrityError, match=r"payments_transfer_(moves|booked)"), transaction.atomic():
                rows.update(**change)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_a_velocity_rule_lets_through_exactly_as_many_as_it_says() -> None:
    open_day()
    only("velocity_count", window="hour", most=3)
    ann, bob = holder(10_000), holder()
    ended = together(
        lambda _: transfers.send(intent=intent(ann), payee_id=bob.id, amount_fen=100, remark="", at=clock.now()),
        10,
    )
    assert sorted(row.state for row in ended) == ["in_review"] * 7 + ["succeeded"] * 3
    assert (posted(ann), posted(bob)) == (9_000, 300)
    assert_books_balance()


@pytest.mark.django_db(transaction=True)
def test_crossing_transfers_that_are_counted_meet_without_a_deadlock() -> None:
    open_day()
    only("velocity_count", window="hour", most=1_000)
    ann, bob = holder(10_000), holder(10_000)

    def send(number: int) -> Transfer:
        payer, payee = (ann, bob) if number % 2 else (bob, ann)
        return transfers.send(intent=intent(payer), payee_id=payee.id, amount_fen=7, remark="", at=clock.now())

    assert {row.state for row in together(send, 16)} == {"succeeded"}
    assert_books_balance()


def test_a_withdrawal_in_review_is_held_not_sent_and_goes_when_released(connected: SandboxBank) -> None:
    only()
    who = card_holder(connected, fen=10_000)
    held = withdraw(who, 5_000)
    assert (held.state, held.result, held.request_id, available(who.customer)) == ("in_review", "processing", None, 5_000)
    assert queries.open_with_card(who.card.id) == 1
    reads = queries_of(lambda: queries.open_with_card(who.card.id))
    assert ['"customer_id" = ' in sql for sql in reads if "COUNT(" in sql] == [True, True]
    assert sweeps.send_held(shard=held.shard, at=clock.now() + DAY) == 0
    decided(held, reviews.release)
    assert held.state == "held"
    settle_wallet(clock.now() + timedelta(minutes=2))
    held.refresh_from_db()
    assert held.state == "paid"
    assert_settled(expected={who.customer: 5_000})


def test_a_withdrawal_refused_frees_its_hold_its_allowance_and_its_card_limit(connected: SandboxBank) -> None:
    only()
    who = card_holder(connected, fen=10_000)
    held = withdraw(who, 5_000)
    decided(held, reviews.refuse)
    assert (held.state, held.code, available(who.customer)) == ("failed", "withdrawal_refused", 10_000)
    shown = api(who.customer).get(f"/v1/payments/wallet/withdrawals/{held.public_id}").json()
    assert (shown["result"], "safety" in shown["message"]) == ("refused", True)
    assert_settled(expected={who.customer: 10_000})


def test_a_stopped_withdrawal_holds_nothing(connected: SandboxBank) -> None:
    only(verdict="refuse")
    who = card_holder(connected, fen=10_000)
    client = api(who.customer)
    given = proven(who.customer, amount_fen=5_000, payee=who.card.public_id, purpose="withdraw", session=client.session)
    body = {"card_id": who.card.public_id, "amount": 5_000, "proof": given.token}
    assert client.post("/v1/payments/wallet/withdrawals", body, key=given.nonce).json()["code"] == "risk_refused"
    assert RiskDecision.objects.get().verdict == "refuse"
    assert not Withdrawal.objects.exists()
    assert_settled(expected={who.customer: 10_000})


def test_a_blocked_card_is_paid_by_nobody(connected: SandboxBank) -> None:
    who = card_holder(connected, fen=10_000)
    lists.block(target=lists.named("card", who.card.public_id), why="mule", until=None, by="staff:rita", at=clock.now())
    assert cards.fingerprint_of(who.card.id) == bytes(who.card.fingerprint)
    with pytest.raises(RiskRefused):
        hold_withdrawal(who, 100)
    assert_settled(expected={who.customer: 10_000})


def test_a_frozen_customers_withdrawal_is_not_released(connected: SandboxBank) -> None:
    only()
    who = card_holder(connected, fen=10_000)
    fund(who.customer, 1)
    held = withdraw(who, 5_000)
    freeze(who.customer)
    with pytest.raises((CustomerNotActive, AccountFrozen)):
        decided(held, reviews.release)
    decided(held, reviews.refuse)
    assert_settled(expected={who.customer: 10_001})

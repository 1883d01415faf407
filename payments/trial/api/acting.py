"""Disputes, agreements, deductions, a receiver of splits and the end of a key: what the payer, the bank and the operators do about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from accounts.identity import queries as identity
from accounts.ledger.refusals import AccountFrozen, LedgerHalted
from accounts.verification import queries as verification
from core.business_day.queries import NoOpenDay
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import parse_public_id, public_id
from core.moves import WrongState
from payments.agreements import queries as agreements
from payments.agreements.api.merchant import own
from payments.agreements.api.shapes import AgreementShown, DeductionShown
from payments.agreements.queries import Agreement, Deduction
from payments.agreements.refusals import AgreementOver
from payments.agreements.states import AgreementState
from payments.cashier.api.merchant import own_order
from payments.cashier.services.refunding import REFUNDABLE
from payments.disputes import queries as disputes
from payments.disputes.api.merchant import dispute_of, signers, with_files
from payments.disputes.api.shapes import DisputeShown, NewDisputeIn
from payments.disputes.queries import Dispute
from payments.disputes.services import opening
from payments.disputes.services.opening import NewDispute
from payments.disputes.states import OPEN, DisputeState, OpenedBy
from payments.merchants.api.examples import answer, asked
from payments.merchants.api.server import CREATED
from payments.merchants.api.shapes import KeyShown
from payments.merchants.api.signed import signer_of
from payments.merchants.queries import AppKey, MerchantNotSelling
from payments.merchants.services import keys
from payments.refunds import outbound as refunds
from payments.refunds.services.asking import MerchantBalanceShort
from payments.splits.services.splitting import ReceiverShort
from payments.trial import payers
from payments.trial.api import examples as ex
from payments.trial.api.base import NOT_READY, AsIn, TrialEffectView, made_ready, payer_of_today, require_trial
from payments.trial.payers import TrialOnly, TrialPayer, TrialReceiver
from payments.trial.results import DEDUCTION_RESULTS
from payments.trial.services import acting
from payments.wallet import queries as wallet

SHUT = (AccountFrozen, LedgerHalted, NoOpenDay)


class TrialDisputeIn(NewDisputeIn):
    order_id = serializers.CharField(max_length=40, help_text="An order of your own that the test payer paid.")


class Disputes(TrialEffectView):
    """The test payer's disputes."""

    input_class = TrialDisputeIn
    output_class = DisputeShown
    refusals = (
        *NOT_READY,
        TrialOnly,
        opening.OrderNotDisputable,
        opening.DisputeOpen,
        opening.DisputedBefore,
        opening.DisputeTooLate,
        opening.DisputeTooMuch,
        *SHUT,
    )

    @extend_schema(
        operation_id="payments_merchant_trial_dispute", examples=[asked("All of it", ex.DISPUTE_IN), answer("Open", ex.DISPUTE, CREATED)]
    )
    def post(self, request: Request, **url: str) -> Any:
        """Let the test payer dispute an order it paid. Your part is frozen, and you hear `dispute.opened`. Sandbox only: 404 elsewhere."""
        return super().post(request, **url)

    def prepare(self, request: Request, **url: str) -> None:
        order = own_order(request, self.validated(request)["order_id"])
        if order.state not in REFUNDABLE:
            raise opening.OrderNotDisputable(state=order.merchant_state)
        assert order.payer_id is not None
        assert order.paid_at is not None
        require_trial(request, order.payer_id, order.paid_at)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Dispute:
        order = own_order(request, data["order_id"])
        assert order.payer_id is not None
        opener = public_id("cus", order.payer_id)
        wanted = NewDispute(data["kind"], data["words"], OpenedBy.PAYER, opener, amount_fen=data.get("amount"))
        return opening.open_dispute(order_id=order.id, wanted=wanted, at=at)

    def recall(self, resource: str) -> Dispute:
        return disputes.dispute(UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown(with_files([row])[0])


class TrialVerdictIn(AsIn):
    results = acting.VERDICTS
    words = "won: you keep the money. lost: it goes back as a refund. withdrawn: the payer takes the dispute back."


class Verdicts(TrialEffectView):
    """The end of a dispute."""

    input_class = TrialVerdictIn
    output_class = DisputeShown
    refusals = (*NOT_READY, TrialOnly, WrongState, MerchantBalanceShort, ReceiverShort, *SHUT)

    @extend_schema(
        operation_id="payments_merchant_trial_dispute_decide",
        examples=[asked("Lose it", ex.LOSE), answer("Lost", ex.LOST_DISPUTE, CREATED)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """End an open dispute of an order that the test payer paid, as two operators would (or the payer): answered by you or not. You hear
        `dispute.won`, `dispute.lost` (its refund follows) or `dispute.withdrawn`. Sandbox only: 404 elsewhere."""
        return super().post(request, **url)

    def prepare(self, request: Request, **url: str) -> None:
        found = dispute_of(signers(request), url["dispute_id"])
        if found.state not in OPEN:
            raise WrongState(state=str(found.state), wanted=str(DisputeState.WON))
        paid_at = own_order(request, found.order_public_id).paid_at
        assert paid_at is not None, "what is disputed is paid"
        require_trial(request, found.payer_id, paid_at)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Dispute:
        return acting.decide(dispute=dispute_of(signers(request), url["dispute_id"]), verdict=data["as"], at=at)

    def proceed(self, row: Dispute, *, at: datetime) -> Dispute:
        if row.refund_id is not None:
            refunds.send(refund_id=row.refund_id, at=at)
        return row

    def recall(self, resource: str) -> Dispute:
        return disputes.dispute(UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        return super().shown(with_files([row])[0])


class Signings(TrialEffectView):
    """Signing an agreement."""

    output_class = AgreementShown
    payer: TrialPayer | None = None
    refusals = (*NOT_READY, WrongState, AgreementOver, MerchantNotSelling)

    @extend_schema(operation_id="payments_merchant_trial_agreement_sign", request=None, examples=[answer("Signed", ex.SIGNED, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Let the test payer sign an agreement of yours, to be paid by the documented card. You hear `agreement.signed`. Sandbox only: 404
        elsewhere."""
        return super().post(request, **url)

    def prepare(self, request: Request, **url: str) -> None:
        found = own(request, url["agreement_id"])
        if found.state != AgreementState.ASKED:
            raise WrongState(state=str(found.state), wanted=str(AgreementState.SIGNED))
        self.payer = payer_of_today(request)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Agreement:
        assert self.payer is not None
        row = own(request, url["agreement_id"])
        acting.sign(payer=self.payer, agreement=row, nonce=request.headers["Idempotency-Key"], at=at)
        return own(request, url["agreement_id"])

    def recall(self, resource: str) -> Agreement:
        return agreements.agreement(UUID(resource))


class TrialDeductionIn(AsIn):
    results = DEDUCTION_RESULTS
    words = "missed: the card is short once, and it is tried again. failed: every try that is left comes to nothing."


class Tries(TrialEffectView):
    """Trying a deduction."""

    input_class = TrialDeductionIn
    output_class = DeductionShown
    refusals = (*NOT_READY, TrialOnly, WrongState)

    @extend_schema(
        operation_id="payments_merchant_trial_deduction_try",
        examples=[
            asked("Miss it once", ex.MISS),
            answer("Missed", ex.MISSED_DEDUCTION, CREATED),
            answer("Paid", ex.PAID_DEDUCTION, CREATED),
        ],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Try a waiting deduction under an agreement that the test payer signed, now instead of at `next_at`. You hear `deduction.paid` or
        `deduction.failed`; one that was missed goes on waiting. Sandbox only: 404 elsewhere."""
        return super().post(request, **url)

    def one(self, request: Request, url: dict[str, str]) -> Deduction:
        """Raises NotFound."""
        row = agreements.deduction(parse_public_id(Deduction.PREFIX, url["deduction_id"]))
        if row.agreement.merchant_id != signer_of(request).merchant.id:
            raise NotFound()
        return row

    def prepare(self, request: Request, **url: str) -> None:
        row = self.one(request, url)
        assert row.agreement.signed_at is not None, "a deduction is under a signed agreement"
        require_trial(request, row.customer_id, row.agreement.signed_at)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Deduction:
        return acting.try_now(deduction_id=self.one(request, url).id, at=at)

    def proceed(self, row: Deduction, *, at: datetime) -> Deduction:
        return acting.go_on(deduction=row, result=self.validated(self.request)["as"], at=at)

    def recall(self, resource: str) -> Deduction:
        return agreements.deduction(UUID(resource))


class TrialReceiverIn(AsIn):
    results = ("keeps", "spends")
    words = "spends: it sends all it has on to the test payer, so that it has nothing to give back."


class TrialReceiverShown(serializers.Serializer[Any]):
    """Name it with exactly this at `split-receivers`."""

    kind = serializers.CharField()
    account = serializers.CharField()
    name = serializers.CharField()
    balance = serializers.IntegerField(help_text="What it has, in fen.")


class Receivers(TrialEffectView):
    """The test receiver of splits."""

    input_class = TrialReceiverIn
    output_class = TrialReceiverShown
    receiver: TrialReceiver | None = None
    payer: TrialPayer | None = None
    refusals = NOT_READY

    @extend_schema(
        operation_id="payments_merchant_trial_split_receiver",
        examples=[asked("Spend it", ex.SPEND), answer("Short", ex.RECEIVER, CREATED)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """A customer of the sandbox to split to, one each day. Once it has spent what it got, a return and a refund that need it answer
        `split_receiver_short`. Sandbox only: 404 elsewhere."""
        return super().post(request, **url)

    def prepare(self, request: Request, **url: str) -> None:
        self.validated(request)
        self.payer = payer_of_today(request)
        with made_ready():
            self.receiver = payers.receiver_ready(merchant_id=signer_of(request).merchant.id, at=clock.now())

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Any:
        assert self.receiver is not None
        assert self.payer is not None
        if data["as"] == "spends":
            acting.pass_on(receiver=self.receiver, to=self.payer, nonce=request.headers["Idempotency-Key"], at=at)
        return self.recall(str(self.receiver.customer_id))

    def recall(self, resource: str) -> Any:
        return identity.get(UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        name = verification.real_names([row.id])[row.id]
        found = wallet.balance(row.id).available
        return super().shown({"kind": "customer", "account": row.public_id, "name": name, "balance": found})


class KeyWarnings(TrialEffectView):
    """The notice that a key ends."""

    output_class = KeyShown
    refusals = (NotFound,)

    @extend_schema(operation_id="payments_merchant_trial_key_expiring", request=None, examples=[answer("Told", ex.KEY, CREATED)])
    def post(self, request: Request, **url: str) -> Any:
        """Hear `merchant.key_expiring` now for the key that signs this request; the key lives on as long as it did. Sandbox only: 404
        elsewhere."""
        return super().post(request, **url)

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> AppKey:
        key = signer_of(request).key
        keys.tell_of("merchant.key_expiring", key, at)
        return key

    def recall(self, resource: str) -> AppKey:
        return signer_of(self.request).key

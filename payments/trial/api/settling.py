"""Settling a day before it is over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.ledger.refusals import LedgerHalted
from core.business_day.queries import NoOpenDay
from payments.merchants.api.examples import answer, asked
from payments.merchants.api.server import CREATED
from payments.merchants.api.signed import signer_of
from payments.settlement import queries
from payments.settlement.api.shapes import SettlementInFullShown
from payments.settlement.queries import Settlement
from payments.settlement.services.closing import DayEnding, DaySettled, NothingToSettle
from payments.settlement.services.paying import NoSettlementCard
from payments.trial.api import examples as ex
from payments.trial.api.base import NOT_READY, AsIn, TrialEffectView, trial_payers
from payments.trial.payers import TrialOnly
from payments.trial.results import SETTLEMENT_RESULTS
from payments.trial.services import settling


class TrialSettlementIn(AsIn):
    results = SETTLEMENT_RESULTS
    words = "What the payout is to come to. returned: it is paid, and comes back a second or two later. refused: the bank says no."


class Settlements(TrialEffectView):
    """The settlement of today."""

    input_class = TrialSettlementIn
    output_class = SettlementInFullShown
    trial: frozenset[UUID] = frozenset()
    refusals = (*NOT_READY, TrialOnly, NoSettlementCard, DayEnding, DaySettled, NothingToSettle, LedgerHalted, NoOpenDay)

    @extend_schema(
        operation_id="payments_merchant_trial_settle",
        examples=[asked("Let it come back", ex.COME_BACK), answer("Paid out", ex.SETTLED, CREATED)],
    )
    def post(self, request: Request, **url: str) -> Any:
        """Settle what the test payer paid you today, now, once a day: closed, approved and paid to your card. What moves later on this day
        is part of tomorrow's settlement. You hear `settlement.paid` or `settlement.returned`. Sandbox only: 404 elsewhere."""
        return super().post(request, **url)

    def prepare(self, request: Request, **url: str) -> None:
        self.validated(request)
        merchant = signer_of(request).merchant
        if merchant.settlement_card_id is None:
            raise NoSettlementCard()
        paid = settling.payers_to_settle(merchant.id)
        self.trial = trial_payers(request, {day for _, day in paid})
        if not {payer_id for payer_id, _ in paid} <= self.trial:
            raise TrialOnly()

    def effect(self, request: Request, data: dict[str, Any], *, at: datetime, **url: str) -> Settlement:
        return settling.settle(merchant_id=signer_of(request).merchant.id, trial=self.trial, at=at)

    def proceed(self, row: Settlement, *, at: datetime) -> Settlement:
        return settling.go_on(settlement=row, result=self.validated(self.request)["as"], at=at)

    def recall(self, resource: str) -> Settlement:
        return queries.settlement(UUID(resource))

    def shown(self, row: Any, *, many: bool = False) -> Any:
        row.payouts = queries.payouts(row.id)
        return super().shown(row)

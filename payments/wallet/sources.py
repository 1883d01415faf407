"""The wallet's own orders as sources of the statement."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import NotFound
from core.ids import parse_public_id
from payments.wallet import journals, queries
from payments.wallet.models import CardOrder
from payments.wallet.sockets import Detail, Sort


def numbered(prefix: str, text: str) -> Q:
    """Rows whose public id is `text`; none when it is no such id."""
    try:
        return Q(pk=parse_public_id(prefix, text))
    except NotFound:
        return Q(pk__in=[])


def journals_in(rows: QuerySet[Any], *fields: str) -> list[QuerySet[Any, Any]]:
    """The journals that `rows` name in `fields`."""
    return [rows.exclude(**{field: None}).values(field) for field in fields]


def card_of(order: CardOrder) -> str:
    return f"{order.card.bank_id} {order.card.last4}"


class TopUps:
    prefix = "top"
    kinds = {"top_up": Sort((journals.TOP_UP, journals.TOP_UP_CREDITED), +1, "Top-up", "充值")}

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        return journals_in(queries.own_top_ups(customer_id).filter(Q(card__last4=text) | numbered("top", text)), "journal_id")

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = queries.own_top_ups(customer_id).filter(pk__in=ids).select_related("card")
        return {row.id: Detail(card=card_of(row)) for row in rows}


class Withdrawals:
    prefix = "wdr"
    kinds = {
        "withdrawal": Sort((journals.WITHDRAWAL_SENT,), -1, "Withdrawal", "提现"),
        "withdrawal_back": Sort((journals.WITHDRAWAL_BACK,), +1, "Withdrawal given back", "提现退回"),
    }

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        found = queries.own_withdrawals(customer_id).filter(Q(card__last4=text) | numbered("wdr", text))
        return journals_in(found, "sent_journal_id", "back_journal_id")

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = queries.own_withdrawals(customer_id).filter(pk__in=ids).select_related("card")
        return {row.id: Detail(card=card_of(row), fee_fen=row.fee_fen) for row in rows}


class Transfers:
    prefix = "trf"
    kinds = {
        "transfer_out": Sort((journals.TRANSFER, journals.TRANSFER_OUT), -1, "Transfer to", "转账给"),
        "transfer_in": Sort((journals.TRANSFER, journals.TRANSFER_IN), +1, "Transfer from", "收到转账"),
        "transfer_back": Sort((journals.TRANSFER_BACK,), +1, "Transfer given back", "转账退回"),
    }

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        found = queries.own_transfers(customer_id).filter(Q(remark__icontains=text) | numbered("trf", text))
        return [found.values("id"), *journals_in(found, "closing_journal_id")]

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        rows = queries.own_transfers(customer_id).filter(pk__in=ids)
        return {row.id: Detail(counterparty=row.other(customer_id), remark=row.remark) for row in rows}

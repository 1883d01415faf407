"""What the database itself refuses about issuers."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Model

from core.ids import new_id
from tests.ledger_proof import behind_its_back
from tests.wealth.issuers.world import MONDAY, PRODUCT, TUESDAY, on
from wealth.issuers.models import Issuer, IssuerCredential, IssuerFile, IssuerLine, IssuerQuote, IssuerRequest, IssuerSettlement
from wealth.issuers.sandbox_issuer.connect import ISSUER

pytestmark = pytest.mark.django_db
AT = on(MONDAY)


def refused(name: str) -> AbstractContextManager[Any]:
    return pytest.raises(DatabaseError, match=name)


def made(model: type[Model], row: dict[str, Any]) -> Any:
    with transaction.atomic():
        return model._default_manager.create(**row)


def changed(row: Model, **fields: Any) -> None:
    with transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).update(**fields)


def request(**changes: Any) -> IssuerRequest:
    row: dict[str, Any] = {
        "number": str(new_id()),
        "issuer_code": ISSUER,
        "operation": "subscribe",
        "business": "test",
        "business_id": new_id(),
        "shard": 0,
        "product_id": new_id(),
        "product_code": PRODUCT,
        "amount_fen": 100,
        "trade_on": MONDAY,
        "created_at": AT,
        "changed_at": AT,
    }
    found: IssuerRequest = made(IssuerRequest, row | changes)
    return found


def file(**changes: Any) -> IssuerFile:
    found: IssuerFile = made(IssuerFile, {"issuer_id": ISSUER, "day": TUESDAY, "due_at": AT, "created_at": AT, "changed_at": AT} | changes)
    return found


def line(of: IssuerFile, place: int = 1, **changes: Any) -> IssuerLine:
    row = {"file": of, "place": place, "number": "n", "operation": "subscribe", "product_code": PRODUCT, "confirmed": True}
    found: IssuerLine = made(IssuerLine, row | {"amount_fen": 1, "units_fen": 1, "fee_fen": 0, "nav": 1} | changes)
    return found


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("wealth_issuerrequest_shard", {"shard": 64}),
        ("wealth_issuerrequest_asked", {"units_fen": 1}),
        ("wealth_issuerrequest_asked", {"amount_fen": None}),
        ("wealth_issuerrequest_asked", {"operation": "redeem"}),
        ("wealth_issuerrequest_asked", {"operation": "cancel", "amount_fen": None}),
        ("wealth_issuerrequest_moves", {"state": "accepted"}),
        ("wealth_issuerrequest_final", {"settled_at": AT}),
        ("wealth_issuerrequest_confirmed", {"confirmed_fen": 1}),
        ("wealth_issuerrequest_owed", {"owed": "confirmed", "tell_at": AT}),
    ],
)
def test_a_request_that_cannot_be_is_refused(name: str, changes: dict[str, Any]) -> None:
    with refused(name):
        request(**changes)


def test_a_row_is_asked_once_and_again_after_a_refusal() -> None:
    first = request()
    again = {"business_id": first.business_id}
    with refused("wealth_issuerrequest_once"):
        request(**again)
    with refused("wealth_issuerrequest_number"):
        request(number=first.number)
    changed(first, state="sent", sends=1, sent_at=AT)
    changed(first, state="rejected", settled_at=AT)
    assert request(**again).pk != first.pk


def test_a_request_moves_as_its_table_says_and_leaves_before_it_is_answered() -> None:
    row = request()
    with refused("wealth_issuerrequest_sent"):
        changed(row, state="sent")
    changed(row, state="sent", sends=1, sent_at=AT)
    word = {"confirmed_fen": 2, "confirmed_units_fen": 1, "fee_fen": 1, "nav": 1, "confirmed_on": TUESDAY}
    for missing in ("confirmed_fen", "confirmed_units_fen", "nav", "confirmed_on"):
        with refused("wealth_issuerrequest_confirmed"):
            changed(row, state="confirmed", settled_at=AT, **word | {missing: None})
    with refused("wealth_issuerrequest_confirmed"):
        changed(row, state="confirmed", settled_at=AT, **word | {"fee_fen": 2})
    changed(row, state="rejected", settled_at=AT)
    with refused("wealth_issuerrequest_moves"):
        changed(row, state="accepted", settled_at=None)


def test_an_issuer_is_born_off_and_has_one_live_credential() -> None:
    facts = {"adapter": "x", "name_en": "X", "name_zh": "X", "created_at": AT, "changed_at": AT}
    with refused("wealth_issuer_moves"):
        made(Issuer, facts | {"code": "x", "state": "on"})
    with refused("wealth_issuer_connect"):
        made(Issuer, facts | {"code": "x", "connect_timeout_ms": 2001})
    with refused("wealth_issuer_total"):
        made(Issuer, facts | {"code": "x", "total_timeout_ms": 8000})
    with refused("wealth_issuer_state"):
        behind_its_back("UPDATE wealth_issuer SET state = 'away'")
    credential = {"issuer_id": ISSUER, "party": "p", "private_key_pem": "k", "issuer_public_key_pem": "i", "issuer_key_id": "1"}
    made(IssuerCredential, credential | {"id": new_id(), "created_at": AT})
    with refused("wealth_issuercredential_one_live"):
        made(IssuerCredential, credential | {"id": new_id(), "created_at": AT})


def test_a_day_has_one_file_and_each_of_its_places_one_line() -> None:
    row = file()
    with refused("wealth_issuerfile_day"):
        file()
    with refused("wealth_issuerfile_state"):
        changed(row, state="received")
    with refused("wealth_issuerfile_moves"):
        changed(row, state="settled", raw=b"x", received_at=AT, settled_at=AT, due_at=None)
    line(row)
    with refused("wealth_issuerline_place"):
        line(row)


def test_a_request_is_ended_by_one_line_alone() -> None:
    row, asked = file(), request()
    first, second = line(row), line(row, 2)
    with refused("wealth_issuerline_state"):
        changed(first, state="settled", settled_at=AT)
    with refused("wealth_issuerline_state"):
        changed(first, state="broken", settled_at=AT)
    changed(first, state="settled", settled_at=AT, request=asked)
    with refused("wealth_issuerline_once"):
        changed(second, state="settled", settled_at=AT, request=asked)
    with refused("wealth_issuerline_moves"):
        changed(first, state="repeated")


def test_quotes_and_settlements_stay() -> None:
    key = {"issuer_id": ISSUER, "product_code": PRODUCT, "day": MONDAY, "income_per_10k": 1, "created_at": AT}
    quote = made(IssuerQuote, key | {"revision": 1})
    with refused("wealth_issuerquote_revision"):
        made(IssuerQuote, key | {"revision": 1})
    with refused("wealth_issuerquote_counts"):
        made(IssuerQuote, key | {"revision": 0})
    with refused("wealth_issuerquote"):
        changed(quote, income_per_10k=2)
    changed(quote, told_at=AT)
    facts = {"file": file(), "product_id": new_id(), "product_code": PRODUCT, "requests": 1, "created_at": AT}
    settlement = made(IssuerSettlement, facts | {"subscribed_fen": 5, "redeemed_fen": 5, "net_fen": 0})
    with refused("wealth_issuersettlement"):
        changed(settlement, requests=2)
    with refused("wealth_issuersettlement_once"):
        made(IssuerSettlement, facts | {"subscribed_fen": 5, "redeemed_fen": 5, "net_fen": 0})
    other = facts | {"product_id": new_id()}
    with refused("wealth_issuersettlement_net"):
        made(IssuerSettlement, other | {"subscribed_fen": 5, "redeemed_fen": 4, "net_fen": 0})
    with refused("wealth_issuersettlement_booked"):
        made(IssuerSettlement, other | {"subscribed_fen": 5, "redeemed_fen": 4, "net_fen": 1})

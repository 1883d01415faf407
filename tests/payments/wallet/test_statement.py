"""The statement: every movement found by what a customer remembers of it, pages that hold, totals, the file, receipts."""

import csv
import io
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pytest
from django.db.models import QuerySet

from accounts.identity.models import Customer
from accounts.ledger import services as ledger
from accounts.ledger.accounts import customer_account, platform_account
from accounts.ledger.legs import credit, debit
from accounts.ledger.models import Journal
from core.clock import queries as clock
from core.ids import new_id, public_id
from payments.wallet import csv_file, queries, receipts, statement
from payments.wallet.services import transfers
from payments.wallet.sockets import STATEMENT, Detail, Sort
from tests.factories import Client, api
from tests.payments.wallet.world import fund, holder, intent, open_day
from tests.query_counts import assert_queries_do_not_grow, queries_of

pytestmark = pytest.mark.django_db
ROOT = "/v1/payments/wallet"


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def send(payer: Customer, payee: Customer, fen: int, remark: str = "") -> Any:
    return transfers.send(intent=intent(payer), payee_id=payee.id, amount_fen=fen, remark=remark, at=clock.now())


def found(client: Client, **search: Any) -> list[tuple[str, str, int]]:
    items = client.get(f"{ROOT}/movements", search).json()["items"]
    return [(item["kind"], item["side"], item["amount"]) for item in items]


@pytest.fixture
def ann() -> Customer:
    """Ann: 10,000 in; lunch and rent to Bob; 700 back from Bob; 50 offered and declined; 9 from another floor."""
    ann, bob = holder(10_000), holder(1_000)
    send(ann, bob, 1_200, "lunch 午饭")
    send(ann, bob, 3_000, "rent for May")
    send(bob, ann, 700, "LUNCH share")
    offered = transfers.offer(intent=intent(ann), payee_id=bob.id, amount_fen=50, remark="maybe", at=clock.now())
    transfers.decline(payee_id=bob.id, transfer_id=offered.id, at=clock.now())
    legs = [debit(platform_account("equity:capital"), 9), credit(customer_account(ann.id), 9)]
    ledger.post(journal_id=new_id(), event="ledger.adjusted", legs=legs, at=clock.now())
    return ann


ALL = [
    ("other", "in", 9),
    ("transfer_back", "in", 50),
    ("transfer_out", "out", 50),
    ("transfer_in", "in", 700),
    ("transfer_out", "out", 3_000),
    ("transfer_out", "out", 1_200),
    ("top_up", "in", 10_000),
]


def test_every_movement_is_there_newest_first_with_its_running_balance(ann: Customer) -> None:
    items = api(ann).get(f"{ROOT}/movements").json()["items"]
    assert [(item["kind"], item["side"], item["amount"]) for item in items] == ALL
    assert [item["balance"] for item in items] == [6_509, 6_500, 6_450, 6_500, 5_800, 8_800, 10_000]
    lunch = items[5]
    assert (lunch["remark"], lunch["title"], lunch["currency"]) == ("lunch 午饭", "Transfer to", "CNY")
    assert lunch["counterparty"]["name"] == "**满"
    assert items[0]["title"] == "Adjustment"


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({"text": "lunch"}, [ALL[3], ALL[5]]),
        ({"text": "午"}, [ALL[5]]),
        ({"text": "nothing like it"}, []),
        ({"text": "100%"}, []),
        ({"text": "maybe"}, [ALL[1], ALL[2]]),
        ({"kind": "transfer_out"}, [ALL[2], ALL[4], ALL[5]]),
        ({"kind": "transfer_in"}, [ALL[3]]),
        ({"kind": "other"}, [ALL[0]]),
        ({"kind": "transfer_in", "side": "out"}, []),
        ({"side": "in"}, [ALL[0], ALL[1], ALL[3], ALL[6]]),
        ({"least": 700}, [ALL[3], ALL[4], ALL[5], ALL[6]]),
        ({"least": 701, "most": 1_200}, [ALL[5]]),
        ({"month": "2020-01"}, []),
        ({"text": "lunch", "side": "out", "most": 1_200}, [ALL[5]]),
    ],
)
def test_a_search_finds_what_fits_and_nothing_else(ann: Customer, search: dict[str, Any], expected: list[Any]) -> None:
    assert found(api(ann), **search) == expected


def test_the_present_month_holds_all_of_it_and_an_orders_number_finds_its_movements(ann: Customer) -> None:
    client = api(ann)
    assert found(client, month=f"{clock.local(clock.now()):%Y-%m}") == ALL
    rent = client.get(f"{ROOT}/movements", {"text": "rent"}).json()["items"][0]
    assert found(client, text=rent["order_id"]) == [ALL[4]]


@pytest.mark.parametrize(
    "search", [{"month": "2026-13"}, {"month": "May"}, {"kind": "gift"}, {"side": "up"}, {"least": -1}, {"least": "x"}]
)
def test_a_search_that_can_never_fit_names_its_field(ann: Customer, search: dict[str, Any]) -> None:
    answer = api(ann).get(f"{ROOT}/movements", search)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(search))


def test_pages_go_on_where_they_stopped_even_when_new_movements_come_between(ann: Customer) -> None:
    client = api(ann)
    first = client.get(f"{ROOT}/movements", {"limit": 3}).json()
    fund(ann, 77)
    seen = [(item["kind"], item["side"], item["amount"]) for item in first["items"]]
    cursor = first["next"]
    while cursor:
        page = client.get(f"{ROOT}/movements?limit=3&cursor={cursor}").json()
        seen += [(item["kind"], item["side"], item["amount"]) for item in page["items"]]
        cursor = page["next"]
    assert seen == ALL


def test_one_never_sees_anothers_movements(ann: Customer) -> None:
    eve = holder(5)
    assert found(api(eve)) == [("top_up", "in", 5)]
    journal = api(ann).get(f"{ROOT}/movements").json()["items"][-1]["id"]
    assert api(eve).get(f"{ROOT}/receipts/{journal}").status_code == 404
    assert api(eve).get(f"{ROOT}/receipts/{journal}/print").status_code == 404


def test_month_totals_add_up_to_the_balance(ann: Customer) -> None:
    month = f"{clock.local(clock.now()):%Y-%m}"
    assert api(ann).get(f"{ROOT}/months").json()["items"] == [{"month": month, "currency": "CNY", "in": 10_759, "out": 4_250}]
    assert api(ann).get(f"{ROOT}/months", {"from": "2019-01", "to": "2026-01"}).status_code == 422
    assert api(ann).get(f"{ROOT}/months", {"from": "2026-03", "to": "2026-02"}).status_code == 422
    overview = api(ann).get(f"{ROOT}/overview").json()
    assert overview["balance"] == {"posted": 6_509, "held": 0, "available": 6_509, "currency": "CNY"}
    assert (overview["month"]["in"], overview["month"]["out"]) == (10_759, 4_250)
    assert (overview["waiting_for_me"], overview["processing"]) == (0, 0)


def test_the_file_has_a_mark_for_spreadsheets_and_every_movement_and_cannot_run_anything(ann: Customer) -> None:
    bob = holder()
    send(ann, bob, 1, '=HYPERLINK("http://x","y")')
    send(ann, bob, 2, "@SUM(A1)")
    answer = api(ann).get(f"{ROOT}/movements/csv")
    raw = b"".join(answer.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 1 + len(ALL) + 2
    assert [row[8] for row in rows[1:3]] == ["'@SUM(A1)", '\'=HYPERLINK("http://x","y")']
    assert rows[-1][3:6] == ["in", "100.00", "100.00"]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\r=1"])
def test_a_cell_a_spreadsheet_would_run_is_quoted(cell: str) -> None:
    assert csv_file.safe(cell).startswith("'")


def test_a_receipt_names_its_journal_and_prints_what_was_written_as_text(ann: Customer) -> None:
    bob = holder()
    send(ann, bob, 321, "<script>alert(1)</script>")
    client = api(ann)
    journal = client.get(f"{ROOT}/movements").json()["items"][0]["id"]
    receipt = client.get(f"{ROOT}/receipts/{journal}").json()
    assert (receipt["id"], receipt["amount"], receipt["remark"]) == (journal, 321, "<script>alert(1)</script>")
    page = client.get(f"{ROOT}/receipts/{journal}/print", headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "电子回单" in page
    assert journal in page
    assert "3.21 CNY" in page
    assert "<script>" not in page
    assert client.get(f"{ROOT}/receipts/jrn_00000000000000000000000000").status_code == 404


def test_a_receipts_line_is_found_by_its_journals_instant_not_by_reading_the_account(ann: Customer) -> None:
    sent = send(ann, holder(), 321, "")
    reads = [sql for sql in queries_of(lambda: statement.receipt(ann.id, sent.id)) if 'FROM "ledger_entry"' in sql]
    assert ['"ledger_entry"."posted_at" = ' in sql and '"ledger_entry"."sub" = 0' in sql for sql in reads] == [True]


def test_queries_do_not_grow_with_the_page(ann: Customer) -> None:
    client = api(ann)
    assert_queries_do_not_grow(lambda size: client.get(f"{ROOT}/movements", {"limit": size}), 2, 7, at_most=10)
    assert_queries_do_not_grow(lambda size: client.get(f"{ROOT}/transfers", {"limit": size}), 1, 4, at_most=8)


class Gifts:
    """Orders of a room above the wallet, which the wallet has never heard of."""

    prefix = "gft"
    kinds = {"gift": Sort(("ledger.adjusted",), +1, "Gift", "礼物")}

    def __init__(self) -> None:
        self.texts: dict[str, uuid.UUID] = {}

    def about(self, *, customer_id: uuid.UUID, text: str) -> Sequence[QuerySet[Any, Any]]:
        return [Journal.objects.filter(pk=self.texts[text]).values("pk")] if text in self.texts else []

    def details(self, *, customer_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Detail]:
        return {order_id: Detail(party="Corner shop", remark="for you", fee_fen=1) for order_id in ids}


@pytest.fixture
def gifts() -> Iterator[Gifts]:
    gifts = Gifts()
    STATEMENT.plug("gifts", gifts)
    yield gifts
    STATEMENT.unplug("gifts")


def test_an_upper_room_explains_its_movements_by_its_own_source(ann: Customer, gifts: Gifts) -> None:
    journal_id, order_id = new_id(), new_id()
    legs = [debit(platform_account("equity:capital"), 25), credit(customer_account(ann.id), 25)]
    ledger.post(journal_id=journal_id, event="ledger.adjusted", legs=legs, at=clock.now(), reference=public_id("gft", order_id))
    gifts.texts["corner"] = journal_id

    def shown(search: statement.Search) -> list[tuple[str, int, str, str]]:
        lines = statement.joined(ann.id, list(statement.movements(ann.id, search).order_by(*statement.ORDERING)))
        return [(line.kind, line.amount, line.party, line.remark) for line in lines]

    of_a_shop, unexplained = ("gift", 25, "Corner shop", "for you"), ("gift", 9, "", "")
    assert shown(statement.Search(kind="gift")) == [of_a_shop, unexplained]
    assert shown(statement.Search(text="corner")) == [of_a_shop]
    assert shown(statement.Search(kind="other")) == []
    receipt = receipts.receipt(statement.receipt(ann.id, journal_id), holder=queries.person(ann.id), language="en", at=clock.now())
    assert ("Counterparty", "Corner shop") in receipt.lines

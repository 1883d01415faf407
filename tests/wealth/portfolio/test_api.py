"""What customers read of their portfolio, with numbers worked out by hand."""

import csv
import io

import pypdfium2
import pytest

from core.business_day import queries as business_days
from payments.wallet.csv_file import BOM
from tests.factories import api
from tests.payments.wallet.world import fund as funded
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.current.world import bought, end_day, fund, holder, quoted, sold
from tests.wealth.portfolio.world import DAY, PATH, got, over
from wealth.portfolio.models import PortfolioTerms

pytestmark = pytest.mark.django_db


def shares(found: list[dict[str, object]]) -> dict[object, tuple[object, object]]:
    assert sum(int(str(one["share_bp"])) for one in found) == 10_000
    return {one["key"]: (one["amount"], one["share_bp"]) for one in found}


def test_everything_in_one_view() -> None:
    product, ann = fund(t0_cap_fen=300_000), holder()
    funded(ann, 500_000)
    bought(product, ann, 1_000_000)
    over(product, "1.0000", "2.0000")

    seen = got(ann)

    assert seen["net_worth"] == {"value": 1_500_300, "reason": None}
    assert (seen["products"], seen["accrued"], seen["on_its_way"]) == (1_000_300, 0, 0)
    assert [(one["kind"], one["value"], one["cost"], one["available"], one["income_total"]) for one in seen["items"]] == [
        ("current", 1_000_300, 1_000_000, 1_000_300, 300)
    ]
    assert [(one["kind"], one["amount"], one["frozen"], one["owed"]) for one in seen["beside"]] == [("wallet", 500_000, 0, False)]
    assert shares(seen["allocation"]["kind"]) == {"wallet": (500_000, 3_333), "current": (1_000_300, 6_667)}
    assert shares(seen["allocation"]["safety"]) == {"cash": (500_000, 3_333), "R1": (1_000_300, 6_667)}
    assert shares(seen["allocation"]["liquidity"]) == {"today": (800_000, 5_332), "later": (700_300, 4_668)}
    assert shares(seen["allocation"]["term"]) == {"open": (1_500_300, 10_000)}
    assert seen["income"]["total"] == {"value": 300, "reason": None}
    assert seen["returns"]["time_weighted"] == {"value": "0.0300", "reason": None}


def test_what_cannot_be_known_is_null_with_a_reason_and_never_nothing() -> None:
    product, ann = fund(), holder()
    seen = got(ann)
    assert seen["income"]["total"]["value"] is None
    assert "No business day" in seen["income"]["total"]["reason"]
    assert seen["returns"]["money_weighted"]["value"] is None
    assert seen["net_worth"]["value"] == 0
    assert seen["allocation"] == {"kind": [], "safety": [], "liquidity": [], "term": []}

    bought(product, ann, 1_000_000)
    end_day()
    seen = got(ann)
    assert seen["income"]["total"]["value"] == 0
    assert seen["returns"]["money_weighted"]["value"] is None
    assert seen["returns"]["time_weighted"]["value"] == "0.0000"


def test_the_days_behind_without_a_gap() -> None:
    product, ann = fund(), holder()
    first = business_days.current()
    funded(ann, 7_000)
    bought(product, ann, 1_000_000)
    over(product, "1.0000")
    sold(product, ann, 1_000_100)
    end_day()
    quoted(product, "1.0000", first + DAY)
    last = over(product, "1.0000")

    seen = got(ann, f"/history?from={first}&to={last}")

    assert [(one["value"], one["in"], one["out"], one["income"], one["beside"]) for one in seen["items"]] == [
        (1_000_100, 1_000_000, 0, 100, 7_000),
        (0, 0, 1_000_100, 0, 7_000),
        (0, 0, 0, 0, 7_000),
    ]
    assert [one["day"] for one in seen["items"]] == [(first + DAY * number).isoformat() for number in range(3)]
    assert (seen["from"], seen["to"]) == (first.isoformat(), last.isoformat())
    assert api(ann).get(f"{PATH}/history?from={last}&to={first}").status_code == 422
    assert api(ann).get(f"{PATH}/history?from=2020-01-01&to={last}").status_code == 422


def test_a_statement_adds_up_line_by_line_and_in_all_and_follows_from_the_month_before() -> None:
    product, ann = fund(), holder()
    funded(ann, 12_345)
    first = business_days.current()
    bought(product, ann, 1_000_000)
    while business_days.current().month == first.month:
        over(product, "0.7777")
    sold(product, ann, 250_000)
    over(product, "0.7777", "0.7777")

    listed = got(ann, "/statements")["items"]
    found = [got(ann, f"/statements/{one['month']}") for one in listed]

    assert len(found) == 2
    assert [one["month"] for one in found] == listed
    for one in found:
        for amounts in (one["month"]["total"], *(line["amounts"] for line in one["items"])):
            assert amounts["opening"] + amounts["in"] - amounts["out"] + amounts["income"] == amounts["closing"]
        total = one["month"]["total"]
        assert total == {name: sum(line["amounts"][name] for line in one["items"]) for name in total}
    newest, oldest = found
    assert newest["month"]["total"]["opening"] == oldest["month"]["total"]["closing"]
    assert oldest["month"]["total"]["opening"] == 0
    assert (oldest["month"]["complete"], newest["month"]["complete"]) == (True, False)
    assert {line["kind"]: line["amounts"]["out"] for line in newest["items"]} == {"current": 250_000, "wallet": 0}
    assert newest["month"]["total"]["closing"] == got(ann)["net_worth"]["value"]


def test_a_statement_as_a_file_of_cells_that_runs_nothing() -> None:
    product, ann = fund(name_en="=HYPERLINK(1)", name_zh="=HYPERLINK(1)"), holder()
    bought(product, ann, 1_000_000)
    month = f"{over(product, '1.0000'):%Y-%m}"

    for headers, query in (({"Accept": "text/csv"}, ""), ({}, "?form=csv")):
        answer = api(ann).get(f"{PATH}/statements/{month}{query}", headers=headers)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        text = answer.content.decode()
        assert text.startswith(BOM)
        rows = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
        assert rows[1] == ["'=HYPERLINK(1)", product.code, "0.00", "10000.00", "0.00", "1.00", "10001.00"]
        assert rows[-1][0] == "total"
        assert rows[-1][-1] == "10001.00"


def test_a_statement_on_paper_in_both_languages() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 1_000_000)
    month = f"{over(product, '1.0000'):%Y-%m}"

    for language in ("en", "zh-hans"):
        answer = api(ann).get(f"{PATH}/statements/{month}", headers={"Accept": "application/pdf", "Accept-Language": language})
        assert answer.headers["Content-Type"] == "application/pdf"
        words = str(pypdfium2.PdfDocument(answer.content)[0].get_textpage().get_text_bounded())
        assert {"10000.00", "1.00", "10001.00", month} <= set(words.replace("\r\n", " ").split(" "))
        assert ("合计" if language.startswith("zh") else "total") in words
        assert month in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("month", ["2020-01", "2026-13", "x", "9999-99"])
def test_a_month_nothing_is_kept_of_is_not_there(month: str) -> None:
    product, ann = fund(), holder()
    bought(product, ann, 1_000_000)
    over(product, "1.0000")
    assert api(ann).get(f"{PATH}/statements/{month}").status_code == 404


def test_nobody_sees_anothers() -> None:
    product, ann, ben = fund(), holder(), holder()
    bought(product, ann, 1_000_000)
    month = f"{over(product, '1.0000'):%Y-%m}"

    assert got(ben)["items"] == []
    assert {one["value"] for one in got(ben, "/history")["items"]} == {0}
    assert got(ben, "/statements")["items"] == []
    assert api(ben).get(f"{PATH}/statements/{month}").status_code == 404
    assert {one["answer"] for one in got(ben, "/checkups")["items"]} == {"not_available"}


@pytest.mark.parametrize("path", ["", "/history", "/checkups", "/statements", "/statements/{month}"])
def test_queries_do_not_grow_with_holdings(path: str) -> None:
    products, ann, ben = [fund() for _ in range(4)], holder(), holder()
    bought(products[0], ann, 1_000_000)
    for product in products:
        bought(product, ben, 1_000_000)
    for product in products[1:]:
        quoted(product, "1.0000")
    last = over(products[0], "1.0000")

    assert_queries_do_not_grow(lambda who: got(who, path.format(month=f"{last:%Y-%m}")), ann, ben, at_most=40)


def test_check_ups_say_what_is_worth_a_look_and_by_which_numbers() -> None:
    product, ann = fund(t0_cap_fen=300_000), holder()
    funded(ann, 2_000_000)
    bought(product, ann, 2_000_000)
    over(product, "1.0000")

    found = {one["name"]: one for one in got(ann, "/checkups")["items"]}

    assert {name: one["answer"] for name, one in found.items()} == {
        "emergency": "not_available",
        "concentration": "attention",
        "idle_cash": "attention",
        "maturity_wall": "not_available",
        "debts": "not_available",
    }
    assert found["concentration"]["numbers"] == {"largest_fen": 2_000_200, "total_fen": 4_000_200, "share_bp": 5_000, "most_bp": 5_000}
    assert found["idle_cash"]["text"] == "20,000.00 yuan, 49.99% of what you have, earn nothing."
    chinese = api(ann).get(f"{PATH}/checkups", headers={"Accept-Language": "zh-hans"}).json()["items"]
    assert [one["title"] for one in chinese] == ["应急资金", "集中度", "闲置资金", "集中到期", "负债与存款"]


def test_check_ups_measure_by_the_terms_in_force() -> None:
    product, ann = fund(), holder()
    bought(product, ann, 1_000_000)
    over(product, "1.0000")
    assert PortfolioTerms.objects.get().concentration_bp == 5_000
    found = {one["name"]: one["answer"] for one in got(ann, "/checkups")["items"]}
    assert (found["concentration"], found["idle_cash"]) == ("attention", "ok")

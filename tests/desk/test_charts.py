"""The dashboard: what it says of made-up days, to whom, in which language, and at what cost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.clock import queries as clock
from core.clock.queries import local_day
from core.tallies.models import DayTally
from payments.channels.models import Break
from tests.desk import matrix
from tests.desk.people import asked_of_the_database, staff, verified
from tests.desk.test_chinese import english

pytestmark = pytest.mark.django_db
ADDRESS = reverse("admin:charts")
SECTION = re.compile(r'<section class="banyan-chart.*?</section>', re.DOTALL)
EVERYTHING = {"paid", "orders", "success", "refusals", "refunds", "refund_ratio", "breaks", "open_breaks", "payouts", "to_approve"}
EVERYTHING |= {"assets", "flows", "incomes", "products", "maturities", "coverage"}
ORDERS: list[list[object]] = [
    ["paid", "in_app", 3, 1_200_000],
    ["paid", "qr_static", 1, 34_500],
    ["attempts_through", "sandbox_bank", 9, 0],
    ["attempts_refused", "sandbox_bank", 1, 0],
    ["codes", "sandbox_bank insufficient_funds", 1, 0],
    ["attempts_through", "own", 2, 0],
]


def lived(*backs: int, orders: list[list[object]] = ORDERS) -> None:
    """These days back as every room might have counted them."""
    at = clock.now()
    lines = {
        "payments.cashier": orders,
        "payments.refunds": [["refunded", "app", 1, 123_450]],
        "payments.channels": [["breaks_found", "amount", 2, 0], ["breaks_ended", "fee", 1, 0]],
        "payments.settlement": [["payouts", "paid", 2, 600_000], ["payouts", "failed", 1, 100]],
    }
    DayTally.objects.bulk_create(
        DayTally(day=local_day(at) - timedelta(days=back), source=source, lines=said, counted_at=at)
        for back in backs
        for source, said in lines.items()
    )


def a_break(kind: str = "amount") -> Break:
    at = clock.now()
    return Break.objects.create(channel_id="sandbox_bank", kind=kind, source="t", request_no="r", ours="1", theirs="2", created_at=at)


def page(client: Client, days: str = "7", language: str = "en") -> str:
    answer = client.get(f"{ADDRESS}?days={days}", headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def names(text: str) -> set[str]:
    return set(re.findall(r'data-chart="(\w+)"', text))


def says(text: str, name: str) -> str:
    found = re.search(rf'data-chart="{name}">.*?banyan-chart-says"[^>]*>(.*?)</p>', text, re.DOTALL)
    assert found
    return found.group(1)


def test_the_figures_of_the_last_days_beside_those_before() -> None:
    lived(0, 1, *range(7, 14))
    a_break()
    text = page(verified(staff("eve", "auditor")))
    assert names(text) == EVERYTHING
    day = local_day(clock.now()).isoformat()
    assert says(text, "paid") == f"24,690.00 yuan paid, orders: 8; the most on {day}: 12,345.00 yuan."
    assert says(text, "success") == "Attempts that ended: 24; 91.67% of them went through. The lowest: Sandbox bank, 90.00%."
    assert says(text, "refunds") == f"2,469.00 yuan refunded, refunds: 2; the most on {day}: 1,234.50 yuan."
    assert says(text, "refund_ratio") == "10.00% of what was paid went back."
    assert says(text, "breaks") == "Breaks found: 4; closed: 2."
    assert says(text, "open_breaks") == "Open breaks: 1; for over 7 days: 0."
    assert says(text, "payouts").endswith("Failed or returned: 2.")
    assert "71.43% less than in the 7 days before" in text
    assert "insufficient_funds" in text
    assert "Days not counted: 5." in text


def test_every_picture_has_a_name_a_sentence_and_a_table_with_every_day() -> None:
    lived(*range(7))
    sections = SECTION.findall(page(verified(staff("eve", "auditor"))))
    pictures = [section for section in sections if 'role="img"' in section]
    assert len(pictures) == 7
    for section in pictures:
        assert 'aria-labelledby="chart-' in section
        assert 'aria-describedby="chart-' in section
        assert section.count('<th scope="row">') == 7


@pytest.mark.parametrize(("asked", "shown"), [("7", 7), ("30", 30), ("90", 90), ("", 30), ("5", 30), ("; drop", 30)])
def test_the_period_is_one_of_three(asked: str, shown: int) -> None:
    lived(0)
    text = page(verified(staff("eve", "auditor")), asked)
    assert f'href="?days={shown}" aria-current="page"' in text
    assert says(text, "paid").startswith("12,345.00 yuan")


def test_days_beyond_the_period_do_not_count() -> None:
    lived(7)
    assert says(page(verified(staff("eve", "auditor"))), "paid") == "No order was paid."
    assert says(page(verified(staff("ann", "auditor")), "30"), "paid").startswith("12,345.00 yuan")


def test_days_before_that_were_not_all_counted_are_not_compared() -> None:
    lived(0, *range(7, 13))
    text = page(verified(staff("eve", "auditor")))
    assert text.count("no figures of the 7 days before") == 6
    assert "more than" not in text


def test_without_a_history_every_chart_says_so() -> None:
    text = page(verified(staff("eve", "auditor")))
    assert names(text) == EVERYTHING
    assert 'role="img"' not in text
    assert text.count("Nothing happened in these days.") == 10
    assert "Today is not counted yet" in text


@pytest.mark.parametrize("role", [*matrix.ROLES, "superuser"])
def test_a_role_sees_the_charts_of_the_pages_it_sees(role: str) -> None:
    lived(0)
    client = verified(staff("them", *([role] if role in matrix.ROLES else []), superuser=role == "superuser"))
    home = client.get(reverse("admin:index"), headers={"accept-language": "en"}).content.decode()
    if role == "marketing":
        assert client.get(ADDRESS).status_code == 403
        assert names(home) == set()
        assert ADDRESS not in home
        return
    money = role in {"finance_maker", "finance_checker", "auditor", "superuser"}
    assert names(page(client)) == (EVERYTHING if money else EVERYTHING - {"breaks", "open_breaks"})
    assert names(home) == {"paid", "success"}
    assert ADDRESS in home


def test_the_page_is_chinese_for_a_chinese_browser() -> None:
    lived(0, 1)
    a_break()
    text = page(verified(staff("张", "auditor")), language="zh-CN")
    assert english(text) == []
    assert "共收款 24,690.00 元,8 笔" in says(text, "paid")
    assert "沙箱银行" in text
    assert english(page(verified(staff("李", "auditor")), "90", language="zh-CN")) == []


def test_an_empty_page_is_chinese_too() -> None:
    assert english(page(verified(staff("张", "auditor")), language="zh-CN")) == []


def test_the_page_costs_the_same_whatever_was_counted() -> None:
    lived(0)
    a_break()
    client = verified(staff("eve", "auditor"))
    page(client, "90")
    with CaptureQueriesContext(connection) as few:
        page(client, "90")
    codes: list[list[object]] = [["codes", f"alipay code_{number}", number, 0] for number in range(1, 40)]
    lived(*range(1, 180), orders=[*ORDERS, *codes, ["attempts_refused", "alipay", 9, 0]])
    for kind in ("fee", "status", "amount", "duplicate"):
        a_break(kind)
    with CaptureQueriesContext(connection) as many:
        page(client, "90")
    assert asked_of_the_database(many) == asked_of_the_database(few)


def test_pictures_carry_no_script_no_style_and_ask_nothing_of_any_host() -> None:
    lived(0, 1)
    for section in SECTION.findall(page(verified(staff("eve", "auditor")))):
        assert not re.search(r"<script|<style|style=|\son\w+=|https?://|javascript:", section)

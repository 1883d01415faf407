"""The product studio as operators work with it: every step through its pages."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.approvals.models import Approval
from core.audit.models import AuditRecord
from core.clock import queries as clock
from core.ids import new_id
from tests.desk.people import staff, verified
from tests.factories import customer
from tests.query_counts import assert_queries_do_not_grow
from tests.wealth.catalog import products
from wealth.catalog.dates import ordered_at
from wealth.catalog.models import Product, ProductVersion
from wealth.catalog.services import quotas

pytestmark = pytest.mark.django_db
TYPED: dict[str, Any] = products.VALUES | {
    "t0_cap_fen": "10000", "minimum_fen": "0.01", "step_fen": "0.01", "confirm_days": 1, "redeem_days": 1, "day_count": "act_365f",
    "rounding": "down", "buy_fee_bp": 0, "redeem_fee_bp": 0, "manage_fee_bp": 25, "exchange": "XSHG", "cut_off": "15:00:00", "terms": "{}",
    "reason": "as the issuer asked",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with products.plugged():
        yield


def act(name: str, product: Product) -> str:
    return reverse(f"admin:wealth_product_{name}", args=[product.pk])


def page(client: Client, label: str, key: Any) -> str:
    answer = client.get(reverse(f"admin:wealth_{label}_change", args=[key]))
    assert answer.status_code == 200
    return answer.content.decode()


def approve(checker: Client) -> None:
    asked = Approval.objects.get(state="pending")
    address = reverse("admin:core_approval_approve", args=[asked.pk])
    assert checker.get(address).status_code == 200
    assert checker.post(address, {"read": "on"}).status_code == 302


def test_a_product_goes_from_a_draft_to_its_second_version_through_the_pages_of_two_people() -> None:
    maker, checker = verified(staff("mia", "marketing", "finance_maker")), verified(staff("carl", "finance_checker"))
    new = reverse("admin:wealth_product_do_draft")
    assert maker.get(new).status_code == 200
    assert maker.post(new, TYPED | {"code": "DEW", "kind": "current", "issuer_code": "sandbox_issuer"}).status_code == 302
    product = Product.objects.get(code="DEW")
    assert (product.state, ProductVersion.objects.get(product=product).minimum_fen) == ("draft", 1)
    for step in ("hand-in", "publish"):
        assert maker.get(act(step, product)).status_code == 200
        assert maker.post(act(step, product), {"reason": "it is complete"}).status_code == 302
    product.refresh_from_db()
    assert (product.state, product.current_id) == ("reviewing", None)
    approve(checker)
    product.refresh_from_db()
    assert product.state == "on_sale"
    assert "起购" in maker.get(act("next", product), headers={"accept-language": "zh-CN"}).content.decode()
    assert maker.post(act("next", product), TYPED | {"minimum_fen": "10"}).status_code == 302
    second = ProductVersion.objects.get(product=product, number=2)
    changed = page(checker, "productversion", second.pk)
    for words in ("Minimum (yuan)", "0.01", "10.00", "晨露货币", "Morning Dew money fund", "hardly any risk", "低风险", second.risk_sha256):
        assert words in changed
    assert (second.state, Product.objects.get(pk=product.pk).current.number) == ("draft", 1)  # type: ignore[union-attr]
    edit = reverse("admin:wealth_productversion_change", args=[second.pk]).removesuffix("change/") + "do/edit/"
    assert maker.get(edit).status_code == 200
    assert maker.post(edit, TYPED | {"minimum_fen": "20"}).status_code == 302
    for step in ("hand-in", "publish"):
        maker.post(act(step, product), {"reason": "it is complete"})
    approve(checker)
    product.refresh_from_db()
    assert product.current is not None
    assert (product.current.number, product.current.minimum_fen) == (2, 2_000)
    acts = set(AuditRecord.objects.filter(actor="staff:mia").values_list("act", flat=True))
    assert acts == {"product.draft", "approval.proposed"}


def test_what_no_version_can_say_is_told_beside_the_field_and_nothing_is_drafted() -> None:
    maker = verified(staff("mia", "marketing"))
    wrong = TYPED | {"code": "DEW", "kind": "current", "issuer_code": "x", "carry": "", "redeem_days": 99}
    answer = maker.post(reverse("admin:wealth_product_do_draft"), wrong)
    assert answer.status_code == 200
    assert Product.objects.count() == 0
    unbuilt = maker.post(reverse("admin:wealth_product_do_draft"), TYPED | {"code": "D", "kind": "advisor", "issuer_code": "x"})
    assert "Select a valid choice" in unbuilt.content.decode()


def test_sales_are_stopped_by_one_and_resumed_by_two() -> None:
    product = products.on_sale()
    risk = verified(staff("rik", "risk"))
    assert risk.post(act("suspend", product), {"reason": "the issuer is late"}).status_code == 302
    assert "the issuer is late" in page(risk, "product", product.pk)
    maker = verified(staff("mia", "marketing"))
    assert maker.post(act("resume", product), {"reason": "the issuer is back"}).status_code == 302
    approve(verified(staff("carl", "finance_checker")))
    assert Product.objects.get(pk=product.pk).state == "on_sale"
    assert risk.post(act("close", product), {"reason": "no longer made"}).status_code == 302
    assert Product.objects.get(pk=product.pk).state == "closed"


def test_the_quota_board_shows_what_is_left_and_the_overview_what_is_nearly_gone() -> None:
    at = clock.now()
    product = products.on_sale(code="GONE", total_quota_fen=1_000, daily_quota_fen=2_000, minimum_fen=100)
    day = ordered_at(product.current, at).trade_on
    quotas.take(product_id=product.pk, version=product.current, customer_id=customer().id, order_id=new_id(), amount_fen=950, on=day, at=at)
    reader = verified(staff("ann", "auditor"))
    board = reader.get(reverse("admin:wealth_quotause_changelist")).content.decode()
    for words in ("GONE", "9.50", "0.50", "95 %", day.isoformat(), "10.50"):
        assert words in board
    assert "Products nearly sold out" in reader.get(reverse("admin:index")).content.decode()


def test_lists_take_as_many_queries_for_many_products_as_for_few() -> None:
    reader, at = verified(staff("ann", "auditor")), clock.now()
    made = [products.on_sale(code=f"P{number}") for number in range(6)]
    for one in made:
        day = ordered_at(one.current, at).trade_on
        quotas.take(product_id=one.pk, version=one.current, customer_id=customer().id, order_id=new_id(), amount_fen=1, on=day, at=at)
    for label in ("product", "productversion", "quotause"):
        address = reverse(f"admin:wealth_{label}_changelist")
        assert_queries_do_not_grow(reader.get, f"{address}?q={made[0].public_id}", address)

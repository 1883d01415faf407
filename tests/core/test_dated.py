"""Dated rules: what was in force stays, in the database itself; the desk's act dates a new row."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Model, UniqueConstraint
from django.urls import reverse

from accounts.ledger.models import BackDating
from accounts.security.models import PinFreeLimit
from accounts.verification.models import ClassRule, OutflowLimit
from core.approvals import services as approvals
from core.approvals.models import Approval
from core.clock import queries as clock
from core.dated import in_force, starts_of
from core.desk.proposals import ProposedAdmin, RuleInForce, RuleTable
from core.desk.site import desk
from core.limits.models import Cap
from credit.products.models import PriceCap
from payments.agreements.models import AgreementTerms
from payments.cards.models import CardLimit
from payments.channels.models import BreakerRule, ErrorRule, RouteRule
from payments.collects.models import CollectTerms
from payments.disputes.models import DisputeTerms
from payments.merchants.models import MerchantRate, MerchantTerms
from payments.qr.models import QrTerms
from payments.reconciliation.models import ReconTerms
from payments.red_packets.models import RedPacketTerms
from payments.risk.models import RiskRule, RiskTerms
from payments.settlement.models import SettlementTerms
from payments.wallet.models import WalletTerms
from tests.desk.people import staff, verified
from tests.rules import newer
from tests.wealth.advisor.world import model as a_model
from tests.wealth.catalog.products import on_sale
from wealth.advisor.models import AdvisorTerms, ModelPortfolio
from wealth.portfolio.models import PortfolioTerms
from wealth.suitability.models import SuitabilityQuestionnaire

pytestmark = pytest.mark.django_db
CHANGES: dict[type[Model], dict[str, Any]] = {
    Cap: {"value": 4},
    ClassRule: {"least_age": 17},
    OutflowLimit: {"cap_fen": 1},
    PinFreeLimit: {"amount_fen": 1},
    BackDating: {"days": 77},
    WalletTerms: {"fee_bp": 11},
    CardLimit: {"day_fen": 1},
    ErrorRule: {"words_en": "Something else."},
    BreakerRule: {"open_s": 77},
    RouteRule: {"cost_bp": 77},
    RiskRule: {"note": "Something else."},
    RiskTerms: {"review_hours": 77},
    MerchantRate: {"rate_ppm": 77},
    MerchantTerms: {"least_payout_fen": 7777},
    RedPacketTerms: {"life_hours": 7},
    CollectTerms: {"life_days": 7},
    QrTerms: {"confirm_minutes": 7},
    AgreementTerms: {"retry_hours": 7},
    ReconTerms: {"fee_bp": 77},
    SettlementTerms: {"reserve_days": 77},
    DisputeTerms: {"answer_days": 6},
    SuitabilityQuestionnaire: {"valid_days": 77},
    ModelPortfolio: {"mean_bp": 77},
    AdvisorTerms: {"retry_hours": 7},
    PortfolioTerms: {"wall_days": 77},
    PriceCap: {"most_ppm": 77},
}
MADE: dict[type[Model], Callable[[], Model]] = {ModelPortfolio: lambda: a_model({on_sale(): 10_000})}
"""Rules that no migration can load, since they are about what only operators bring."""
TABLES = {page.table.model: page.table for page in desk._registry.values() if isinstance(page, ProposedAdmin)}
EDITED = [model for model in CHANGES if model in TABLES]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _brought(request: pytest.FixtureRequest, db: None) -> None:
    """What no migration can load is there before the test begins."""
    callspec = getattr(request.node, "callspec", None)
    make = MADE.get(callspec.params.get("model")) if callspec else None
    if make is not None:
        make()


def rule(model: type[Model]) -> Any:
    """A row that migrations load, or operators brought, long in force."""
    row = model._default_manager.order_by("pk").first()
    assert row is not None
    assert in_force(row, clock.now())
    return row


def tomorrow(model: type[Model]) -> dict[str, Any]:
    starts = starts_of(model)
    assert starts is not None
    at = clock.now() + DAY
    return {starts: at if isinstance(getattr(rule(model), starts), datetime) else clock.local_day(at)}


def held(model: type[Model]) -> list[dict[str, Any]]:
    return list(model._default_manager.order_by("pk").values())


def people() -> tuple[User, User]:
    return staff("maker", "finance_maker", "risk"), staff("checker", "finance_checker", "risk")


def proposed(table: RuleTable, row: Any, maker: User, **values: Any) -> Approval:
    for name, value in values.items():
        setattr(row, name, value)
    at = clock.now()
    payload = table.payload(row, added=False, at=at)
    return approvals.propose(act=table.act, payload=payload, maker=maker, reason="a new notice", at=at)


def unique_by(model: type[Model]) -> set[str]:
    """The columns of a table that take part in keeping its rows apart."""
    alone = {field.name for field in model._meta.fields if field.unique}
    return alone.union(*(one.fields for one in model._meta.constraints if isinstance(one, UniqueConstraint)))


def test_every_table_with_one_row_a_start_is_guarded_and_tried_here() -> None:
    starts = {"starts_on", "starts_at", "effective_on"}
    dated = {model for model in apps.get_models() if unique_by(model) & starts}
    assert dated == set(CHANGES) == {model for model in apps.get_models() if starts_of(model)}
    assert list(CHANGES) == EDITED


@pytest.mark.parametrize("model", CHANGES, ids=lambda model: model.__name__)
def test_the_database_refuses_to_change_or_delete_a_rule_in_force_and_to_date_one_back(model: type[Model]) -> None:
    row, to_come = rule(model), tomorrow(model)
    later = newer(row, **to_come)
    before = held(model)
    starts = starts_of(model)
    assert starts is not None
    attempts = [
        lambda: model._default_manager.filter(pk=row.pk).update(**CHANGES[model]),
        lambda: model._default_manager.filter(pk=row.pk).update(**{starts: to_come[starts] + DAY}),
        lambda: model._default_manager.filter(pk=row.pk).delete(),
        lambda: model._default_manager.filter(pk=later.pk).update(**{starts: to_come[starts] - DAY}),
    ]
    for attempt in attempts:
        with pytest.raises(IntegrityError, match=r"in force since|cannot be dated back"), transaction.atomic():
            attempt()
    assert held(model) == before


@pytest.mark.parametrize("model", CHANGES, ids=lambda model: model.__name__)
def test_a_rule_to_come_may_still_be_changed_and_deleted(model: type[Model]) -> None:
    later = newer(rule(model), **tomorrow(model))
    rows = model._default_manager.filter(pk=later.pk)
    assert rows.update(**CHANGES[model]) == 1
    assert rows.delete()[0] == 1


@pytest.mark.parametrize("model", EDITED, ids=lambda model: model.__name__)
def test_changing_a_rule_in_force_at_the_desk_makes_a_new_row_with_a_day_to_come(model: type[Model]) -> None:
    (maker, checker), table, to_come = people(), TABLES[model], tomorrow(model)
    before = held(model)
    approval = proposed(table, rule(model), maker, **CHANGES[model], **to_come)
    assert approval.payload["before"] == table.values(rule(model))
    approvals.approve(approval_id=approval.id, checker=checker, at=clock.now())
    known = {one["id"] for one in before}
    (made,) = (one for one in held(model) if one["id"] not in known)
    assert {name: made[name] for name in CHANGES[model] | to_come} == CHANGES[model] | to_come
    assert [one for one in held(model) if one["id"] in known] == before


def test_a_proposal_that_changes_a_list_is_read_by_who_has_to_approve_it() -> None:
    (maker, checker), row = people(), rule(RiskRule)
    approval = proposed(TABLES[RiskRule], row, maker, scenes=["transfer", "payment"], **tomorrow(RiskRule))
    page = verified(checker).get(reverse("admin:core_approval_change", args=[approval.pk]))
    assert "transfer, payment" in page.content.decode()


@pytest.mark.parametrize("model", EDITED, ids=lambda model: model.__name__)
def test_a_change_without_a_day_to_come_is_not_even_proposed(model: type[Model]) -> None:
    maker, _ = people()
    before = held(model)
    with pytest.raises(RuleInForce):
        proposed(TABLES[model], rule(model), maker, **CHANGES[model])
    assert not Approval.objects.filter(act=TABLES[model].act).exists()
    assert held(model) == before


@pytest.mark.parametrize("model", EDITED, ids=lambda model: model.__name__)
def test_a_new_row_whose_day_came_before_the_approval_is_refused(model: type[Model]) -> None:
    (maker, checker), before = people(), held(model)
    approval = proposed(TABLES[model], rule(model), maker, **CHANGES[model], **tomorrow(model))
    with pytest.raises(RuleInForce):
        approvals.approve(approval_id=approval.id, checker=checker, at=clock.now() + 2 * DAY)
    assert held(model) == before
    assert Approval.objects.get(act=TABLES[model].act).state == Approval.State.PENDING


@pytest.mark.parametrize("model", EDITED, ids=lambda model: model.__name__)
def test_a_rule_to_come_is_changed_in_its_place_and_not_once_its_day_has_come(model: type[Model]) -> None:
    maker, checker = people()
    later = newer(rule(model), **tomorrow(model))
    before = held(model)
    approval = proposed(TABLES[model], later, maker, **CHANGES[model])
    with pytest.raises(RuleInForce):
        approvals.approve(approval_id=approval.id, checker=checker, at=clock.now() + 2 * DAY)
    assert held(model) == before
    approvals.approve(approval_id=approval.id, checker=checker, at=clock.now())
    assert held(model) == [one | CHANGES[model] if one["id"] == later.pk else one for one in before]

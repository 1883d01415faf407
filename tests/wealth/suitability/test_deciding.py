"""Whether a product fits: by the profile in force, with a warning that is good once, decided twice, and always written down."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from accounts.privacy.sockets import ERASERS, EXPORTERS
from core.clock import queries as clock
from core.errors import DomainError, Invalid
from core.ids import new_id
from core.limits.services import LimitReached
from tests.factories import customer
from tests.rules import newer
from tests.together import together
from tests.wealth.catalog import products
from tests.wealth.suitability.people import answers, insisted, profiled
from wealth.rules.suitability import LEVELS
from wealth.suitability import queries
from wealth.suitability.models import SuitabilityDecision, SuitabilityProfile, SuitabilityWarning
from wealth.suitability.services import answering, deciding

AT = clock.wall()
pytestmark = pytest.mark.django_db


def decide(who: Any, product: Any, *, warned: Any = None, at: Any = AT, order_id: Any = None) -> SuitabilityDecision:
    return deciding.decide(
        order_id=order_id or new_id(), customer_id=who.id, product_id=product.pk, risk=product.current.risk, at=at, warned=warned
    )


@pytest.mark.parametrize("level", [*LEVELS, "C1_MIN"])
def test_answers_come_to_every_level_and_each_meets_every_risk_by_the_table(level: str) -> None:
    who = customer()
    profiled(who, level, at=AT)
    found = {}
    for risk in ("R1", "R2", "R3", "R4", "R5"):
        try:
            found[risk] = decide(who, products.on_sale(risk=risk)).ruling
        except DomainError as refused:
            found[risk] = refused.code
    reach = LEVELS.index(level) if level in LEVELS else 0
    beyond = "suitability_risk_too_high" if level in LEVELS else "suitability_only_lowest_risk"
    assert list(found.values()) == ["allow"] * (reach + 1) + [beyond] * (4 - reach)


def test_without_answers_or_with_old_ones_nothing_is_bought() -> None:
    who, product = customer(), products.on_sale()
    with pytest.raises(answering.ProfileMissing):
        decide(who, product)
    made = profiled(who, "C3", at=AT)
    assert made.expires_at == AT + timedelta(days=365)
    decide(who, product, at=made.expires_at - timedelta(seconds=1))
    with pytest.raises(answering.ProfileExpired):
        decide(who, product, at=made.expires_at)


def test_a_warning_is_good_for_one_order_of_one_product_and_not_for_long() -> None:
    who, product, other = customer(), products.on_sale(risk="R4"), products.on_sale(risk="R4")
    profiled(who, "C2", at=AT)
    with pytest.raises(deciding.RiskTooHigh):
        decide(who, product)
    warning = insisted(who, product, at=AT)
    for wrong in (
        lambda: decide(who, other, warned=warning.id),
        lambda: decide(who, product, warned=warning.id, at=AT + timedelta(minutes=30)),
        lambda: decide(who, product, warned=new_id()),
    ):
        with pytest.raises(deciding.WarningUnfit):
            wrong()
    assert decide(who, product, warned=warning.id).warning_id == warning.id
    with pytest.raises(deciding.WarningUnfit):
        decide(who, product, warned=warning.id)


def test_anothers_warning_is_no_warning() -> None:
    who, other, product = customer(), customer(), products.on_sale(risk="R4")
    profiled(who, "C2", at=AT)
    profiled(other, "C2", at=AT)
    with pytest.raises(deciding.WarningUnfit):
        decide(who, product, warned=insisted(other, product, at=AT).id)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_orders_at_once_one_uses_the_warning() -> None:
    who, product = customer(), products.on_sale(risk="R4")
    profiled(who, "C2", at=AT)
    warning = insisted(who, product, at=AT)
    got = together(lambda _: decide(who, product, warned=warning.id), 20)
    assert sum(isinstance(one, SuitabilityDecision) for one in got) == 1
    assert sum(isinstance(one, deciding.WarningUnfit) for one in got) == 19


def test_it_is_decided_again_when_it_is_paid() -> None:
    who, product, order_id = customer(), products.on_sale(risk="R3"), new_id()
    made = profiled(who, "C3", at=AT)
    decide(who, product, order_id=order_id)
    assert deciding.decide_again(order_id=order_id, at=AT).moment == "paid"
    with pytest.raises(answering.ProfileExpired):
        deciding.decide_again(order_id=order_id, at=made.expires_at)
    profiled(who, "C1", at=AT + timedelta(minutes=1))
    with pytest.raises(deciding.RiskTooHigh):
        deciding.decide_again(order_id=order_id, at=AT + timedelta(minutes=2))


def test_a_warning_that_was_used_holds_when_it_is_paid_unless_the_level_changed() -> None:
    who, product, order_id = customer(), products.on_sale(risk="R4"), new_id()
    profiled(who, "C3", at=AT)
    decide(who, product, order_id=order_id, warned=insisted(who, product, at=AT).id)
    assert deciding.decide_again(order_id=order_id, at=AT + timedelta(hours=1)).ruling == "warn_and_confirm"
    profiled(who, "C2", at=AT + timedelta(minutes=1))
    with pytest.raises(deciding.RiskTooHigh):
        deciding.decide_again(order_id=order_id, at=AT + timedelta(hours=1))


def test_a_refusal_is_kept_after_its_transaction_is_undone() -> None:
    who, product = customer(), products.on_sale(risk="R5")
    profiled(who, "C1", at=AT)
    with pytest.raises(deciding.RiskTooHigh) as refused:
        decide(who, product)
    assert not SuitabilityDecision.objects.exists()
    assert refused.value.afterwards is not None
    refused.value.afterwards()
    kept = SuitabilityDecision.objects.get()
    assert (kept.ruling, kept.code, kept.level, kept.risk) == ("warn_and_confirm", "suitability_risk_too_high", "C1", "R5")


def test_nobody_confirms_what_needs_no_warning_or_allows_none_or_another_text() -> None:
    low, high = products.on_sale(risk="R1"), products.on_sale(risk="R5")
    who, careful = customer(), customer()
    with pytest.raises(answering.ProfileMissing):
        answering.insist(customer_id=who.id, product_id=high.pk, text_sha256="0" * 64, at=AT)
    profiled(who, "C2", at=AT)
    profiled(careful, "C1_MIN", at=AT)
    with pytest.raises(answering.WarningNotNeeded):
        answering.insist(customer_id=who.id, product_id=low.pk, text_sha256="0" * 64, at=AT)
    with pytest.raises(answering.WarningTextChanged):
        answering.insist(customer_id=who.id, product_id=high.pk, text_sha256="0" * 64, at=AT)
    with pytest.raises(answering.OnlyLowestRisk):
        answering.insist(customer_id=careful.id, product_id=high.pk, text_sha256="0" * 64, at=AT)
    assert not SuitabilityWarning.objects.exists()


@pytest.mark.parametrize("wrong", ["missing", "unknown", "twice", "option", "question"])
def test_answers_that_are_none_are_refused_by_question(wrong: str) -> None:
    who = customer()
    given = answers("C3", AT)
    changed = {
        "missing": given | {"loss": []},
        "unknown": given | {"loss": ["nothing"]},
        "twice": given | {"loss": ["ten", "half"]},
        "option": given | {"experience": ["bonds", "bonds"]},
        "question": given | {"age": ["x"]},
    }[wrong]
    with pytest.raises(Invalid) as refused:
        answering.answer(customer_id=who.id, questionnaire_id=queries.questionnaire(AT).id, answers=changed, at=AT)
    field = {"option": "answers.experience", "question": "answers.age"}.get(wrong, "answers.loss")
    assert refused.value.field == field
    assert not SuitabilityProfile.objects.exists()


def test_a_customer_answers_three_times_a_day() -> None:
    who = customer()
    for _ in range(3):
        profiled(who, "C3", at=AT)
    with pytest.raises(LimitReached):
        profiled(who, "C3", at=AT)
    profiled(who, "C3", at=AT + timedelta(days=1))


def test_another_questionnaire_begins_on_its_day_and_old_answers_to_it_are_refused() -> None:
    first = queries.questionnaire(AT)
    later = newer(first, valid_days=30)
    assert queries.questionnaire(AT).id == later.id
    with pytest.raises(answering.QuestionnaireChanged):
        answering.answer(customer_id=customer().id, questionnaire_id=first.id, answers=answers("C3", AT), at=AT)
    assert profiled(customer(), "C3", at=AT).expires_at == AT + timedelta(days=30)


@pytest.mark.parametrize(
    "change",
    [
        {"bands": [[0, "C1"]]},
        {"questions": []},
        {"minimum": {"nothing": ["x"]}},
        {"questions": [{"id": "a", "en": "a", "zh": "a", "many": False, "options": []}]},
        {"bands": [[0, "C1"], [0, "C2"], [1, "C3"], [2, "C4"], [3, "C5"]]},
    ],
)
def test_a_questionnaire_that_could_not_be_scored_is_refused(change: dict[str, Any]) -> None:
    row = queries.questionnaire(AT)
    for name, value in change.items():
        setattr(row, name, value)
    with pytest.raises(ValidationError):
        row.clean()


def test_the_database_keeps_profiles_warnings_and_decisions_as_they_are() -> None:
    who, product = customer(), products.on_sale(risk="R4")
    profiled(who, "C2", at=AT)
    warning = insisted(who, product, at=AT)
    decide(who, product, warned=warning.id)
    for change in (
        lambda: SuitabilityProfile.objects.update(level="C5"),
        lambda: SuitabilityProfile.objects.all().delete(),
        lambda: SuitabilityWarning.objects.update(order_id=new_id()),
        lambda: SuitabilityWarning.objects.update(risk="R5"),
        lambda: SuitabilityDecision.objects.update(ruling="allow"),
        lambda: SuitabilityDecision.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_customer_gets_their_answers_and_they_are_forgotten_when_they_leave() -> None:
    who = customer()
    profiled(who, "C3", at=AT)
    exporter, eraser = EXPORTERS.get("suitability"), ERASERS.get("wealth.suitability")
    assert exporter is not None
    assert eraser is not None
    told = exporter.export(customer_id=who.id)
    assert json.loads(json.dumps(told))["profiles"][0]["answers"] == answers("C3", AT)
    eraser.erase(customer_id=who.id, at=AT)
    row = SuitabilityProfile.objects.get(customer_id=who.id)
    assert (row.answers, row.level) == (None, "C3")

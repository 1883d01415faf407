"""Customers who answered the questionnaire, through the services."""

from datetime import datetime
from typing import Any

from accounts.identity.models import Customer
from core.clock import queries as clock
from wealth.suitability import queries
from wealth.suitability.models import SuitabilityProfile, SuitabilityWarning
from wealth.suitability.services import answering


def answers(level: str, at: datetime) -> dict[str, list[str]]:
    """Answers that come to `level`: the cheapest options first, raised one by one until the band is reached."""
    rules = queries.questionnaire(at)
    wanted = {name: low for low, name in rules.bands}.get(level, 0)
    chosen = {question["id"]: min(question["options"], key=lambda one: one["points"])["id"] for question in rules.questions}
    if level == "C1_MIN":
        return {name: [option] for name, option in chosen.items()}
    points = {question["id"]: {one["id"]: one["points"] for one in question["options"]} for question in rules.questions}
    barred = rules.minimum
    for name, options in points.items():
        allowed = {key: value for key, value in options.items() if key not in barred.get(name, [])}
        chosen[name] = min(allowed, key=lambda key: allowed[key])
        total = sum(points[other][option] for other, option in chosen.items())
        if total < wanted:
            short = wanted - total
            enough = [key for key, value in allowed.items() if value - allowed[chosen[name]] >= short]
            chosen[name] = min(enough or allowed, key=lambda key: allowed[key]) if enough else max(allowed, key=lambda key: allowed[key])
    return {name: [option] for name, option in chosen.items()}


def profiled(customer: Customer, level: str = "C3", *, at: datetime | None = None) -> SuitabilityProfile:
    at = at or clock.now()
    made = answering.answer(customer_id=customer.id, questionnaire_id=queries.questionnaire(at).id, answers=answers(level, at), at=at)
    assert made.level == level, (made.level, made.score)
    return made


def insisted(customer: Customer, product: Any, *, at: datetime | None = None) -> SuitabilityWarning:
    """The warning about a product above the customer's level, read and confirmed."""
    at = at or clock.now()
    profile = queries.newest(customer.id)
    assert profile is not None
    text = queries.warning_text(queries.questionnaire(at), level=profile.level, risk=product.current.risk)
    return answering.insist(customer_id=customer.id, product_id=product.pk, text_sha256=text[2], at=at)

"""Switching a rule off or on at once, by two people: a rule in force stays as it is, so a row like it begins now."""

from datetime import datetime

from django.db import transaction

from core.approvals.services import must_be_applying
from core.errors import DomainError
from core.ids import new_id
from payments.risk.models import RiskRule
from payments.risk.queries import latest_rule

SWITCH = "risk_rule.switch"


class RuleSwitchedAlready(DomainError):
    code = "risk_rule_switched"
    en = "The rule {rule} is switched so already."
    zh = "规则 {rule} 已处于该状态。"


@transaction.atomic
def switch(*, code: str, active: bool, at: datetime) -> RiskRule:
    """Raises ApprovalNeeded outside an approval of `risk_rule.switch`, NotFound, RuleSwitchedAlready."""
    must_be_applying(SWITCH)
    rule = must_differ(code, active, at)
    rule.pk, rule._state.adding = new_id(), True
    rule.active, rule.starts_at, rule.created_at = active, at, at
    rule.save(force_insert=True)
    return rule


def must_differ(code: str, active: bool, at: datetime) -> RiskRule:
    rule = latest_rule(code, at)
    if rule.active == active:
        raise RuleSwitchedAlready(rule=code)
    return rule

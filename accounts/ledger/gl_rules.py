"""Which GL code legs take from a day on: a new version of a rule, the one before it ending where it begins."""

from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from accounts.ledger.models import AccountRole, EventType, GLCode, GLRule
from core.approvals.services import must_be_applying
from core.business_day import queries as business_day
from core.errors import DomainError, Invalid
from core.outbox import services as outbox

ACT = "ledger.gl_rule"
CHART = uuid5(NAMESPACE_URL, "urn:banyan:chart")


class GLRuleToCome(DomainError):
    code = "ledger_gl_rule_day"
    en = "A GL rule begins after the business day {day} and after its last version; what was booked by it stays as it was."
    zh = "科目规则须自 {day} 之后的营业日、且晚于其最近版本生效;已按其入账的内容不变。"


class SameGLCode(DomainError):
    code = "ledger_gl_rule_same"
    en = "These legs take {gl_code} already."
    zh = "该类分录已记入科目 {gl_code}。"


@transaction.atomic
def change(*, role: str, event: str, gl_code: str, valid_from: date, at: datetime) -> GLRule:
    """From business day `valid_from` on, legs of `role` take `gl_code`: under `event`, or under every event without a rule
    of its own (empty).

    A sensitive act: raises ApprovalNeeded outside an approval of `ledger.gl_rule`. Locks the role, so that versions follow one another.
    Raises Invalid, GLRuleToCome, SameGLCode.
    """
    must_be_applying(ACT)
    AccountRole.objects.select_for_update().filter(role=role).first()
    last = must_fit(role=role, event=event, gl_code=gl_code, valid_from=valid_from)
    if last is not None:
        GLRule.objects.filter(pk=last.pk).update(valid_to=valid_from)
    made = GLRule.objects.create(role_id=role, event=event, gl_code_id=gl_code, valid_from=valid_from)
    facts: outbox.Payload = {"role": role, "event": event, "gl_code": gl_code, "valid_from": valid_from.isoformat()}
    outbox.publish(topic="ledger.gl_rule_changed", owner=CHART, payload=facts, at=at)
    return made


def must_fit(*, role: str, event: str, gl_code: str, valid_from: date) -> GLRule | None:
    """The last version of the rule, None when there is none. Raises Invalid, GLRuleToCome, SameGLCode, NoOpenDay."""
    if not AccountRole.objects.filter(role=role).exists():
        raise Invalid("role", "No accounts have this role.", "没有此类账户。")
    if event and not EventType.objects.filter(event=event).exists():
        raise Invalid("event", "There is no such event type.", "没有此业务事件。")
    if not GLCode.objects.filter(code=gl_code).exists():
        raise Invalid("gl_code", "There is no such GL code.", "没有此科目。")
    last = GLRule.objects.filter(role_id=role, event=event).order_by("-valid_from").first()
    day = business_day.current()
    if valid_from <= day or (last is not None and valid_from <= last.valid_from):
        raise GLRuleToCome(field="valid_from", day=day.isoformat())
    if last is not None and last.valid_to is None and last.gl_code_id == gl_code:
        raise SameGLCode(field="gl_code", gl_code=gl_code)
    return last if last is not None and last.valid_to is None else None

"""GL rules by version: two people, from a business day to come on, what was booked before staying where it was."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.ledger import gl_rules
from accounts.ledger.accounts import platform_account
from accounts.ledger.models import GLRule
from core.approvals.models import Approval
from core.approvals.services import ApprovalNeeded, applying
from core.errors import Invalid
from core.outbox.models import OutboxEvent
from tests.desk.people import staff, verified
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_days import TODAY, end_the_day, gl_lines
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance

pytestmark = pytest.mark.usefixtures("ledger")
TOMORROW = TODAY + timedelta(days=1)
PAGE = "admin:accounts_glrule_changelist"


def change(gl_code: str = "9004", valid_from: date = TOMORROW, role: str = "test:hot", event: str = "") -> GLRule:
    with applying(gl_rules.ACT, maker="staff:max", checker="staff:cara"):
        return gl_rules.change(role=role, event=event, gl_code=gl_code, valid_from=valid_from, at=AT)


def versions(role: str = "test:hot", event: str = "") -> list[tuple[str, date, date | None]]:
    rows = GLRule.objects.filter(role_id=role, event=event).order_by("valid_from")
    return list(rows.values_list("gl_code_id", "valid_from", "valid_to"))


def test_a_new_version_ends_the_one_before_it_and_old_legs_stay_where_they_were() -> None:
    hot, account = platform_account("test:hot"), user()
    move(world(), account, 100)
    move(account, hot, 10)
    change()
    assert [(code, to) for code, _since, to in versions()] == [("9003", TOMORROW), ("9004", None)]
    assert OutboxEvent.objects.filter(topic="ledger.gl_rule_changed").count() == 1
    end_the_day()
    move(account, hot, 5)
    assert (gl_lines()["9003"], gl_lines()["9004"]) == ((0, 10), (0, 5))
    assert_books_balance()


def test_a_rule_of_one_event_begins_without_one_before_it() -> None:
    change("9003", event="test.moved")
    assert versions(event="test.moved") == [("9003", TOMORROW, None)]
    assert len(versions()) == 1


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"valid_from": TODAY}, gl_rules.GLRuleToCome),
        ({"gl_code": "9003"}, gl_rules.SameGLCode),
        ({"gl_code": "0000"}, Invalid),
        ({"role": "test:nobody"}, Invalid),
        ({"event": "test.nothing"}, Invalid),
    ],
)
def test_a_version_that_cannot_be_changes_nothing(wanted: dict[str, Any], error: type[Exception]) -> None:
    before = list(GLRule.objects.order_by("pk").values())
    with pytest.raises(error):
        change(**wanted)
    assert list(GLRule.objects.order_by("pk").values()) == before


def test_a_version_begins_after_the_last_one_and_only_by_two_people() -> None:
    change(valid_from=TOMORROW + timedelta(days=5))
    with pytest.raises(gl_rules.GLRuleToCome):
        change(gl_code="9003", valid_from=TOMORROW)
    with pytest.raises(ApprovalNeeded):
        gl_rules.change(role="test:hot", event="", gl_code="9003", valid_from=TOMORROW + timedelta(days=9), at=AT)
    assert len(versions()) == 2


def test_the_page_proposes_and_another_person_decides() -> None:
    maker, checker = verified(staff("max", "finance_maker")), verified(staff("cara", "finance_checker"))
    body = {"role": "test:hot", "event": "", "gl_code": "9004", "valid_from": TOMORROW.isoformat(), "reason": "the new chart"}
    assert maker.post(reverse("admin:accounts_glrule_do_change"), body).status_code == 302
    assert len(versions()) == 1
    approval = Approval.objects.get(act=gl_rules.ACT)
    assert (approval.target, approval.state) == ("gl_rule:test:hot/*", "pending")
    checker.post(reverse("admin:core_approval_approve", args=[approval.pk]), {"read": "on"})
    assert versions()[-1] == ("9004", TOMORROW, None)
    page = checker.get(reverse(PAGE), {"role": "test:hot"}).content.decode()
    assert [words in page for words in ("every other event", "9003 Test income", "9004 Test fee")] == [True] * 3


@pytest.mark.parametrize("page", ["glcode", "accountrole", "eventtype", "glrule"])
def test_auditors_read_the_books_and_nobody_edits_them(page: str) -> None:
    client = verified(staff("eve", "auditor"))
    listed = client.get(reverse(f"admin:accounts_{page}_changelist"))
    assert listed.status_code == 200
    assert client.get(reverse(f"admin:accounts_{page}_add")).status_code == 403


def test_a_role_and_its_bounds_are_read_on_a_page_of_their_own() -> None:
    client = verified(staff("eve", "auditor"))
    page = client.get(reverse("admin:accounts_accountrole_change", args=["test:limit10"])).content.decode()
    assert [words in page for words in ("Limit 10", "透支十", "-0.10")] == [True] * 3

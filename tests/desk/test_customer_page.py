"""The customer page: everything of one customer, masked; revealing, revoking and freezing with a reason and on record."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.identity.models import Customer, DeviceSession
from accounts.ledger import services as ledger
from accounts.ledger.accounts import customer_account, platform_account
from accounts.ledger.legs import credit, debit
from accounts.verification.models import RealName
from core.approvals.models import Approval
from core.audit.models import AuditRecord
from core.business_day import services as days
from core.clock import queries as clock
from core.desk import customers
from core.ids import new_id
from core.outbox.models import OutboxEvent
from tests import factories
from tests.desk.people import asked_of_the_database, staff, verified
from tests.ledger_proof import assert_books_balance
from tests.rules import capped

pytestmark = pytest.mark.django_db
PHONE, NUMBER = "+8613812345678", "11010519491231002X"


@pytest.fixture
def lin() -> Customer:
    made = factories.customer(phone=PHONE, number=NUMBER, verified_class=2)
    days.open_first_day(at=clock.now())
    factories.open_session(made)
    return made


def page(customer: Customer, view: str = "change") -> str:
    return reverse(f"admin:accounts_customer_{view}", args=[customer.pk])


def fund(customer: Customer, amount_fen: int) -> None:
    legs = [debit(platform_account("clearing:channel:sandbox_bank"), amount_fen), credit(customer_account(customer.id), amount_fen)]
    ledger.post(journal_id=new_id(), event="wallet.top_up", legs=legs, at=clock.now())


def test_one_page_shows_balance_cards_sessions_limits_and_class_and_no_personal_data(lin: Customer) -> None:
    fund(lin, 123_456)
    text = verified(staff("sue", "support")).get(page(lin)).content.decode()
    for words in ("138****5678", "Balance 1,234.56", "Account class 2", "Test phone", "Limits", "Cards", "Latest orders"):
        assert words in text.replace('<span class="tabular-nums whitespace-nowrap">', "").replace("</span>", "")
    for secret in (PHONE, PHONE[3:], NUMBER, "林小满"):
        assert secret not in text
    assert_books_balance()


def test_no_list_or_export_shows_personal_data(lin: Customer) -> None:
    client = verified(staff("root", "auditor", "support", superuser=True))
    for name in ("customer", "device", "devicesession", "realnamecheck", "realname"):
        text = client.get(reverse(f"admin:accounts_{name}_changelist")).content.decode()
        for secret in (PHONE[3:], NUMBER, "林小满"):
            assert secret not in text, name
    answer = client.post(reverse("admin:accounts_realnamecheck_export"), {"reason": "the yearly audit"})
    body = b"".join(answer.streaming_content).decode()
    assert "**满" in body
    assert NUMBER not in body


def test_revealing_asks_why_shows_it_once_and_is_on_record_without_the_value(lin: Customer) -> None:
    client = verified(staff("sue", "support"))
    assert client.post(page(lin, "reveal"), {"reason": ""}).status_code == 200
    assert AuditRecord.objects.count() == 0
    shown = client.post(page(lin, "reveal"), {"reason": "case 4711: caller forgot the number"})
    assert PHONE in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    told = AuditRecord.objects.get()
    assert (told.actor, told.act, told.target) == ("staff:sue", "customer.reveal", lin.public_id)
    assert "12345678" not in f"{told.reason}{told.details}"
    name = RealName.objects.get(customer_id=lin.id)
    shown = client.post(reverse("admin:accounts_realname_reveal", args=[name.pk]), {"reason": "case 4711: identity asked"})
    assert NUMBER in shown.content.decode()


def test_one_person_reveals_only_so_much_a_day(lin: Customer) -> None:
    capped(customers.REVEALS, 2)
    client = verified(staff("sue", "support"))
    answers = [client.post(page(lin, "reveal"), {"reason": "case 4711: again"}).content.decode() for _ in range(3)]
    assert [PHONE in text for text in answers] == [True, True, False]
    assert AuditRecord.objects.count() == 2
    assert PHONE in verified(staff("other", "risk")).post(page(lin, "reveal"), {"reason": "case 4711: mine"}).content.decode()


def test_a_customer_is_found_by_phone_or_public_id_and_by_nothing_like_it(lin: Customer) -> None:
    client = verified(staff("sue", "support"))
    address = reverse("admin:accounts_customer_changelist")
    for term, found in (("13812345678", True), (lin.public_id, True), ("1381234567", False), ("cus_1", False), ("%", False)):
        assert (lin.public_id in client.get(address, {"q": term}).content.decode().replace(f'value="{lin.public_id}"', "")) is found, term


def test_ending_all_sessions_ends_them_and_says_how_many(lin: Customer) -> None:
    client = verified(staff("sue", "support"))
    answer = client.post(page(lin, "revoke"), {"reason": "the phone was stolen"}, follow=True)
    assert "1 sessions ended" in answer.content.decode()
    assert DeviceSession.objects.get(customer_id=lin.id).end == "revoked"
    assert AuditRecord.objects.get().act == "session.revoke"


def test_risk_freezes_alone_and_two_people_unfreeze(lin: Customer) -> None:
    risk, other = verified(staff("ruth", "risk")), verified(staff("rob", "risk"))
    risk.post(page(lin, "freeze"), {"reason": "account taken over"})
    assert Customer.objects.get(pk=lin.pk).state == "frozen"
    risk.post(page(lin, "unfreeze"), {"reason": "the customer proved themself"})
    approval = Approval.objects.get(act="customer.unfreeze")
    decide = reverse("admin:core_approval_approve", args=[approval.pk])
    assert "somebody else must decide" in risk.post(decide, {"read": "on"}).content.decode()
    assert Customer.objects.get(pk=lin.pk).state == "frozen"
    assert "the customer proved themself" in other.get(decide).content.decode()
    assert other.post(decide, {"read": "on"}).status_code == 302
    assert Customer.objects.get(pk=lin.pk).state == "active"


def test_the_customer_page_asks_no_more_for_a_busier_customer(lin: Customer) -> None:
    client = verified(staff("sue", "support"))
    counts = []
    for _ in range(2):
        client.get(page(lin))
        with CaptureQueriesContext(connection) as asked:
            client.get(page(lin))
        counts.append(asked_of_the_database(asked))
        for number in range(4):
            fund(lin, 100 + number)
            factories.open_session(lin, installation=f"phone-{number}")
    assert counts[0] == counts[1]
    assert counts[1] <= 51


def test_the_trial_balance_between_two_days_balances_on_the_page(lin: Customer) -> None:
    fund(lin, 123_456)
    client = verified(staff("max", "finance_maker"))
    text = client.get(reverse("admin:ledger_trial_balance")).content.decode()
    assert 'data-whole="yes"' in text
    assert "1,234.56" in text
    today = clock.local_day(clock.now()).isoformat()
    refused = client.get(reverse("admin:ledger_trial_balance"), {"first": "2027-01-02", "last": "2027-01-01"}).content.decode()
    assert "must not be after" in refused
    assert client.get(reverse("admin:ledger_trial_balance"), {"first": today, "last": "not a day"}).status_code == 200
    assert client.get(reverse("admin:ledger_open_items")).status_code == 200


def test_a_journal_shows_its_legs_by_number_and_an_account_its_entries(lin: Customer) -> None:
    fund(lin, 123_456)
    client = verified(staff("max", "finance_maker"))
    listed = client.get(reverse("admin:accounts_journal_changelist")).content.decode()
    assert "1,234.56" in listed
    account = customer_account(lin.id)
    text = client.get(reverse("admin:accounts_ledgeraccount_change", args=[account.id])).content.decode()
    assert text.count("1,234.56") >= 3


def test_a_dead_letter_is_replayed_by_one_person_and_skipped_by_two() -> None:
    now = clock.now()
    rows = [
        OutboxEvent.objects.create(shard=1, topic="t.dead", key=str(number), payload={}, occurred_at=now, next_attempt_at=now)
        for number in range(2)
    ]
    OutboxEvent.objects.update(state="dead", attempts=12, last_error="gone")
    client, checker = verified(staff("max", "finance_maker")), verified(staff("cara", "finance_checker"))

    def states() -> list[str]:
        return [OutboxEvent.objects.get(pk=row.pk).state for row in rows]

    client.post(reverse("admin:core_outboxevent_replay", args=[rows[0].pk]), {"reason": "the other side is back"})
    client.post(reverse("admin:core_outboxevent_skip", args=[rows[1].pk]), {"reason": "done by hand: case 12"})
    assert states() == ["pending", "dead"]
    approval = Approval.objects.get(act="outbox.skip", target=f"outbox:{rows[1].pk}")
    decide = reverse("admin:core_approval_approve", args=[approval.pk])
    assert "done by hand: case 12" in checker.get(decide).content.decode()
    assert client.post(decide, {"read": "on"}).status_code == 200
    assert states() == ["pending", "dead"]
    assert checker.post(decide, {"read": "on"}).status_code == 302
    assert states() == ["pending", "done"]
    acts = set(AuditRecord.objects.values_list("actor", "act"))
    assert acts == {
        ("staff:max", "outbox.replay"),
        ("staff:max", "approval.proposed"),
        ("staff:cara", "approval.applied"),
        ("staff:cara", "outbox.skip"),
    }
    again = client.post(reverse("admin:core_outboxevent_replay", args=[rows[1].pk]), {"reason": "once more please"})
    assert "only a dead event" in again.content.decode()

"""What operators do through the pages: deciding proposals, proposing changes of rules, exporting."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.verification.models import OutflowLimit
from config.celery import app
from core.approvals import services as approvals
from core.approvals.models import Approval
from core.audit import services as audit
from core.audit.models import AuditRecord
from core.business_day.models import BusinessDay, EodRun, EodShard, TradingDay
from core.clock.queries import local_day, now
from core.desk.csv_export import guarded
from core.desk.masking import masked_id_number, masked_name, masked_phone, yuan
from core.idempotency.models import IdempotencyRecord
from core.limits import services as limits
from core.outbox.models import OutboxEvent
from tests.desk.people import asked_of_the_database, staff, verified

pytestmark = pytest.mark.django_db
AT = datetime.now(UTC)
LIST = reverse("admin:core_tradingday_changelist")
ADD = reverse("admin:core_tradingday_add")
DAY = {"exchange": "TEST", "day": "2027-02-08", "is_open": "", "source": "operator", "note": "spring festival"}


def proposal() -> Approval:
    return Approval.objects.get(act="core.tradingday.change")


def test_adding_a_rule_saves_nothing_until_another_person_approves_it() -> None:
    maker, checker = verified(staff("maker", "finance_maker")), verified(staff("checker", "finance_checker"))
    assert maker.post(ADD, DAY | {"reason": "the exchange's notice"}).status_code == 302
    assert not TradingDay.objects.filter(exchange="TEST").exists()
    approval = proposal()
    page = checker.get(reverse("admin:core_approval_change", args=[approval.pk])).content.decode()
    assert "spring festival" in page
    decide = reverse("admin:core_approval_approve", args=[approval.pk])
    assert checker.post(decide, {}).status_code == 200
    assert not TradingDay.objects.filter(exchange="TEST").exists()
    assert checker.post(decide, {"read": "on"}).status_code == 302
    saved = TradingDay.objects.get(exchange="TEST")
    assert (saved.day, saved.is_open, saved.note) == (date(2027, 2, 8), False, "spring festival")
    acts = list(AuditRecord.objects.order_by("id").values_list("actor", "act"))
    assert acts == [("staff:maker", "approval.proposed"), ("staff:checker", "approval.applied")]


def test_a_change_whose_row_moved_on_meanwhile_is_refused() -> None:
    row = TradingDay.objects.create(exchange="TEST", day=date(2027, 2, 8), is_open=True)
    maker, checker = verified(staff("maker", "finance_maker")), verified(staff("checker", "finance_checker"))
    maker.post(reverse("admin:core_tradingday_change", args=[row.pk]), DAY | {"reason": "the exchange's notice"})
    TradingDay.objects.filter(pk=row.pk).update(note="somebody else")
    answer = checker.post(reverse("admin:core_approval_approve", args=[proposal().pk]), {"read": "on"})
    assert "changed after this was proposed" in answer.content.decode()
    assert TradingDay.objects.get(exchange="TEST").is_open is True
    assert proposal().state == "pending"


def test_a_change_that_the_table_refuses_is_not_even_proposed() -> None:
    TradingDay.objects.create(exchange="TEST", day=date(2027, 2, 8), is_open=True)
    maker = verified(staff("maker", "finance_maker"))
    answer = maker.post(ADD, DAY | {"reason": "the exchange's notice"}, follow=True)
    assert Approval.objects.count() == 0
    assert "already exists" in answer.content.decode()
    assert maker.post(ADD, DAY | {"day": "2027-02-09", "reason": ""}).status_code == 200
    assert Approval.objects.count() == 0


@pytest.mark.parametrize("role", ["support", "risk", "finance_checker", "auditor"])
def test_a_raw_post_by_someone_who_may_not_propose_changes_nothing(role: str) -> None:
    client = verified(staff("them", role))
    row = TradingDay.objects.create(exchange="TEST", day=date(2027, 2, 8), is_open=True)
    for address in (ADD, reverse("admin:core_tradingday_change", args=[row.pk])):
        assert client.post(address, DAY | {"reason": "because I can"}).status_code == 403
    assert Approval.objects.count() == 0
    assert TradingDay.objects.get(exchange="TEST").is_open is True


def test_the_maker_cannot_approve_in_any_session_nor_by_raw_or_bulk_post() -> None:
    user = staff("both", "finance_maker", "finance_checker")
    first, second = verified(user), verified(user)
    first.post(ADD, DAY | {"reason": "the exchange's notice"})
    approval = proposal()
    decide = reverse("admin:core_approval_approve", args=[approval.pk])
    for client in (first, second):
        answer = client.post(decide, {"read": "on"})
        assert "somebody else must decide" in answer.content.decode()
    for body in ({"action": "approve", "_selected_action": [str(approval.pk)]}, {"state": "applied"}):
        second.post(reverse("admin:core_approval_changelist"), body)
        second.post(reverse("admin:core_approval_change", args=[approval.pk]), body)
    assert proposal().state == "pending"
    assert not TradingDay.objects.filter(exchange="TEST").exists()


def test_an_expired_proposal_and_a_superuser_without_the_role_are_refused_on_the_page() -> None:
    maker = staff("maker", "finance_maker")
    payload = {
        "row": "new",
        "values": {"exchange": "TEST", "day": "2027-02-08", "is_open": False, "source": "operator", "note": ""},
        "before": {},
    }
    late = approvals.propose(act="core.tradingday.change", payload=payload, maker=maker, reason="the notice", at=AT - timedelta(days=4))
    decide = reverse("admin:core_approval_approve", args=[late.pk])
    answer = verified(staff("checker", "finance_checker")).post(decide, {"read": "on"})
    assert "expired" in answer.content.decode()
    assert verified(staff("root", superuser=True)).post(decide, {"read": "on"}).status_code == 403
    assert not TradingDay.objects.filter(exchange="TEST").exists()


def test_an_export_asks_why_holds_what_the_list_shows_and_is_on_record() -> None:
    audit.record(actor="staff:lin", act="=1+1", target="@cmd", reason="+evil", details={"secret": "not exported"}, at=AT)
    client = verified(staff("eve", "auditor"))
    address = reverse("admin:core_auditrecord_export")
    assert client.post(address, {"reason": "no"}).status_code == 200
    answer = client.post(address + "?q=@cmd", {"reason": "the yearly audit"})
    body = b"".join(answer.streaming_content).decode()
    assert answer["Content-Type"].startswith("text/csv")
    assert body.splitlines()[1].split(",")[1:] == ["staff:lin", "'=1+1", "'@cmd", "'+evil"]
    assert "not exported" not in body
    told = AuditRecord.objects.get(act="export")
    assert (told.actor, told.reason, told.details) == ("staff:eve", "the yearly audit", {"filters": "q=%40cmd"})


@pytest.mark.parametrize("typed", ["13812345678", "+86 138 1234 5678", "欧阳", "11010519491231002X", "9901 1000 0000 0000 017"])
def test_what_an_export_was_searched_by_is_not_kept_when_it_may_name_somebody(typed: str) -> None:
    client = verified(staff("eve", "auditor"))
    address = reverse("admin:core_auditrecord_export", query={"q": typed, "act": "export"})
    assert client.post(address, {"reason": "the yearly audit"}).status_code == 200
    assert AuditRecord.objects.get(act="export").details == {"filters": "q=hidden&act=export"}


@pytest.mark.parametrize("typed", ["13812345678", "138-1234-5678", "11010519491231002X", "9901100000000000017"])
def test_a_reason_or_a_note_that_holds_a_persons_number_is_refused(typed: str) -> None:
    maker = verified(staff("maker", "finance_maker"))
    for values in ({"reason": f"case 4711: {typed}"}, {"reason": "the exchange's notice", "note": typed}):
        assert "never personal data" in maker.post(ADD, DAY | values).content.decode()
    assert (Approval.objects.count(), AuditRecord.objects.count()) == (0, 0)
    assert maker.post(ADD, DAY | {"reason": "notice 20261122 of order ord_01k2"}).status_code == 302


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("-1,234.50", "-1,234.50"),
        ("-2+3", "'-2+3"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("<b>ok</b>", "ok"),
        (7, "7"),
    ],
)
def test_a_cell_never_starts_a_formula(value: object, cell: str) -> None:
    assert guarded(value) == cell


def test_masks_keep_what_a_clerk_needs_to_compare_and_no_more() -> None:
    assert (masked_phone("+8613812345678"), masked_phone("123"), masked_name("王小明"), masked_name("王")) == (
        "138****5678",
        "****",
        "**明",
        "*",
    )
    assert (masked_id_number("11010519491231002X"), yuan(-123456), yuan(5)) == ("1****************X", "-1,234.56", "0.05")


def rows(number: int) -> None:
    user = staff(f"maker{number}", "finance_maker")
    OutboxEvent.objects.create(shard=1, topic="t", key=str(number), payload={}, occurred_at=AT, next_attempt_at=AT)
    IdempotencyRecord.objects.create(owner="cus:x", key=str(number), fingerprint=b"", started_at=AT)
    limits.take(counter="c", owner=OutboxEvent.objects.first().id, period=str(number), amount=1, cap=5)
    day = BusinessDay.objects.create(day=date(2026, 1, 1) + timedelta(days=number), opened_at=AT)
    BusinessDay.objects.filter(day=day.day).update(state="cut_off", cut_off_at=AT)
    run = EodRun.objects.create(day=day, step="s", place=1, shards=1, planned_at=AT)
    EodShard.objects.create(run=run, shard=0)
    TradingDay.objects.create(exchange="TEST", day=day.day, is_open=True)
    row = {"exchange": "TEST", "day": f"2027-03-{number + 1:02d}", "is_open": True, "source": "operator", "note": ""}
    approvals.propose(
        act="core.tradingday.change", payload={"row": "new", "values": row, "before": {}}, maker=user, reason="the notice", at=AT
    )


def test_lists_and_the_overview_ask_the_database_no_more_often_for_more_rows() -> None:
    client = verified(staff("root", "auditor", "finance_checker", superuser=True))
    pages = ["businessday", "tradingday", "limitcounter", "idempotencyrecord", "auditrecord", "approval"]
    addresses = [reverse(f"admin:core_{page}_changelist") for page in pages]
    addresses += [reverse("admin:auth_user_changelist"), reverse("admin:index")]
    counts = []
    for batch in (range(1), range(1, 12)):
        for number in batch:
            rows(number)
        counts.append([])
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            counts[-1].append(asked_of_the_database(asked))
            assert not any("COUNT(*)" in query["sql"] and "core_auditrecord" in query["sql"] for query in asked)
    assert counts[0] == counts[1]
    assert max(counts[1][:-1]) <= 15
    assert counts[1][-1] <= 63, "the overview asks a statement or two for each room's figures and charts"


@pytest.fixture
def eager_tasks() -> Iterator[None]:
    """Tasks run where they are asked for."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.mark.usefixtures("eager_tasks")
def test_the_end_of_day_is_run_again_from_the_page(django_capture_on_commit_callbacks: object) -> None:
    yesterday = local_day(now()) - timedelta(days=1)
    BusinessDay.objects.create(day=yesterday, opened_at=now() - timedelta(days=1))
    client = verified(staff("max", "finance_maker"))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("admin:core_businessday_do_rerun"), {"reason": "a shard failed last night"})
    assert answer.status_code == 302
    assert list(BusinessDay.objects.order_by("day").values_list("state", flat=True)) == ["closed", "open"]
    assert AuditRecord.objects.get().act == "business_day.rerun"
    page = client.get(reverse("admin:core_businessday_change", args=[yesterday])).content.decode()
    assert "ledger" in page


def test_an_amount_is_typed_and_read_in_yuan_and_kept_in_fen() -> None:
    row = OutflowLimit.objects.order_by("pk").first()
    assert row is not None
    address = reverse("admin:accounts_outflowlimit_change", args=[row.pk])
    maker, checker = verified(staff("maker", "finance_maker")), verified(staff("checker", "finance_checker"))
    assert f'value="{row.cap_fen // 100}.00"' in maker.get(address).content.decode()
    assert yuan(row.cap_fen) in checker.get(address).content.decode()
    to_come = local_day(now()) + timedelta(days=1)
    values = {"account_class": row.account_class, "period": row.period, "starts_on": to_come, "source": row.source}
    values |= {"one_factor": "on"} if row.one_factor else {}
    maker.post(address, values | {"cap_fen": "1234.567", "reason": "a new notice"})
    assert Approval.objects.count() == 0, "no fractions of a fen"
    maker.post(address, values | {"cap_fen": "1234.56", "reason": "a new notice"})
    approval = Approval.objects.get()
    assert approval.payload["values"]["cap_fen"] == 123_456
    decide = reverse("admin:core_approval_approve", args=[approval.pk])
    page = checker.get(decide).content.decode()
    assert "1,234.56" in page
    assert yuan(row.cap_fen) in page
    checker.post(decide, {"read": "on"})
    made = OutflowLimit.objects.get(starts_on=to_come)
    assert (made.cap_fen, made.account_class, made.period, made.one_factor) == (123_456, row.account_class, row.period, row.one_factor)
    assert OutflowLimit.objects.get(pk=row.pk).cap_fen == row.cap_fen

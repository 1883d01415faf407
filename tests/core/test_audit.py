"""The audit log only grows, and whatever is done to it behind its back is found and named."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core.audit import queries, services, verifying
from core.audit.models import AuditBlock, AuditRecord, AuditSeal
from core.audit.tasks import verify
from core.schedule import SCHEDULE
from core.work import services as work
from core.work.models import WorkItem

AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def record(number: int) -> AuditRecord:
    return services.record(
        actor="staff:lin", act="customer.reveal", target=f"cus_{number}", reason="a call from the customer", details={"n": number}, at=AT
    )


def behind_its_back(sql: str, *values: object) -> None:
    """As the database owner with triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def sealed(count: int) -> list[AuditRecord]:
    rows = [record(number) for number in range(count)]
    assert services.seal() == count
    return rows


@pytest.mark.parametrize("model", [AuditRecord, AuditBlock, AuditSeal])
@pytest.mark.parametrize("verb", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_or_remove_what_was_written(model: type, verb: str) -> None:
    sealed(1)
    column = model._meta.pk.column
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb.format(model._meta.db_table, column, column))
    assert model.objects.count() == 1


def test_the_database_refuses_a_record_of_nobody() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        services.record(actor="", act="x", target="y", reason="", details={}, at=AT)


def test_the_time_of_recording_is_the_databases_own_whatever_is_sent() -> None:
    row = AuditRecord.objects.create(actor="system", act="x", target="y", at=AT, recorded_at=datetime(2001, 1, 1, tzinfo=UTC))
    assert AuditRecord.objects.get(pk=row.pk).recorded_at.year > 2001


def test_a_whole_chain_verifies_over_several_blocks_and_sealing_twice_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BLOCK_RECORDS", 2)
    sealed(5)
    assert services.seal() == 0
    assert [(block.number, block.records) for block in AuditBlock.objects.order_by("number")] == [(1, 2), (2, 2), (3, 1)]
    assert queries.verify() is None
    sealed(1)
    assert AuditBlock.objects.count() == 4
    assert queries.verify() is None


def test_a_changed_record_is_named() -> None:
    rows = sealed(3)
    behind_its_back("UPDATE core_auditrecord SET reason = 'nothing' WHERE id = %s", rows[1].id)
    assert queries.verify() == queries.Broken(f"record {rows[1].id}", "was changed after it was sealed")


def test_a_deleted_record_is_named() -> None:
    rows = sealed(3)
    behind_its_back("DELETE FROM core_auditrecord WHERE id = %s", rows[2].id)
    assert queries.verify() == queries.Broken(f"record {rows[2].id}", "was deleted after it was sealed")


def test_two_swapped_records_are_found_at_the_first() -> None:
    rows = sealed(3)
    behind_its_back(
        "UPDATE core_auditrecord a SET target = b.target, details = b.details FROM core_auditrecord b"
        " WHERE (a.id, b.id) IN ((%s, %s), (%s, %s))",
        rows[0].id, rows[1].id, rows[1].id, rows[0].id,
    )  # fmt: skip
    found = queries.verify()
    assert found is not None
    assert found.row == f"record {rows[0].id}"


def test_a_record_put_in_behind_the_chain_is_named_and_never_sealed() -> None:
    sealed(1)
    behind_its_back(
        "INSERT INTO core_auditrecord (id, actor, act, target, reason, details, at, recorded_at) VALUES"
        " ('01900000-0000-7000-8000-000000000001', 'staff:x', 'y', 'z', '', '{}', now(), now() - interval '3 days')"
    )
    assert services.seal() == 0
    assert queries.verify() == queries.Broken("record 01900000-0000-7000-8000-000000000001", "was put in behind the chain")


def test_emptied_records_are_found() -> None:
    rows = sealed(2)
    behind_its_back("TRUNCATE core_auditrecord")
    assert queries.verify() == queries.Broken(f"record {rows[0].id}", "was deleted after it was sealed")


def test_a_seal_rewritten_with_its_record_breaks_the_block() -> None:
    rows = sealed(2)
    behind_its_back("UPDATE core_auditrecord SET reason = 'nothing' WHERE id = %s", rows[0].id)
    forged = services.digest(AuditRecord.objects.get(pk=rows[0].pk))
    behind_its_back("UPDATE core_auditseal SET digest = %s WHERE record_id = %s", forged, rows[0].id)
    assert queries.verify() == queries.Broken("block 1", "its hash does not fit what it seals")


def test_a_lost_block_in_the_middle_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BLOCK_RECORDS", 1)
    sealed(3)
    behind_its_back("DELETE FROM core_auditblock WHERE number = 2")
    assert queries.verify() == queries.Broken("block 2", "is missing")


def test_a_chain_cut_short_with_its_seals_and_records_is_found_by_an_anchor_noted_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BLOCK_RECORDS", 1)
    rows = sealed(2)
    anchor = queries.last_anchor()
    assert anchor is not None
    behind_its_back("DELETE FROM core_auditrecord WHERE id = %s", rows[1].id)
    behind_its_back("DELETE FROM core_auditseal WHERE block_number = 2")
    behind_its_back("DELETE FROM core_auditblock WHERE number = 2")
    assert queries.verify() is None
    found = queries.verify(anchor=anchor)
    assert found is not None
    assert found.row == "block 2"


def test_a_lost_last_block_with_its_seals_left_is_found_without_an_anchor() -> None:
    sealed(1)
    sealed(1)
    behind_its_back("DELETE FROM core_auditblock WHERE number = 2")
    assert queries.verify() == queries.Broken("block 2", "is missing")


def test_the_command_says_whole_with_the_anchor_or_fails_naming_the_row() -> None:
    rows = sealed(1)
    out = StringIO()
    call_command("audit_verify", stdout=out)
    anchor = out.getvalue().split("Anchor: ")[1].strip()
    call_command("audit_verify", "--anchor", anchor, stdout=out)
    behind_its_back("UPDATE core_auditrecord SET act = 'other' WHERE id = %s", rows[0].id)
    with pytest.raises(CommandError, match=str(rows[0].id)):
        call_command("audit_verify")
    with pytest.raises(CommandError, match="NUMBER:HASH"):
        call_command("audit_verify", "--anchor", "1-abc")


def verified_at(at: datetime) -> queries.Broken | None:
    """One run of the daily job, and the seal that follows."""
    found = verifying.verify_new(at=at)
    services.seal()
    return found


def test_a_day_is_verified_from_where_the_last_one_ended_and_everything_once_a_week() -> None:
    rows = sealed(3)
    assert verified_at(AT) is None
    assert verifying.verified_through(at=AT + DAY) == queries.Anchor(1, bytes(AuditBlock.objects.get(number=1).hash))
    behind_its_back("UPDATE core_auditrecord SET reason = 'nothing' WHERE id = %s", rows[1].id)
    assert verified_at(AT + DAY) is None
    assert verifying.verified_through(at=AT + 8 * DAY) is None
    assert verified_at(AT + 8 * DAY) == queries.Broken(f"record {rows[1].id}", "was changed after it was sealed")


def test_what_was_sealed_since_is_read_and_a_break_is_asked_of_a_person_until_it_is_settled() -> None:
    sealed(2)
    assert verified_at(AT) is None
    (fresh,) = sealed(1)
    behind_its_back("DELETE FROM core_auditrecord WHERE id = %s", fresh.id)
    said = verify()
    assert said == f"record {fresh.id} was deleted after it was sealed"
    item = WorkItem.objects.get(kind=verifying.WORK)
    assert (item.target, item.facts["row"], item.finished_at) == ("audit:chain", f"record {fresh.id}", None)
    assert verifying.verified_through(at=AT + DAY) is None
    work.finish(kind=verifying.WORK, target=verifying.TARGET, by="staff:lin", at=AT)
    assert verifying.verified_through(at=AT + DAY) is not None


def test_a_chain_written_anew_under_what_was_verified_is_found_the_next_day() -> None:
    sealed(2)
    assert verified_at(AT) is None
    behind_its_back("UPDATE core_auditblock SET hash = sha256('else') WHERE number = 1")
    assert verified_at(AT + DAY) == queries.Broken("block 1", "is not the block that was verified before")


def test_an_empty_log_is_whole_and_leaves_no_note() -> None:
    assert (verified_at(AT), AuditRecord.objects.count()) == (None, 0)
    assert SCHEDULE["core.audit.verify"].crontab == "10 4 * * *"

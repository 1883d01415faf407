"""What the database itself refuses, whoever asks: change of journal and entry, unbalanced rows, bounds, foreign roles."""

import re
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from accounts.ledger import halt, queries
from accounts.ledger.models import BackDating, Hold, LedgerBalance, LedgerHalt, PeriodClose, ProofRun
from core.audit.services import record
from core.ids import new_id
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_post import move

pytestmark = pytest.mark.usefixtures("ledger")


def refused(statement: str, error: type[DatabaseError] = IntegrityError) -> str:
    """Run a statement that the database must refuse; returns what it said."""
    with pytest.raises(error) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(caught.value)


@pytest.mark.parametrize("table", ["ledger_journal", "ledger_entry"])
def test_journal_and_entry_refuse_update_delete_and_truncate_even_to_their_owner(table: str) -> None:
    account = user()
    move(world(), account, 10)
    assert "only grows" in refused(f"UPDATE {table} SET business_on = business_on")
    assert "only grows" in refused(f"DELETE FROM {table}")
    assert "only grows" in refused(f"TRUNCATE {table}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table])
        partitions = [name for (name,) in cursor.fetchall()]
    assert len(partitions) >= 4
    for partition in partitions:
        assert "only grows" in refused(f"TRUNCATE {partition}")
    assert queries.balance(account).posted == 10


def journal_row(amounts: str, assets: str = "{CNY,CNY}", days: str = "'2026-11-22', '2026-11-22'") -> str:
    accounts = f"{{{user().id},{user().id}}}"
    return (
        "INSERT INTO ledger_journal (id, event, business_on, effective_on, posted_at, accounts, amounts, assets, shard) "
        f"VALUES ('{new_id()}', 'test.moved', {days}, now(), '{accounts}', '{amounts}', '{assets}', 0)"
    )


def test_the_database_refuses_an_unbalanced_journal_from_every_writer() -> None:
    assert "ledger_journal_balanced" in refused(journal_row("{5,-4}"))
    assert "ledger_journal_balanced" in refused(journal_row("{5,-5}", "{CNY,USD}"))
    assert "ledger_journal_balanced" in refused(journal_row("{0,0}"))
    assert "ledger_journal_balanced" in refused(journal_row("{5,-5,NULL}"))
    assert "ledger_journal_balanced" in refused(journal_row("{5,-5}", "{CNY}"))
    assert "ledger_journal_balanced" in refused(journal_row("{5,-5}", "{CNY,NULL}"))
    assert "ledger_journal_balanced" in refused(journal_row("{NULL,NULL}"))
    assert "ledger_journal_balanced" in refused(journal_row("{{5,-5}}"))
    assert "ledger_journal_balanced" in refused(journal_row("{}", "{}"))
    assert "ledger_journal_effective" in refused(journal_row("{5,-5}", days="'2026-11-22', '2026-11-23'"))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("posted = -1", "ledger_balance_floor"),
        ("held = 11", "ledger_balance_floor"),
        ("held = -1", "ledger_balance_held"),
        ("shortfall = -1", "ledger_balance_held"),
        ("ceiling = 9", "ledger_balance_ceiling"),
        ("blocked = 4", "ledger_balance_blocked"),
        ("mode = 'b'", "ledger_balance_mode"),
    ],
)
def test_the_database_refuses_a_balance_out_of_its_bounds(change: str, constraint: str) -> None:
    account = user()
    move(world(), account, 10)
    assert constraint in refused(f"UPDATE ledger_balance SET {change} WHERE account_id = '{account.id}'")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"amount": 0}, "ledger_hold_amount"),
        ({"state": "lost"}, "ledger_hold_state"),
        ({"state": "captured"}, "ledger_hold_captured"),
        ({"state": "captured", "captured": 6}, "ledger_hold_captured"),
        ({"captured": 1}, "ledger_hold_captured"),
    ],
)
def test_the_database_refuses_an_impossible_hold(change: dict[str, object], constraint: str) -> None:
    row = {"id": new_id(), "shard": 0, "account_id": new_id(), "amount": 5, "expires_at": AT, "created_at": AT, "changed_at": AT}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Hold.objects.create(**{**row, **change})


def test_two_rules_of_a_role_and_event_never_overlap() -> None:
    columns = "INSERT INTO ledger_glrule (id, role, event, gl_code, valid_from) VALUES"
    assert "ledger_glrule_one_at_a_time" in refused(f"{columns} ('{new_id()}', 'test:hot', '', '9004', '2026-01-01')")
    assert "ledger_glrule_days" in refused(
        "INSERT INTO ledger_glrule (id, role, event, gl_code, valid_from, valid_to) "
        f"VALUES ('{new_id()}', 'test:hot', 'x', '9004', '2026-01-02', '2026-01-02')"
    )


def test_the_books_refuse_impossible_lines() -> None:
    role = "INSERT INTO ledger_role (role, kind, name_en, name_zh, mode, subs, floor, hold_overdraft, clearing) VALUES"
    assert "ledger_role_kind" in refused(f"{role} ('x', 'magic', '', '', 'sync', 1, NULL, false, false)")
    assert "ledger_role_mode" in refused(f"{role} ('x', 'asset', '', '', 'sharded', 1, NULL, false, false)")
    assert "ledger_role_bounds" in refused(f"{role} ('x', 'asset', '', '', 'buffered', 1, 0, false, false)")
    assert "ledger_role_clearing" in refused(f"{role} ('x', 'asset', '', '', 'sync', 1, 0, false, true)")
    assert "ledger_asset_scale" in refused("INSERT INTO ledger_asset VALUES ('BTC', 9, '', '')")
    assert "ledger_asset_code" in refused("INSERT INTO ledger_asset VALUES ('btc', 8, '', '')")
    assert "ledger_glcode_kind" in refused("INSERT INTO ledger_glcode VALUES ('1', 'magic', '', '')")


def test_an_application_role_reads_and_executes_and_nothing_more() -> None:
    payer, payee = user(), user()
    move(world(), payer, 10)
    move(world(), payee, 1)
    role = f"banyan_probe_{new_id().hex[-8:]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role} NOLOGIN")
        cursor.execute("SELECT ledger_grant(%s)", [role])
        cursor.execute(f"SET LOCAL ROLE {role}")
    move(payer, payee, 4)
    assert queries.balance(payee).posted == 5
    ProofRun.objects.filter(pk=ProofRun.objects.create(started_at=AT).pk).update(finished_at=AT, findings=0)
    halt.halt(reason="a test", at=AT)
    standing = halt.halt(reason="a test", findings=["one", "two"], at=AT)
    LedgerHalt.objects.filter(pk=standing.pk).update(lifted_at=AT, lift_proposed_by="staff:max", lifted_by="staff:cara")
    PeriodClose.objects.create(through_on=AT.date() - timedelta(days=9), closed_at=AT, proposed_by="staff:max", actor="staff:cara")
    BackDating.objects.create(starts_on=AT.date(), days=3, note="a test")
    for statement in (
        "UPDATE ledger_halt SET reason = 'x'",
        "UPDATE ledger_periodclose SET through_on = through_on",
        "DELETE FROM ledger_proof",
        "UPDATE ledger_journal SET event = 'x'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_journal",
        "INSERT INTO ledger_entry SELECT * FROM ledger_entry",
        "UPDATE ledger_balance SET posted = 1000000",
        "INSERT INTO ledger_pending SELECT * FROM ledger_pending",
        "UPDATE ledger_hold SET state = 'released'",
        "SELECT ledger_grant('postgres')",
    ):
        assert "permission denied" in refused(statement, ProgrammingError)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_an_account_id_begins_with_its_owners_shard() -> None:
    owner = UUID("01a20115-cb66-70fd-a896-7124c69c85ae")
    account = user(owner)
    assert account.id.bytes[0] == owner.int % 64
    move(world(), account, 1)
    assert LedgerBalance.objects.filter(account_id=account.id).exists()


def test_journals_and_entries_lie_in_the_partition_of_their_month() -> None:
    done = move(world(), user(), 1)
    month = done.posted_at.strftime("%Y%m")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM ledger_journal UNION SELECT tableoid::regclass::text FROM ledger_entry")
        homes = {name for (name,) in cursor.fetchall()}
    assert homes == {f"ledger_journal_{month}", f"ledger_entry_{month}"}


def test_nobody_runs_a_function_that_writes_as_the_owner_without_being_granted_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'ledger\\_%' AND prosecdef"
            " AND has_function_privilege('public', oid, 'EXECUTE')"
        )
        assert cursor.fetchall() == []


def test_web_and_workers_connect_as_a_role_that_cannot_rewrite_the_audit_or_the_books() -> None:
    role = f"banyan_probe_{new_id().hex[-8:]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role} NOLOGIN")
        call_command("grant_application", role, stdout=StringIO())
        cursor.execute(f"SET LOCAL ROLE {role}")
    record(act="test.seen", actor="staff:max", target="test:1", reason="a test", details={}, at=AT)
    for statement in (
        "UPDATE core_auditrecord SET actor = 'x'",
        "DELETE FROM core_auditrecord",
        "DELETE FROM ledger_entry",
        "INSERT INTO ledger_journal SELECT * FROM ledger_journal",
        "DELETE FROM django_migrations",
        "ALTER TABLE core_auditrecord DISABLE TRIGGER ALL",
        "DROP TABLE core_outboxevent",
    ):
        assert re.search("permission denied|must be owner", refused(statement, ProgrammingError)), statement
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")

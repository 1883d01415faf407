"""Proofs that build on what was proved: what they still find, when all history is read again."""

import io
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.ledger import books, check, halt, proving, seal
from accounts.ledger.accounts import AccountRef, platform_account
from accounts.ledger.models import ProofRun, SealBlock
from core.business_day import services as business_day
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_days import TODAY, end_the_day
from tests.ledger.test_post import move
from tests.ledger.test_proofs import tamper

YESTERDAY, NEXT = TODAY, TODAY + timedelta(days=1)


@pytest.fixture
def lived(transactional_db: None) -> AccountRef:
    """Two days of movements and half a third one: an account with five entries on the first day, two on the others."""
    books.install()
    business_day.open_first_day(at=AT)
    account = user()
    for amount in range(1, 6):
        move(world(), account, amount)
        move(account, platform_account("test:hot"), 1)
    end_the_day()
    proved()
    move(world(), account, 7)
    move(account, platform_account("test:clearing"), 2, reference="top_1")
    end_the_day()
    move(world(), account, 8)
    return account


def proved(full: bool = False) -> ProofRun:
    assert proving.prove(at=AT, full=full) == []
    run = ProofRun.objects.order_by("-id").first()
    assert run is not None
    return run


def names(since: date | None) -> set[str]:
    return {finding.check for finding in check.findings(since)}


def test_a_clean_proof_marks_the_last_day_sealed_and_summed_and_the_next_one_builds_on_it(lived: AccountRef) -> None:
    first = ProofRun.objects.get()
    assert (first.full, first.through_on) == (True, YESTERDAY)
    second = proved()
    assert (second.full, second.through_on) == (False, NEXT)
    assert bytes(second.root_hash or b"") == bytes(SealBlock.objects.order_by("-number")[0].hash)
    seal.seal_all(at=AT)
    assert proving.proved_through(at=AT) == NEXT
    assert proved(full=True).full


def test_all_history_is_read_again_every_week_after_a_finding_and_when_the_seals_changed(lived: AccountRef) -> None:
    finished_at = ProofRun.objects.get(full=True).finished_at
    assert finished_at is not None
    assert proving.proved_through(at=finished_at + timedelta(days=6)) == YESTERDAY
    assert proving.proved_through(at=finished_at + timedelta(days=7)) is None
    block = SealBlock.objects.get(number=1)
    tamper("UPDATE ledger_sealblock SET hash = sha256(hash) WHERE number = 1")
    assert proving.proved_through(at=AT) is None
    assert "seal" in {finding.check for finding in proving.prove(at=AT)}
    assert halt.standing() is not None
    tamper("UPDATE ledger_sealblock SET hash = %s WHERE number = 1", bytes(block.hash))
    assert proving.proved_through(at=AT) is None
    assert proved().full


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE ledger_entry SET amount = amount + 1 WHERE business_on > '{day}' AND amount = 7", "entry.chain"),
        ("UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE business_on > '{day}' AND amount = 8", "entry.chain"),
        ("DELETE FROM ledger_entry WHERE business_on > '{day}' AND amount = 7", "entry.chain"),
        ("DELETE FROM ledger_entry WHERE business_on > '{day}' AND amount = 8", "balance.entries"),
        ("UPDATE ledger_balance SET posted = posted + 1 WHERE version > 5", "balance.entries"),
        ("UPDATE ledger_movement SET credit = credit + 1 WHERE credit = 15", "movement.entries"),
        ("UPDATE ledger_journal SET reference = 'x' WHERE business_on > '{day}' AND reference = 'top_1'", "seal"),
        ("DELETE FROM ledger_journal WHERE business_on > '{day}' AND reference = 'top_1'", "seal.manifest"),
        ("UPDATE ledger_sealblock SET sealed_at = sealed_at, hash = sha256(hash) WHERE number = 1", "seal.manifest"),
        ("DELETE FROM ledger_glrule", "gl.mapped"),
    ],
)  # fmt: skip
def test_damage_after_the_day_proved_is_found_by_a_proof_that_builds_on_it(lived: AccountRef, statement: str, name: str) -> None:
    assert names(YESTERDAY) == set()
    tamper(statement.replace("{day}", YESTERDAY.isoformat()))
    assert name in names(YESTERDAY)


def test_damage_to_days_that_were_proved_is_found_by_the_next_whole_proof(lived: AccountRef) -> None:
    proved()
    tamper("UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE version = 3 AND amount = 2")
    assert check.run(NEXT) == []
    assert "entry.chain" in {finding.check for finding in check.run()}
    call_command("ledger_check", stdout=(out := io.StringIO()))
    assert out.getvalue() == "The books balance.\n"
    with pytest.raises(SystemExit):
        call_command("ledger_check", "--full", stdout=(out := io.StringIO()))
    assert "entry.chain" in out.getvalue()


def test_entries_of_a_buffered_account_folded_across_the_mark_still_follow_each_other(lived: AccountRef) -> None:
    hot = platform_account("test:hot")
    move(lived, hot, 1)
    end_the_day()
    assert names(YESTERDAY) == names(NEXT) == names(None) == set()


@pytest.mark.django_db
def test_the_database_refuses_a_mark_of_a_run_that_found_something() -> None:
    for values in ({"findings": 1, "root_hash": b"x"}, {"findings": 0, "root_hash": None}):
        with pytest.raises(IntegrityError, match="ledger_proof_through"), transaction.atomic():
            ProofRun.objects.create(started_at=AT, finished_at=AT, through_on=TODAY, **values)


@pytest.mark.usefixtures("ledger")
def test_gl_codes_are_looked_up_once_a_group_and_not_once_an_entry() -> None:
    account = user()
    for amount in range(1, 31):
        move(world(), account, amount)
    mapped = next(statement for statement in check.STATEMENTS if statement.name == "gl.mapped")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL track_functions = 'all'")
        cursor.execute(mapped.sql)
        cursor.execute("SELECT coalesce(sum(calls), 0) FROM pg_stat_xact_user_functions WHERE funcname = 'ledger_gl_code'")
        assert 1 <= cursor.fetchone()[0] <= 4

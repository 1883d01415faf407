"""Seals, ledger_check, the halt, the manifest and the Beancount export."""

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction

from accounts.ledger import books, check, days, export, halt, proving, queries, seal, services, sweeps, tasks
from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import credit, debit
from accounts.ledger.models import Hold, Journal, LedgerHalt, ProofRun, SealBlock, SealManifest
from accounts.ledger.refusals import LedgerHalted
from accounts.ledger.sockets import CHECKS, Finding
from core.approvals.services import ApprovalNeeded, applying
from core.business_day import services as business_day
from core.clock import queries as clock
from core.ids import new_id
from core.observe.metrics import SOURCES
from core.work.models import WorkItem
from tests import processes
from tests.ledger.conftest import AT, user, world
from tests.ledger.test_post import move
from tests.ledger_proof import assert_books_balance


@pytest.fixture
def committed(transactional_db: None) -> None:
    """A database where postings commit, as sealing needs, with an open business day."""
    books.install()
    business_day.open_first_day(at=AT)


def tamper(statement: str, *arguments: object) -> None:
    """Change rows as an owner would who switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, arguments)
        cursor.execute("SET session_replication_role = origin")


def five_sealed() -> list[Journal]:
    account = user()
    for amount in range(1, 6):
        move(world(), account, amount)
    sealed_in_the_end(5)
    assert check.run() == []
    return list(Journal.objects.order_by("transaction"))


def sealed_in_the_end(number: int) -> None:
    """Sealing waits for every transaction of the server that began before, those of tests beside this one too."""
    done: list[int] = []

    def act() -> bool:
        done.append(seal.seal_all(at=AT))
        return sum(done) >= number

    processes.wait_until(act, f"{number} journals are not sealed")
    assert sum(done) == number


def test_sealing_takes_each_committed_journal_once_and_chains_the_blocks(committed: None) -> None:
    five_sealed()
    assert seal.seal_all(at=AT) == 0
    move(world(), user(), 9)
    sealed_in_the_end(1)
    first, second = SealBlock.objects.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert second.from_transaction == first.to_transaction
    assert bytes(second.previous_hash) == bytes(first.hash)
    assert len(second.journal_ids) == 1
    assert_books_balance()


def test_a_block_takes_at_most_its_size_in_whole_transactions(committed: None) -> None:
    account = user()
    for amount in range(1, 8):
        move(world(), account, amount)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_seal(3, %s)", [AT])
        assert cursor.fetchone() == (3,)
    assert seal.seal_all(at=AT) == 4
    assert_books_balance()


def change(row: Journal) -> None:
    tamper("UPDATE ledger_journal SET amounts = ARRAY[-1000, 1000] WHERE id = %s", row.id)


def delete(row: Journal) -> None:
    tamper("DELETE FROM ledger_journal WHERE id = %s", row.id)


def touch_reference(row: Journal) -> None:
    tamper("UPDATE ledger_journal SET reference = 'other' WHERE id = %s", row.id)


def move_to_another_transaction(row: Journal) -> None:
    tamper("UPDATE ledger_journal SET transaction = transaction + 1000000 WHERE id = %s", row.id)


def slip_in(row: Journal) -> None:
    tamper(
        "INSERT INTO ledger_journal (id, event, business_on, effective_on, posted_at, transaction, accounts, amounts, assets, shard) "
        "SELECT %s, event, business_on, effective_on, posted_at, transaction, accounts, amounts, assets, shard FROM ledger_journal "
        "WHERE id = %s",
        UUID(int=row.id.int + 1), row.id,
    )  # fmt: skip


def swap(row: Journal, other: Journal) -> None:
    tamper(
        "UPDATE ledger_journal a SET amounts = b.amounts, reference = b.reference FROM ledger_journal b "
        "WHERE (a.id = %s AND b.id = %s) OR (a.id = %s AND b.id = %s)",
        row.id, other.id, other.id, row.id,
    )  # fmt: skip


class Undo(Exception):
    """Takes the damage back."""


def damaged(damage: Callable[[], None]) -> list[tuple[str, str]]:
    """What the seals say after the damage, which is undone again."""
    found: list[tuple[str, str]] = []
    with suppress(Undo), transaction.atomic():
        damage()
        found += [(finding.subject, finding.detail) for finding in check.findings() if finding.check == "seal"]
        raise Undo
    return found


def test_update_delete_insert_and_swap_behind_the_triggers_are_found_and_the_first_bad_row_is_named(committed: None) -> None:
    rows = five_sealed()
    third = f"journal {rows[2].id}"
    changed, gone = "changed after it was sealed", "sealed, and gone or moved to another transaction"
    assert damaged(lambda: change(rows[2])) == [(third, changed)]
    assert damaged(lambda: touch_reference(rows[2])) == [(third, changed)]
    assert damaged(lambda: delete(rows[2])) == [(third, gone)]
    assert damaged(lambda: tamper("DELETE FROM ledger_journal")) == sorted((f"journal {row.id}", gone) for row in rows)
    assert damaged(lambda: move_to_another_transaction(rows[2])) == [(third, gone)]
    assert damaged(lambda: slip_in(rows[2])) == [(f"journal {UUID(int=rows[2].id.int + 1)}", "slipped in behind the seal")]
    assert damaged(lambda: swap(rows[1], rows[3])) == sorted((f"journal {rows[place].id}", changed) for place in (1, 3))
    assert check.run() == []


def test_a_block_rewritten_to_hide_a_change_is_found_by_the_chain_and_the_manifest(committed: None) -> None:
    rows = five_sealed()
    manifest = seal.make_manifest(day=rows[0].business_on, at=AT)
    assert (manifest.journals, manifest.legs, manifest.debits) == (5, 10, {"CNY": 15})
    move(world(), user(), 9)
    sealed_in_the_end(1)
    touch_reference(rows[2])
    tamper(
        "UPDATE ledger_sealblock b SET row_hashes = (SELECT array_agg(ledger_hash(j) ORDER BY j.transaction, j.id) FROM ledger_journal j "
        "WHERE j.transaction < b.to_transaction) WHERE number = 1"
    )
    tamper(
        "UPDATE ledger_sealblock SET hash = "
        "ledger_block_hash(previous_hash, number, from_transaction, to_transaction, journal_ids, row_hashes) WHERE number = 1"
    )
    found = {finding.check: finding.subject for finding in check.run()}
    assert found["seal"] == "block 2"
    assert found["seal.manifest"] == rows[0].business_on.isoformat()


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE ledger_entry SET amount = amount + 1 WHERE version = 3", "entry.chain"),
        ("UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE version = 5", "entry.chain"),
        ("DELETE FROM ledger_entry WHERE version = 5", "entry.journal"),
        ("UPDATE ledger_balance SET posted = posted + 1", "balance.entries"),
        (
            "INSERT INTO ledger_entry SELECT account_id, journal_id, amount, balance_after, version + 5, posted_at, business_on, "
            "effective_on, sub, leg FROM ledger_entry WHERE version = 1",
            "entry.chain"),
        ("UPDATE ledger_account SET state = 'frozen'", "account.balance"),
        ("UPDATE ledger_balance SET held = 1 WHERE floor = 0", "hold.held"),
        ("DELETE FROM ledger_glrule", "gl.mapped"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("ledger")
def test_each_kind_of_damage_to_the_books_is_found(statement: str, name: str) -> None:
    account = user()
    for amount in range(1, 6):
        move(world(), account, amount)
    assert_books_balance()
    tamper(statement)
    assert name in {finding.check for finding in check.findings()}


def test_the_command_answers_0_or_1_and_halts_money_when_told(committed: None) -> None:
    rows = five_sealed()
    call_command("ledger_check", stdout=(out := io.StringIO()))
    assert out.getvalue() == "The books balance.\n"
    touch_reference(rows[2])
    with pytest.raises(SystemExit) as left:
        call_command("ledger_check", "--halt", stdout=(out := io.StringIO()))
    assert left.value.code == 1
    assert f"seal: journal {rows[2].id}: changed after it was sealed" in out.getvalue()
    standing = halt.standing()
    assert standing is not None
    assert list(ProofRun.objects.values_list("findings", flat=True)) == [out.getvalue().count("\n")]
    item = WorkItem.objects.get(kind="ledger.halted", finished_at=None)
    assert (item.target, item.facts["subject"]) == (f"halt:{standing.pk}", f"journal {rows[2].id}")


def test_the_command_without_halt_only_tells(committed: None) -> None:
    rows = five_sealed()
    touch_reference(rows[2])
    with pytest.raises(SystemExit):
        call_command("ledger_check", stdout=io.StringIO())
    assert (halt.standing(), ProofRun.objects.count(), WorkItem.objects.count()) == (None, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("proposed_by", "lifted_by"), [("", "staff:cara"), ("staff:cara", "staff:cara"), ("staff:max", "")])
def test_the_database_refuses_a_halt_lifted_by_fewer_than_two_people(proposed_by: str, lifted_by: str) -> None:
    standing = LedgerHalt.objects.create(reason="a test", halted_at=AT)
    with pytest.raises(IntegrityError, match="ledger_halt_lifted"), transaction.atomic():
        LedgerHalt.objects.filter(pk=standing.pk).update(lifted_at=AT, lift_proposed_by=proposed_by, lifted_by=lifted_by)


def test_a_finding_halts_every_money_command_until_people_lift_it(committed: None) -> None:
    payer = user()
    move(world(), payer, 10)
    assert tasks.prove() == 0
    tamper("UPDATE ledger_balance SET posted = posted + 1 WHERE account_id = %s", payer.id)
    assert tasks.prove() > 0
    with pytest.raises(LedgerHalted):
        move(world(), payer, 1)
    with pytest.raises(LedgerHalted):
        services.hold(hold_id=new_id(), account=payer, amount=1, expires_at=AT, at=AT)
    tamper("UPDATE ledger_balance SET posted = posted - 1 WHERE account_id = %s", payer.id)
    standing = halt.standing()
    assert standing is not None
    with pytest.raises(ApprovalNeeded):
        halt.lift(halt_id=standing.pk, findings_hash=standing.findings_hash, at=AT)
    with applying("ledger.lift_halt", maker="staff:max", checker="staff:cara"):
        halt.lift(halt_id=standing.pk, findings_hash=standing.findings_hash, at=AT)
    move(world(), payer, 1)
    assert queries.balance(payer).posted == 11
    assert LedgerHalt.objects.count() == 1
    with pytest.raises(halt.NotHalted), applying("ledger.lift_halt", maker="staff:max", checker="staff:cara"):
        halt.lift(halt_id=standing.pk, findings_hash=standing.findings_hash, at=AT)


class ShopCheck:
    name = "tests.shop"

    def findings(self, *, since: date | None) -> list[Finding]:
        return [Finding("tests.shop", "order 1", "paid without a leg")]


def test_other_rooms_add_their_proofs_through_the_socket(committed: None) -> None:
    CHECKS.plug("tests.shop", ShopCheck())
    try:
        assert check.run() == [Finding("tests.shop", "order 1", "paid without a leg")]
    finally:
        CHECKS.unplug("tests.shop")
    assert check.run() == []


def test_the_check_reads_one_snapshot_and_writes_nothing(committed: None) -> None:
    seen: list[tuple[str, ...]] = []

    class Peek:
        name = "tests.peek"

        def findings(self, *, since: date | None) -> list[Finding]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
                seen.append(cursor.fetchone())
            return []

    CHECKS.plug("tests.peek", Peek())
    try:
        check.run()
    finally:
        CHECKS.unplug("tests.peek")
    assert seen == [("repeatable read", "on")]


def test_the_manifest_is_exported_as_json(committed: None) -> None:
    rows = five_sealed()
    day = rows[0].business_on
    with pytest.raises(seal.NoManifest):
        seal.exported(day=day)
    seal.make_manifest(day=day, at=AT)
    assert seal.make_manifest(day=day, at=AT + timedelta(days=1)).made_at == AT
    call_command("ledger_manifest", day.isoformat(), stdout=(out := io.StringIO()))
    told = json.loads(out.getvalue())
    assert (told["journals"], told["legs"], told["debits"], told["last_block"]) == (5, 10, {"CNY": 15}, 1)
    assert told["root_hash"] == bytes(SealBlock.objects.get().hash).hex()
    assert SealManifest.objects.count() == 1


def bean_check(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "books.beancount"
    file.write_text(text, encoding="utf-8")
    return subprocess.run([Path(sys.executable).parent / "bean-check", str(file)], capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("ledger")
def test_the_export_of_any_period_passes_bean_check(tmp_path: Path) -> None:
    a, b, hot = user(), user(asset="USD"), platform_account("test:hot")
    today = services.post(journal_id=new_id(), event="test.moved", legs=[debit(world(), 500), credit(a, 500)], at=AT).business_on
    move(world("USD"), b, 70, effective_on=today - timedelta(days=3), reference='say "hi" \\ 你好')
    move(a, hot, 41)
    fx = [debit(a, 100), credit(user(role="test:free"), 100), debit(b, 20), credit(user(role="test:free", asset="USD"), 20)]
    services.post(journal_id=new_id(), event="test.moved", legs=fx, at=AT)
    whole = "\n".join(export.beancount(start=today - timedelta(days=10), end=today))
    part = "\n".join(export.beancount(start=today - timedelta(days=2), end=today)) + "\n"
    assert bean_check(whole + "\n", tmp_path).returncode == 0, bean_check(whole + "\n", tmp_path).stderr
    assert bean_check(part, tmp_path).returncode == 0, bean_check(part, tmp_path).stderr
    assert "Balances brought forward" in part
    assert "0.41 CNY" in whole
    assert bean_check(whole.replace("0.41 CNY", "0.42 CNY", 1) + "\n", tmp_path).returncode == 1


@pytest.mark.usefixtures("ledger")
def test_the_sweeper_frees_what_is_due_and_nothing_else() -> None:
    payer = user()
    move(world(), payer, 10)
    due, later = new_id(), new_id()
    services.hold(hold_id=due, account=payer, amount=4, expires_at=AT + timedelta(seconds=10), at=AT)
    services.hold(hold_id=later, account=payer, amount=3, expires_at=AT + timedelta(seconds=20), at=AT)
    assert sweeps.expire_all(at=AT + timedelta(seconds=9)) == 0
    assert sweeps.expire_all(at=AT + timedelta(seconds=10)) == 1
    assert sweeps.expire_all(at=AT + timedelta(seconds=10)) == 0
    assert queries.balance(payer) == queries.Balance(posted=10, held=3)
    assert Hold.objects.get(id=due).state == "expired"
    assert_books_balance(open_holds=1)


@pytest.mark.usefixtures("ledger")
def test_partitions_are_made_ahead_once() -> None:
    far = AT + timedelta(days=400)
    assert days.make_partitions(at=far) == 8
    assert days.make_partitions(at=far) == 0


def seconds_until_refused(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
        act()
    return time.monotonic() - begun


def test_making_partitions_waits_two_seconds_for_a_lock_and_leaves_the_books_usable(committed: None) -> None:
    far = AT + timedelta(days=800)
    reader = connection.copy()
    try:
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_journal IN ACCESS SHARE MODE")
        assert any(seconds_until_refused(lambda: days.make_partitions(at=far)) < 4 for _ in range(3)), "one try may meet a stall"
    finally:
        reader.close()
    move(world(), user(), 5)
    assert days.make_partitions(at=far) == 8


@pytest.mark.usefixtures("ledger")
def test_an_account_that_cannot_be_folded_stops_no_other() -> None:
    payer, ill, well = user(), platform_account("test:hot"), user(role="test:hot")
    move(world(), payer, 100)
    for target in (ill, well):
        move(payer, target, 7)
    tamper("UPDATE ledger_balance SET posted = 9223372036854775807, ceiling = NULL WHERE account_id = %s", ill.id)
    assert days.fold_all() == 1
    assert queries.entries(well)[0].balance_after == 7
    assert queries.entries(ill) == []
    tamper("UPDATE ledger_balance SET posted = 0 WHERE account_id = %s", ill.id)
    assert days.fold_all() == 1
    assert_books_balance()


def gauges_now() -> dict[str, float]:
    return {gauge.name.removeprefix("banyan_ledger_"): gauge.value for gauge in SOURCES["ledger"](clock.now())}


def test_a_finding_leaves_its_run_a_work_item_and_gauges_and_lifting_settles_the_item(committed: None) -> None:
    payer = user()
    move(world(), payer, 10)
    assert gauges_now()["proof_age_seconds"] == float("inf")
    assert tasks.prove() == 0
    fine = gauges_now()
    assert (fine["halted"], fine["proof_findings"]) == (0, 0)
    assert fine["proof_age_seconds"] < 60
    tamper("UPDATE ledger_balance SET posted = posted + 1 WHERE account_id = %s", payer.id)
    found = tasks.prove()
    standing = halt.standing()
    assert standing is not None
    item = WorkItem.objects.get(kind="ledger.halted", finished_at=None)
    assert (item.target, item.facts["findings"]) == (f"halt:{standing.pk}", found)
    assert list(ProofRun.objects.order_by("id").values_list("findings", flat=True)) == [0, found]
    assert (gauges_now()["halted"], gauges_now()["proof_findings"]) == (1, found)
    with applying("ledger.lift_halt", maker="staff:max", checker="staff:cara"):
        halt.lift(halt_id=standing.pk, findings_hash=standing.findings_hash, at=clock.now())
    item.refresh_from_db()
    standing.refresh_from_db()
    assert (standing.lift_proposed_by, standing.lifted_by, item.finished_by) == ("staff:max", "staff:cara", "staff:cara")
    assert gauges_now()["halted"] == 0


def test_a_proof_that_never_finished_does_not_count_as_the_last_one(committed: None) -> None:
    ProofRun.objects.create(started_at=AT)
    assert proving.last_finished() is None
    with pytest.raises(IntegrityError, match="ledger_proof_finished"):
        ProofRun.objects.create(started_at=AT, finished_at=AT)


def test_gauges_tell_what_waits_to_be_folded_and_sealed(committed: None) -> None:
    payer = user()
    move(world(), payer, 10)
    move(payer, platform_account("test:hot"), 4)
    waiting = {gauge.name: gauge.value for gauge in SOURCES["ledger"](clock.now() + timedelta(seconds=90))}
    assert waiting["banyan_ledger_pending_legs"] == 1
    assert waiting["banyan_ledger_pending_oldest_seconds"] >= 90
    assert waiting["banyan_ledger_unsealed_oldest_seconds"] >= 90
    days.fold_all()
    seal.seal_all(at=AT)
    after = gauges_now()
    assert (after["pending_legs"], after["pending_oldest_seconds"], after["unsealed_oldest_seconds"]) == (0, 0, 0)

"""The proof of the books, with a row per run, so that one that never finishes is seen, and what follows from a finding."""

from datetime import date, datetime, timedelta

import structlog

from accounts.ledger import check, halt
from accounts.ledger.models import ProofRun, SealBlock, SealManifest
from accounts.ledger.sockets import Finding
from core.clock import queries as clock
from core.work import services as work

log = structlog.get_logger(__name__)

MARKABLE = """
SELECT * FROM ledger_sealmanifest WHERE day < ledger_live_from() AND last_block > 0 ORDER BY day DESC LIMIT 1
"""
FULL_EVERY = timedelta(days=6, hours=12)
"""A daily proof reads all history again when the last that did is older: every week."""


def prove(*, at: datetime, full: bool = False) -> list[Finding]:
    """Prove the books. A finding halts every money command, is logged as an error and asked of an operator.

    Builds on what earlier runs proved, or, with `full`, once a week, and when that is not to be trusted, reads all history.
    Takes its own transactions: RuntimeError inside one.
    """
    since = None if full else proved_through(at=at)
    run = ProofRun.objects.create(started_at=at, full=since is None)
    mark = markable()
    found = check.run(since)
    finished_at = max(clock.now(), at)
    proved = {} if found or mark is None else {"through_on": mark.day, "root_hash": bytes(mark.root_hash)}
    if found:
        stop(found, at=finished_at)
    ProofRun.objects.filter(pk=run.pk).update(finished_at=finished_at, findings=len(found), **proved)
    return found


def proved_through(*, at: datetime) -> date | None:
    """The business day that earlier runs proved the books through, None when all history is to be read.

    That is when the last run found something or left no mark, no whole run found nothing within FULL_EVERY, or the seals do
    not stand any more as they stood then.
    """
    last = last_finished()
    if last is None or last.findings or last.through_on is None:
        return None
    if not ProofRun.objects.filter(full=True, findings=0, finished_at__gt=at - FULL_EVERY).exists():
        return None
    hashes = SealManifest.objects.filter(day=last.through_on).values_list("last_block", "root_hash").first()
    if hashes is None or last.root_hash is None or bytes(hashes[1]) != bytes(last.root_hash):
        return None
    if not SealBlock.objects.filter(number=hashes[0], hash=last.root_hash).exists():
        return None
    return last.through_on


def markable() -> SealManifest | None:
    """The manifest of the last business day that is sealed and summed, with every day before it: nothing joins it any more."""
    return next(iter(SealManifest.objects.raw(MARKABLE)), None)


def stop(found: list[Finding], *, at: datetime) -> None:
    first = found[0]
    lines = [f"{finding.check}: {finding.subject}: {finding.detail}" for finding in found]
    halted = halt.halt(reason=lines[0], findings=lines, at=at)
    log.error("ledger_halted", check=first.check, subject=first.subject, findings=len(found))
    facts = {"check": first.check, "subject": str(first.subject), "findings": len(found)}
    work.ask(kind=halt.WORK, target=f"halt:{halted.pk}", facts=facts, at=at)


def last_finished() -> ProofRun | None:
    return ProofRun.objects.filter(finished_at__isnull=False).order_by("-id").first()

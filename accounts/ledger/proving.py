"""The proof of the books, with a row per run, so that one that never finishes is seen, and what follows from a finding."""

from datetime import datetime

import structlog

from accounts.ledger import check, halt
from accounts.ledger.models import ProofRun
from accounts.ledger.sockets import Finding
from core.clock import queries as clock
from core.work import services as work

log = structlog.get_logger(__name__)


def prove(*, at: datetime) -> list[Finding]:
    """Prove the books. A finding halts every money command, is logged as an error and asked of an operator.

    Takes its own transactions: RuntimeError inside one.
    """
    run = ProofRun.objects.create(started_at=at)
    found = check.run()
    finished_at = max(clock.now(), at)
    if found:
        stop(found, at=finished_at)
    ProofRun.objects.filter(pk=run.pk).update(finished_at=finished_at, findings=len(found))
    return found


def stop(found: list[Finding], *, at: datetime) -> None:
    first = found[0]
    lines = [f"{finding.check}: {finding.subject}: {finding.detail}" for finding in found]
    halted = halt.halt(reason=lines[0], findings=lines, at=at)
    log.error("ledger_halted", check=first.check, subject=first.subject, findings=len(found))
    facts = {"check": first.check, "subject": str(first.subject), "findings": len(found)}
    work.ask(kind="ledger.halted", target=f"halt:{halted.pk}", facts=facts, at=at)


def last_finished() -> ProofRun | None:
    return ProofRun.objects.filter(finished_at__isnull=False).order_by("-id").first()

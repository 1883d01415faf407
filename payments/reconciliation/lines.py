"""Storing what judging found: lines that agree are matched, each other one has its break. As many statements for one as for hundreds."""

from collections.abc import Sequence
from datetime import datetime

from core.moves import advance_all
from payments.channels import breaks, done
from payments.reconciliation import queries, sent_on
from payments.reconciliation.judging import Listed, Verdict, judged
from payments.reconciliation.models import BETWEEN, ReconLine, ReconRun
from payments.reconciliation.states import LINE_MOVES, LineState

BATCH = 500
JUDGED = ("state", "request_id", "reference", "variance_fen")


def judge(run: ReconRun, lines: Sequence[ReconLine], at: datetime) -> None:
    """Judge the lines of a statement, none of them stored so far, and store them."""
    named = [line.named for line in lines if line.named]
    verdicts = verdicts_of(run, lines, queries.listed_before(run, named))
    refused = [verdict for verdict in verdicts if verdict.finding is not None]
    findings = [verdict.finding for verdict in refused if verdict.finding is not None]
    ids = breaks.record(findings, channel=run.channel_id, day=run.day, at=at)
    for verdict in verdicts:
        take(verdict)
    sent_on.pair([line for line in lines if line.kind in BETWEEN], at)
    for verdict, break_id in zip(refused, ids, strict=True):
        verdict.line.disagreement_id = break_id
    ReconLine.objects.bulk_create(lines, batch_size=BATCH)


def judge_again(run: ReconRun, at: datetime) -> None:
    """Lines broken by a state alone are judged anew and end their break where they agree; those whose break people closed are
    corrected."""
    agreed = [verdict for verdict in verdicts_of(run, list(queries.broken_by_status(run)), set()) if verdict.finding is None]
    for verdict in agreed:
        take(verdict)
    ReconLine.objects.bulk_update([verdict.line for verdict in agreed], JUDGED, batch_size=BATCH)
    breaks.end([verdict.line.disagreement_id for verdict in agreed if verdict.line.disagreement_id], why="agrees by now", at=at)
    advance_all(queries.decided_by_people(run), LineState.CORRECTED, moves=LINE_MOVES, at=at)


def judge_anew(line: ReconLine, at: datetime) -> None:
    """Judge one broken line whose break is about to be closed, with its run locked. Where it still disagrees it has another break."""
    [verdict] = verdicts_of(line.run, [line], set())
    if verdict.finding is not None:
        [line.disagreement_id] = breaks.record([verdict.finding], channel=line.channel_id, day=line.run.day, at=at)
    take(verdict)
    line.save(update_fields=[*JUDGED, "disagreement_id"])


def verdicts_of(run: ReconRun, lines: Sequence[ReconLine], before: set[Listed]) -> list[Verdict]:
    requests = done.named(run.channel_id, {line.named for line in lines if line.named})
    return list(judged(lines, requests, before=before, terms=queries.terms_of(run), day=str(run.day)))


def take(verdict: Verdict) -> None:
    """Write a verdict on its line, in memory."""
    line, request = verdict.line, verdict.request
    line.state = LineState.MATCHED if verdict.finding is None else LineState.BROKEN
    line.request_id, line.reference = (request.id, request.reference) if request else (None, "")
    line.variance_fen = verdict.variance_fen

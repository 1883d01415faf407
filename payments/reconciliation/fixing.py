"""What would make the books right again after a break, as the day's bank account tells it: proposed to people, posted when two agree.

The account decides who is right. Where it moved what we have of a kind of orders, the list alone is wrong; where it moved what is
listed, we are. Where it is neither, or the channel gives no account, nothing is proposed.

4d the list is wrong, the order is ours and not booked: as journal 4 to 4c with our figures · 4e the list is right and the order is ours: as
listed, the difference to variance:reconciliation · 4f money came in that is nobody's: asset:bank + expense:channel_fee ->
payable:unapplied · none of its own: a payment that was refused and done all the same, whose order is over, becomes a late success of its
room, which books it and gives it back; the line is booked as journal 4.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from accounts.ledger import periods
from accounts.ledger import services as ledger
from accounts.ledger.accounts import platform_account
from accounts.ledger.legs import Leg, credit, debit
from core.ids import new_id
from payments.channels import done, late_word
from payments.channels import queries as channel_requests
from payments.channels.breaks import Break
from payments.channels.done import Facts
from payments.channels.sockets import Fix
from payments.channels.states import RequestState
from payments.reconciliation import journals, queries
from payments.reconciliation.account import Side
from payments.reconciliation.dating import date_journal
from payments.reconciliation.judging import DONE, KINDS
from payments.reconciliation.lines import judge_anew
from payments.reconciliation.models import ReconLine, ReconRun

NOTHING = Fix(
    "nothing_to_book",
    "The bank account did not move for this line: the list is wrong, our books are right. Nothing is booked.",
    "银行账户未发生该笔变动:账单有误,账务无误,无需记账。",
)
OURS = Fix(
    "book_as_ours",
    "The bank account moved by our figures: the list is wrong. The order is booked as we have it.",
    "银行账户按我方金额变动:账单有误,按我方金额入账。",
)
LISTED = Fix(
    "book_as_listed",
    "The bank account moved by the listed figures. They are booked, and the difference goes to the variance account.",
    "银行账户按账单金额变动,按账单入账,差额计入对账差异科目。",
)
LATE = Fix(
    "late_success",
    "The channel took this payment after it had refused it, and its order is over: it is booked as a late success and given back.",
    "渠道确认已扣款(此前返回失败),且订单已结束:按迟到成功入账并退回付款人。",
)
UNAPPLIED = Fix(
    "unapplied",
    "The bank account received money that is nobody's order of ours. It is owed to whoever sent it until that is found out.",
    "银行账户收到无对应订单的款项,先记入待认领款。",
)


def proposed(found: Break) -> Fix | None:
    """The fix of an open break; None where people have to find out more."""
    if found.day is None:
        return None
    if found.kind == Break.Kind.OURS_ONLY:
        return never_listed(found)
    line = ReconLine.objects.filter(disagreement_id=found.pk).select_related("run").first()
    if line is None:
        return None
    side = side_of(line.run, line.kind)
    match found.kind:
        case Break.Kind.DUPLICATE | Break.Kind.THEIRS_ONLY:
            return NOTHING if side == Side.OURS else unapplied(line) if side == Side.LISTED else None
        case Break.Kind.AMOUNT | Break.Kind.FEE:
            return of_ours(line, side_of(line.run, "fee") if found.kind == Break.Kind.FEE else side)
        case Break.Kind.STATUS:
            return after_all(line, side)
    return None


def after_all(line: ReconLine, side: str) -> Fix | None:
    """What is done about a payment listed as done that was refused: given back by its room where that takes it, else owed to its payer
    where the account has it."""
    request = None if line.request_id is None else channel_requests.request(line.request_id)
    if line.kind != "payment" or line.status != DONE or request is None or request.state != RequestState.FAILED:
        return None
    if late_word.taken(request):
        return LATE
    return unapplied(line) if side == Side.LISTED and late_word.said_done(request.id).exists() else None


def lock(*, found: Break) -> None:
    """The day's reconciliation, which its steps lock before breaks."""
    if found.day is not None:
        ReconRun.objects.select_for_update(of=("self",)).get(channel_id=found.channel_id, day=found.day)


def side_of(run: ReconRun, kind: str) -> str:
    """Whom the day's bank account bears out for a kind of orders; empty where it was not looked at."""
    return str(run.account_says.get(kind, ""))


def unapplied(line: ReconLine) -> Fix | None:
    """4f; only for money that came in."""
    if line.kind != "payment" or not 0 <= line.fee_fen < line.amount_fen:
        return None
    legs = [
        debit(journals.bank(line.channel_id), line.amount_fen - line.fee_fen),
        *([debit(platform_account("expense:channel_fee"), line.fee_fen)] if line.fee_fen else []),
        credit(platform_account("payable:unapplied"), line.amount_fen),
    ]
    return with_legs(UNAPPLIED, legs, line.request_no or line.channel_no)


def of_ours(line: ReconLine, side: str) -> Fix | None:
    """4d or 4e, for a line that names a request of ours which is done."""
    request = done.named(line.channel_id, [line.named]).get(line.named) if line.named else None
    if request is None or not request.done or side not in (Side.OURS, Side.LISTED):
        return None
    if side == Side.OURS:
        return as_ours(line.run, line.kind, request)
    legs = journals.as_listed(
        channel=line.channel_id,
        kind=line.kind,
        listed=(line.amount_fen, line.fee_fen),
        ours=(request.amount_fen, line.fee_fen - line.variance_fen),
    )
    return with_legs(LISTED, legs, request.reference)


def as_ours(run: ReconRun, kind: str, request: Facts) -> Fix:
    fee_fen = queries.terms_of(run).fee_of(request)
    legs = journals.legs_of(channel=run.channel_id, kind=kind, amount_fen=request.amount_fen, fee_fen=fee_fen, variance_fen=0)
    return with_legs(OURS, legs, request.reference)


def never_listed(found: Break) -> Fix | None:
    """An order that no list has: booked as ours where the account of its own day moved by our figures."""
    request = None if found.request_id is None else done.named(found.channel_id, [found.request_id]).get(found.request_id)
    run = None if found.request_id is None else queries.run_of_order(found.channel_id, found.request_id)
    if request is None or run is None or not request.done:
        return None
    kind = KINDS[request.operation]
    return as_ours(run, kind, request) if side_of(run, kind) == Side.OURS else None


def with_legs(fix: Fix, legs: Sequence[Leg], reference: str) -> Fix:
    return Fix(fix.code, fix.en, fix.zh, tuple((leg.account.name, leg.amount) for leg in legs), reference)


def post(found: Break, fix: Fix, *, people: Mapping[str, str], at: datetime) -> UUID | None:
    """Post a fix's journal, dated to the statement's day while the books take it. In the transaction that closes the break."""
    if fix.code == LATE.code:
        take_in(found, at)
    if not fix.legs:
        return None
    run = queries.run_of_break(found)
    posted = ledger.post(
        journal_id=new_id(),
        event=journals.FIXED,
        legs=[Leg(platform_account(name), amount) for name, amount in fix.legs],
        reference=fix.reference,
        effective_on=periods.effective_day(run.day),
        metadata={"break": str(found.pk), "fix": fix.code, **people},
        at=at,
    )
    date_journal(run, posted.effective_on)
    return posted.journal_id


def corrected(*, found: Break, effective_on: date) -> None:
    """Keep on a break's day which day people's own correction is dated to."""
    if found.day is not None:
        date_journal(queries.run_of_break(found), effective_on)


def take_in(found: Break, at: datetime) -> None:
    """Hand a payment done after all to its room; its line is judged anew, and booked with the others where it agrees."""
    line = ReconLine.objects.select_related("run").get(disagreement_id=found.pk)
    assert line.request_id is not None, "only a request of ours can be a late success"
    late_word.accept(request_id=line.request_id, channel_no=line.channel_no, fee_fen=line.fee_fen, booked_on=line.run.day, at=at)
    judge_anew(line, at)

"""Blocking, freezing, closing an account, and changing how postings reach it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.ledger.calls import call
from accounts.ledger.models import AccountState, LedgerAccount, LedgerBalance, Mode, PendingLeg
from accounts.ledger.models.money import ACCOUNT_MOVES, BLOCKED
from core.approvals.services import must_be_applying
from core.errors import DomainError, NotFound
from core.moves import advance
from core.outbox import services as outbox

MODE_LETTERS = {Mode.SYNC: "s", Mode.BUFFERED: "b"}


class AccountNotEmpty(DomainError):
    code = "ledger_account_not_empty"
    en = "The account cannot be closed: {posted} is posted and {held} is held on it (minor units)."
    zh = "账户无法销户:余额 {posted},冻结 {held}(最小单位)。"


class ModeNotChangeable(DomainError):
    code = "ledger_mode_not_changeable"
    en = "The account's mode cannot change: {reason_en}."
    zh = "账户记账模式无法变更:{reason_zh}。"


@transaction.atomic
def set_state(*, account_id: UUID, to: AccountState, at: datetime) -> LedgerAccount:
    """Open, block, freeze or close an account. Once this has committed no posting passes that the state forbids.

    Everything but closing an empty account is a sensitive act: raises ApprovalNeeded outside an approval of
    `ledger.account_state`. Nothing reaches a closed account, not even what passes a freeze: zero is its floor and its ceiling for good.
    Locks the balance rows. Raises NotFound, WrongState, AccountNotEmpty (closing with money, holds or
    pending legs).
    """
    if to != AccountState.CLOSED:
        must_be_applying("ledger.account_state")
    account = LedgerAccount.objects.filter(id=account_id).first()
    if account is None:
        raise NotFound()
    if account.mode != Mode.SYNC:
        call("SELECT ledger_barrier()", ())
    balances = list(LedgerBalance.objects.select_for_update().filter(account_id=account_id).order_by("sub"))
    waiting = PendingLeg.objects.filter(account_id=account_id).exists()
    if to == AccountState.CLOSED and (waiting or any(row.posted or row.held for row in balances)):
        raise AccountNotEmpty(posted=sum(row.posted for row in balances), held=sum(row.held for row in balances))
    advance(account, to, moves=ACCOUNT_MOVES, at=at)
    LedgerBalance.objects.filter(account_id=account_id).update(blocked=BLOCKED[to])
    if to == AccountState.CLOSED:
        LedgerBalance.objects.filter(account_id=account_id, mode=MODE_LETTERS[Mode.SYNC]).update(floor=0, ceiling=0)
    outbox.publish(
        topic="ledger.account_state_changed",
        owner=account.owner_id or account.id,
        payload={"account": account.public_id, "state": to.value},
        at=at,
    )
    return account


@transaction.atomic
def set_mode(*, account_id: UUID, to: Mode, at: datetime) -> LedgerAccount:
    """Make an account hot (buffered: postings take no lock on it), or sync again. Waits for postings under way.

    A sensitive act: raises ApprovalNeeded outside an approval of `ledger.account_mode`. Raises NotFound, ModeNotChangeable:
    a clearing account (its open items come from folding), a sharded one (its entries lie in sub rows, whose number its role
    sets), the mode it has, legs that wait, a bound or money held on it.
    """
    must_be_applying("ledger.account_mode")
    call("SELECT ledger_barrier()", ())
    account = must_change_mode(account_id)
    row = LedgerBalance.objects.select_for_update().get(account_id=account_id, sub=0)
    if account.mode == to:
        raise ModeNotChangeable(reason_en=f"it is {to} already", reason_zh="该账户已处于此模式")
    if PendingLeg.objects.filter(account_id=account_id).exists():
        raise ModeNotChangeable(reason_en="legs still wait to be folded", reason_zh="尚有待入账分录")
    if to == Mode.BUFFERED and (row.floor is not None or row.ceiling is not None or row.held):
        raise ModeNotChangeable(reason_en="it has a bound, or money held on it", reason_zh="账户设有余额限制或存在冻结")
    LedgerBalance.objects.filter(account_id=account_id).update(mode=MODE_LETTERS[to])
    account.mode = to
    account.changed_at = at
    account.save(update_fields=["mode", "changed_at"])
    outbox.publish(
        topic="ledger.account_mode_changed",
        owner=account.owner_id or account.id,
        payload={"account": account.public_id, "mode": to.value},
        at=at,
    )
    return account


def must_change_mode(account_id: UUID) -> LedgerAccount:
    """The account, if accounts of its kind may change their mode. Raises NotFound, ModeNotChangeable."""
    account = LedgerAccount.objects.select_related("role").filter(id=account_id).first()
    if account is None:
        raise NotFound()
    if account.role.clearing:
        raise ModeNotChangeable(reason_en="a clearing account stays buffered", reason_zh="清算账户须保持缓冲模式")
    if account.mode == Mode.SHARDED:
        raise ModeNotChangeable(reason_en="a sharded account stays sharded", reason_zh="分片账户不可变更")
    return account

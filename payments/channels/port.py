"""The port: what every channel adapter can be asked, and the five things it may answer.

An adapter never raises for what the outside did: a lost connection, a bad signature in the answer, an HTTP 500 are `Unknown`.
It raises `NotCapable` for an operation whose capability it does not declare.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

Facts = TypeVar("Facts")


class Capability(StrEnum):
    """What an adapter can do; asked before an operation is chosen for it."""

    SIGN = "sign"
    PAY = "pay"
    CLOSE = "close"
    REFUND = "refund"
    PAYOUT = "payout"
    STATEMENT_CSV = "statement_csv"
    STATEMENT_CAMT053 = "statement_camt053"
    STATEMENT_ACCOUNT = "statement_account"
    NOTICES = "notices"


class NotCapable(TypeError):
    """An operation was asked of an adapter that does not declare it: a programming error."""


@dataclass(frozen=True)
class Success(Generic[Facts]):
    """Done. `facts` is what the operation tells (Order, SignStarted, Signed, Unsigned)."""

    facts: Facts


@dataclass(frozen=True)
class Failed:
    """Certainly not done, and it will not be. `retryable`: the same number may be sent again later; `user_fixable`: the
    customer can mend it (another code, another card). `code` is the channel's own.

    `decided`: the channel keeps this outcome under the request's number, so every departure under it ends so. Otherwise it
    speaks of one departure alone (refused at the door, never connected). `verdict` is the error map's word on it (error_map.py);
    adapters leave it empty."""

    code: str
    retryable: bool = False
    user_fixable: bool = False
    tries_left: int | None = None
    decided: bool = False
    verdict: str = ""


@dataclass(frozen=True)
class Pending:
    """Taken in, not decided: ask again or wait for the notice."""

    channel_no: str = ""


@dataclass(frozen=True)
class ActionRequired:
    """The payer has to do something first; `url` is where, `code` what."""

    code: str
    url: str = ""


@dataclass(frozen=True)
class Unknown:
    """It may or may not have been done. `seen` false: the channel answered that it has not seen the number so far."""

    code: str
    seen: bool = True


@dataclass(frozen=True)
class Elements:
    """The four elements of a signing. Lives in memory only: `card_number` is never stored, nothing here is shown in a repr."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    card_number: str = field(repr=False)
    mobile: str = field(repr=False)


@dataclass(frozen=True)
class SignStarted:
    """A code went to the card holder's mobile. `sign_ref` names the signing at the channel."""

    sign_ref: str
    mobile_masked: str
    resend_after_s: int


@dataclass(frozen=True)
class Signed:
    """The agreement: `token` pays and receives payouts."""

    token: str = field(repr=False)
    last4: str = ""
    bank_code: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Unsigned:
    """The agreement is over at the channel."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class Order:
    """A money operation at the channel. Amounts in fen; `booked_on` is the day of the statement that lists it;
    `returned`: a payout that was done and came back, `code` says why."""

    request_no: str
    channel_no: str
    amount_fen: int
    currency: str
    fee_fen: int = 0
    booked_on: date | None = None
    returned: bool = False
    code: str = ""


OrderResult = Success[Order] | Failed | Pending | ActionRequired | Unknown
SignStartResult = Success[SignStarted] | Failed | Pending | ActionRequired | Unknown
SignConfirmResult = Success[Signed] | Failed | Pending | ActionRequired | Unknown
UnsignResult = Success[Unsigned] | Failed | Pending | ActionRequired | Unknown
Result = Success[Any] | Failed | Pending | ActionRequired | Unknown


def about(request_no: str, result: OrderResult) -> OrderResult:
    """What a question was answered, unless the answer is about another number: where signatures do not cover the question, an old
    answer could be given again."""
    if isinstance(result, Success) and result.facts.request_no != request_no:
        return Unknown("answer_disagrees")
    return result


@dataclass(frozen=True)
class StatementLine:
    """One line of a channel's statement. `kind`: payment, refund, payout, payout_return, or an account entry's kind.
    `amount_fen` is positive; `direction` is "credit" (to us) or "debit". `request_no` is empty where there is none. `fee_fen`: what the
    channel took for it beside the amount; negative where it gave a fee back."""

    line_no: int
    booked_at: datetime
    kind: str
    request_no: str
    channel_no: str
    original_request_no: str
    amount_fen: int
    fee_fen: int
    currency: str
    status: str
    direction: str
    bank_code: str = ""


@dataclass(frozen=True)
class StatementFile:
    """A day's statement as fetched: `raw` to be kept (empty: the channel has no bill, since nothing moved), `sha256` its hex digest, the
    lines in order, `summary` the file's own totals by the channel's names (fen and counts). `orders_here`: kinds of orders that the
    channel lists in its account alone, so that this file is their list."""

    day: date
    kind: str
    format: str
    raw: bytes = field(repr=False)
    sha256: str
    lines: tuple[StatementLine, ...]
    summary: Mapping[str, int]
    orders_here: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OrderNotice:
    """A notice about a money operation; `result` is never Unknown."""

    event_id: str
    event: str
    request_no: str
    amount_fen: int
    currency: str
    result: OrderResult


@dataclass(frozen=True)
class AgreementNotice:
    """The channel's side ended an agreement."""

    event_id: str
    event: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class OtherNotice:
    """A notice of a kind this platform has no use for."""

    event_id: str
    event: str


Notice = OrderNotice | AgreementNotice | OtherNotice


@dataclass(frozen=True)
class Receipt:
    """What a channel wants to hear for a notice that arrived."""

    content_type: str
    body: bytes


JSON_RECEIPT = Receipt("application/json", b'{"code":"SUCCESS"}')


REFUSALS = ("signature", "timestamp", "merchant", "malformed")


class NoticeRefused(Exception):
    """A notice that is not believed; `reason` is one of REFUSALS."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class StatementNotReady(Exception):
    """The day is not over at the channel; ask later."""


class StatementBroken(Exception):
    """The file came but cannot be believed: its digest, arithmetic or form is wrong (`reason`)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class ChannelUnreachable(Exception):
    """A read (a statement) got no usable answer; ask later."""


@runtime_checkable
class Port(Protocol):
    """One channel, opened with its credential. Every call takes the business number; the same number is the same act."""

    capabilities: frozenset[Capability]
    receipt: Receipt

    def sign_start(self, *, request_no: str, elements: Elements) -> SignStartResult: ...

    def sign_confirm(self, *, request_no: str, sign_ref: str, sms_code: str) -> SignConfirmResult: ...

    def resend(self, *, request_no: str, sign_ref: str) -> SignStartResult: ...

    def unsign(self, *, request_no: str, token: str) -> UnsignResult: ...

    def query_sign(self, *, request_no: str, operation: str, sign_ref: str) -> Result:
        """What became of a sign_start, sign_confirm, resend or unsign."""
        ...

    def pay(self, *, request_no: str, token: str, amount_fen: int, currency: str, subject: str) -> OrderResult: ...

    def query(self, *, request_no: str) -> OrderResult: ...

    def close(self, *, request_no: str, operation: str) -> OrderResult:
        """See to it that a payment or payout that is not done never will be. Success = it was done before."""
        ...

    def refund(self, *, request_no: str, payment_request_no: str, amount_fen: int, currency: str, reason: str) -> OrderResult: ...

    def query_refund(self, *, request_no: str, payment_request_no: str) -> OrderResult: ...

    def payout(self, *, request_no: str, token: str, amount_fen: int, currency: str, remark: str) -> OrderResult: ...

    def query_payout(self, *, request_no: str) -> OrderResult: ...

    def fetch_statement(self, *, day: date, kind: str, format: str) -> StatementFile:
        """Raises StatementNotReady, StatementBroken or ChannelUnreachable."""
        ...

    def parse_notice(self, *, path: str, headers: Mapping[str, str], raw_body: bytes, wall: datetime) -> Notice:
        """Verify and read a notice; `wall` is the wall clock. Raises NoticeRefused."""
        ...

    def read_notice(self, *, raw_body: bytes) -> Notice:
        """Read a notice that was verified when it came. Raises NoticeRefused("malformed")."""
        ...

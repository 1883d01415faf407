"""The life of one outbound call, as a table."""

from django.db import models

from core.moves import Moves


class RequestState(models.TextChoices):
    """`new`: certainly not done at the channel (never sent, or answered "nothing was done, send it again").
    `sent`: left, no answer stored yet. `unknown`: it may or may not have been done; it is asked about, and sent again under the
    same number when the channel has not seen it. `returned`: a payout that was done and came back. A `failed` payment that the channel
    did all the same becomes `success` by two people alone (late_word.py)."""

    NEW = "new"
    SENT = "sent"
    SUCCESS = "success"
    FAILED = "failed"
    PENDING = "pending"
    ACTION_REQUIRED = "action_required"
    UNKNOWN = "unknown"
    RETURNED = "returned"


class Owed(models.TextChoices):
    """What the room a money request was made for has still to be told: the bank's word, that a payout came back, or both."""

    NOTHING = ""
    OUTCOME = "outcome"
    RETURN = "return"
    BOTH = "both"


class NoticeState(models.TextChoices):
    RECEIVED = "received"
    PROCESSED = "processed"
    IGNORED = "ignored"


class EntryState(models.TextChoices):
    """`entered`: waits for a second person. `used`: it became the channel's credential. `dropped`: it never will."""

    ENTERED = "entered"
    USED = "used"
    DROPPED = "dropped"


class BreakerState(models.TextChoices):
    """`closed`: calls go out. `open`: none does. `half_open`: one does, and decides."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Operation(models.TextChoices):
    SIGN_START = "sign_start"
    SIGN_CONFIRM = "sign_confirm"
    RESEND = "resend"
    UNSIGN = "unsign"
    PAY = "pay"
    PAYOUT = "payout"
    REFUND = "refund"


MONEY_OPERATIONS = frozenset({Operation.PAY, Operation.PAYOUT, Operation.REFUND})
PATIENT = frozenset({Operation.PAYOUT, Operation.REFUND, Operation.UNSIGN})
"""What nobody waits for at a screen: it stays placed while the channel rests, and is sent again for longer."""

ANSWERED = {RequestState.SUCCESS, RequestState.FAILED, RequestState.PENDING, RequestState.ACTION_REQUIRED, RequestState.UNKNOWN}
REQUEST_MOVES = Moves(
    RequestState,
    {
        RequestState.NEW: {RequestState.SENT, RequestState.FAILED},
        RequestState.SENT: ANSWERED | {RequestState.NEW},
        RequestState.PENDING: ANSWERED - {RequestState.PENDING},
        RequestState.ACTION_REQUIRED: ANSWERED - {RequestState.ACTION_REQUIRED},
        RequestState.UNKNOWN: (ANSWERED | {RequestState.SENT}) - {RequestState.UNKNOWN},
        RequestState.SUCCESS: {RequestState.RETURNED},
        RequestState.FAILED: {RequestState.SUCCESS},
    },
)
OPEN_STATES = frozenset({RequestState.NEW, RequestState.SENT, RequestState.PENDING, RequestState.ACTION_REQUIRED, RequestState.UNKNOWN})
BREAKER_MOVES = Moves(
    BreakerState,
    {
        BreakerState.CLOSED: {BreakerState.OPEN},
        BreakerState.OPEN: {BreakerState.HALF_OPEN},
        BreakerState.HALF_OPEN: {BreakerState.OPEN, BreakerState.CLOSED},
    },
)
NOTICE_MOVES = Moves(NoticeState, {NoticeState.RECEIVED: {NoticeState.PROCESSED, NoticeState.IGNORED}})
ENTRY_MOVES = Moves(EntryState, {EntryState.ENTERED: {EntryState.USED, EntryState.DROPPED}})

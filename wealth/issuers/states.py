"""The lives of issuers, of what they are asked and of their files, as tables."""

from django.db import models

from core.moves import Moves


class IssuerState(models.TextChoices):
    """`on`: asked. `maintenance`: takes new requests here, which wait. `off`: takes none; what is under way is brought to its end."""

    ON = "on"
    MAINTENANCE = "maintenance"
    OFF = "off"


class Operation(models.TextChoices):
    SUBSCRIBE = "subscribe"
    REDEEM = "redeem"
    CANCEL = "cancel"


class RequestState(models.TextChoices):
    """`created`: certainly not at the issuer. `sent`: left, no answer stored. `unknown`: it may be there or not; asked about, and sent
    again under its number when the issuer has not seen it. `accepted`: its file of the confirmation day decides. `cancelled`: called off at
    the issuer by a request of its own, which is `confirmed`."""

    CREATED = "created"
    SENT = "sent"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Owed(models.TextChoices):
    """What the room a request was made for has still to be told."""

    NOTHING = ""
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class FileState(models.TextChoices):
    """`waiting`: not here, or not to be believed so far. `received`: verified and kept, its lines are being settled. `settled`: all are,
    and the day's net money is booked."""

    WAITING = "waiting"
    RECEIVED = "received"
    SETTLED = "settled"


class LineState(models.TextChoices):
    """`new`: not looked at. `settled`: it ended its request. `repeated`: its request had ended so before. `broken`: it fits no request, or
    says otherwise than we know; an operator is asked."""

    NEW = "new"
    SETTLED = "settled"
    REPEATED = "repeated"
    BROKEN = "broken"


FINAL = frozenset({RequestState.CONFIRMED, RequestState.REJECTED, RequestState.CANCELLED})
OPEN_STATES = frozenset(RequestState) - FINAL
ENDED = frozenset({RequestState.ACCEPTED, RequestState.CONFIRMED, RequestState.REJECTED, RequestState.CANCELLED})
REQUEST_MOVES = Moves(
    RequestState,
    {
        RequestState.CREATED: {RequestState.SENT, RequestState.CANCELLED},
        RequestState.SENT: ENDED | {RequestState.CREATED, RequestState.UNKNOWN},
        RequestState.UNKNOWN: ENDED | {RequestState.SENT},
        RequestState.ACCEPTED: FINAL,
    },
)
ISSUER_MOVES = Moves(
    IssuerState,
    {
        IssuerState.OFF: {IssuerState.ON, IssuerState.MAINTENANCE},
        IssuerState.MAINTENANCE: {IssuerState.ON, IssuerState.OFF},
        IssuerState.ON: {IssuerState.MAINTENANCE, IssuerState.OFF},
    },
)
FILE_MOVES = Moves(FileState, {FileState.WAITING: {FileState.RECEIVED}, FileState.RECEIVED: {FileState.SETTLED}})
LINE_MOVES = Moves(LineState, {LineState.NEW: {LineState.SETTLED, LineState.REPEATED, LineState.BROKEN}})

"""Every write of verification: asking the authority, keeping what it proves."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries as identity
from accounts.verification import outflow, queries
from accounts.verification.id_numbers import read_id_number
from accounts.verification.models import CHECK_MOVES, Evidence, IdentityClaim, RealName, RealNameCheck
from accounts.verification.queries import OutflowFacts
from accounts.verification.sockets import VERIFIERS, Verifier, VerifyResult
from core.clock.queries import local_day
from core.crypto.blind_index import blind_index
from core.errors import DomainError, Invalid, NotFound, TooManyRequests
from core.ids import new_id, shard_of
from core.limits.services import Levy, LimitReached, Toll, give_back, levy, take
from core.limits.sockets import CapKind
from core.moves import advance
from core.outbox.services import Payload, publish

CHECKS = CapKind("verification.checks_a_day", _("Identity checks of one customer, a day"), usual=5, most=100)
NAME_LENGTH = 50
ANSWER_WITHIN = timedelta(minutes=2)
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)]
State = RealNameCheck.State
OPEN_STATES = (State.CREATED, State.SENT, State.UNAVAILABLE, State.UNKNOWN)
IDENTITY_TAKEN = "identity_taken"


class AlreadyVerified(DomainError):
    code = "already_verified"
    en = "This account is verified already."
    zh = "该账户已完成实名认证。"


class CheckRunning(DomainError):
    code = "verification_running"
    en = "A check of this account is under way. Read it again in a moment."
    zh = "实名认证正在处理中,请稍后查询结果。"


class TooYoung(DomainError):
    code = "too_young"
    status = 422
    en = "An account needs an age of at least {least_age} years."
    zh = "开户年龄须满 {least_age} 周岁。"


class NotVerified(DomainError):
    code = "not_verified"
    status = 403
    en = "Verify your real name first; then this is possible."
    zh = "请先完成实名认证。"


class OutflowLimitReached(DomainError):
    """`period` is life, year or day; `remaining_fen` is what may still go out in it (by one factor alone when `one_factor`)."""

    code = "outflow_limit_reached"
    en = "This goes over what a class {account_class} account may pay out per {period}: {remaining_fen} fen remain of {cap_fen}."
    zh = "超出 {account_class} 类账户的支付限额({period}):上限 {cap_fen} 分,剩余 {remaining_fen} 分。"


@transaction.atomic
def request_check(*, customer_id: uuid.UUID, name: str, id_number: str, at: datetime) -> RealNameCheck:
    """Write down a question to the verifier; `ask` sends it. Five a day.

    Raises Invalid, TooYoung, AlreadyVerified, CheckRunning, TooManyRequests.
    """
    name = checked_name(name)
    number = read_id_number(id_number, today=local_day(at))
    rules = queries.class_rules(at)
    if number.age_on(local_day(at)) < rules[1].least_age:
        raise TooYoung(field="id_number", least_age=rules[1].least_age)
    if queries.real_name(customer_id):
        raise AlreadyVerified()
    check_id = new_id()
    row = RealNameCheck(
        id=check_id,
        customer_id=customer_id,
        shard=shard_of(customer_id),
        name=name,
        id_number=number.text,
        id_index=id_index(number.text),
        next_attempt_at=at,
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as problem:
        raise CheckRunning() from problem
    try:
        take(counter="real_name_check", owner=customer_id, period=local_day(at).isoformat(), amount=1, cap=CHECKS.on(at))
    except LimitReached as reached:
        raise TooManyRequests(retry_after=86_400) from reached
    publish(topic="verification.requested", owner=customer_id, payload={"customer": str(customer_id), "check": str(check_id)}, at=at)
    return row


def checked_name(name: str) -> str:
    """The name without outer spaces. Raises Invalid."""
    trimmed = " ".join(name.split())
    if not 2 <= len(trimmed) <= NAME_LENGTH or not all(letter.isalpha() or letter in " ·." for letter in trimmed):
        raise Invalid("name", "Send the name as on the identity card, 2 to 50 letters.", "请填写与身份证一致的姓名(2 至 50 个字)。")
    return trimmed


def id_index(id_number: str) -> bytes:
    return blind_index(id_number, purpose="id-number")


def ask(*, check_id: uuid.UUID, at: datetime) -> RealNameCheck:
    """Send one open check to the first verifier and keep its answer. Calls the network: raises RuntimeError inside a transaction.

    A check somebody else is asking, or that is concluded, is returned as it stands. The same `request_no` is sent every time.
    """
    row, verifier = mark_sent(check_id, at)
    if verifier is None:
        return row
    phone = identity.get(row.customer_id).phone
    result = verifier.verify(name=row.name, id_number=row.id_number, mobile=phone, request_no=row.id.hex)
    return conclude(check_id=row.pk, result=result, at=at)


@transaction.atomic(durable=True)
def mark_sent(check_id: uuid.UUID, at: datetime) -> tuple[RealNameCheck, Verifier | None]:
    """Claim an open, due check for asking; the verifier is None when it is not this caller's to ask.

    A sent one without an answer for two minutes counts as unknown and is claimed anew.
    """
    row = RealNameCheck.objects.select_for_update().filter(pk=check_id).first()
    if row is None:
        raise NotFound()
    plug = next(iter(VERIFIERS.items()), None)
    if plug is None or row.state not in OPEN_STATES or row.next_attempt_at is None or row.next_attempt_at > at:
        return row, None
    if row.state == State.SENT:
        advance(row, State.UNKNOWN, moves=CHECK_MOVES, at=at, code="no_answer")
    if row.attempts >= len(WAITS):
        return advance(row, State.ABANDONED, moves=CHECK_MOVES, at=at, next_attempt_at=None), None
    name, verifier = plug
    advance(row, State.SENT, moves=CHECK_MOVES, at=at, verifier=name, attempts=row.attempts + 1, next_attempt_at=at + ANSWER_WITHIN)
    return row, verifier


@transaction.atomic
def conclude(*, check_id: uuid.UUID, result: VerifyResult, at: datetime) -> RealNameCheck:
    """Keep what the verifier said. A match claims the identity number; taken by another account it ends as a mismatch.

    Raises WrongState when the check is not waiting for an answer.
    """
    row = RealNameCheck.objects.select_for_update().get(pk=check_id)
    if result in (VerifyResult.UNAVAILABLE, VerifyResult.UNKNOWN):
        wait = WAITS[min(row.attempts, len(WAITS)) - 1]
        return advance(row, State(result.value), moves=CHECK_MOVES, at=at, code=result.value, next_attempt_at=at + wait)
    taken = result == VerifyResult.MATCH and not claim_identity(row, at)
    state = State.MATCHED if result == VerifyResult.MATCH and not taken else State.MISMATCHED
    code = IDENTITY_TAKEN if taken else result.value
    advance(row, state, moves=CHECK_MOVES, at=at, code=code, next_attempt_at=None)
    if state == State.MATCHED:
        RealName(id=new_id(), customer_id=row.customer_id, name=row.name, id_number=row.id_number, created_at=at).save(force_insert=True)
        record_evidence(
            customer_id=row.customer_id, kind=Evidence.Kind.REAL_NAME, source=row.verifier or "verifier", reference=row.id.hex, at=at
        )
    payload: Payload = {"customer": str(row.customer_id), "check": str(row.pk), "state": str(state), "code": code}
    publish(topic="verification.concluded", owner=row.customer_id, payload=payload, at=at)
    return row


def claim_identity(row: RealNameCheck, at: datetime) -> bool:
    """Make the identity number the customer's. Whether it is now."""
    made = IdentityClaim(id_index=bytes(row.id_index), customer_id=row.customer_id, created_at=at)
    IdentityClaim.objects.bulk_create([made], ignore_conflicts=True)
    return queries.holder_of(bytes(row.id_index)) == row.customer_id


@transaction.atomic
def record_evidence(*, customer_id: uuid.UUID, kind: str, source: str, reference: str, at: datetime) -> int:
    """Keep one check a customer passed; the same `reference` counts once. Returns the account class now.

    `source` names who vouches (`bank:ICBC`): two checks of one kind by one source count as one.

    Tells `customer.verified` when the class rises.
    """
    identity.lock(customer_id)
    before = queries.account_class(customer_id, at)
    row = Evidence(customer_id=customer_id, kind=kind, source=source, reference=reference, created_at=at)
    Evidence.objects.bulk_create([row], ignore_conflicts=True)
    return told(customer_id, before, at)


@transaction.atomic
def withdraw_evidence(*, customer_id: uuid.UUID, kind: str, reference: str, at: datetime) -> int:
    """Take a check back (a card was unbound). Returns the account class now; what was paid out stays paid out."""
    identity.lock(customer_id)
    before = queries.account_class(customer_id, at)
    Evidence.objects.filter(customer_id=customer_id, kind=kind, reference=reference, withdrawn_at=None).update(withdrawn_at=at)
    return told(customer_id, before, at)


def told(customer_id: uuid.UUID, before: int, at: datetime) -> int:
    now = queries.account_class(customer_id, at)
    if now != before:
        topic = "customer.verified" if now > before else "customer.class_lowered"
        payload: Payload = {"customer": str(customer_id), "account_class": now, "was": before}
        publish(topic=topic, owner=customer_id, payload=payload, at=at)
    return now


def count_outflow(*, customer_id: uuid.UUID, amount_fen: int, factors: int, at: datetime) -> int:
    """Count a payment out of the balance against the limits of the account's class, in the caller's transaction. Returns the class.

    `factors` is how many kinds of factor proved it. Raises NotVerified, OutflowLimitReached; nothing is counted then.
    """
    facts = queries.outflow_facts(customer_id, at)
    levy(levies=[outflow_levy(facts, amount_fen=amount_fen, factors=factors, at=at)])
    return facts.account_class


def outflow_levy(facts: OutflowFacts, *, amount_fen: int, factors: int, at: datetime) -> Levy:
    """What a payment of `amount_fen` takes of its person's limits. Raises NotVerified; its refusal is OutflowLimitReached."""
    if facts.account_class == 0 or facts.person is None:
        raise NotVerified()
    wanted = {outflow.counter(period, one): (period, one) for period, one in outflow.counters(factors)}

    def refused(reached: LimitReached) -> OutflowLimitReached:
        period, one_factor = wanted[str(reached.members["counter"])]
        return OutflowLimitReached(
            account_class=facts.account_class,
            period=period,
            one_factor=one_factor,
            cap_fen=reached.members["cap"],
            remaining_fen=reached.members["remaining"],
        )

    return Levy(
        facts.person,
        tuple(
            Toll(name, outflow.period_of(pair[0], at), amount_fen, facts.caps.get(pair, outflow.NO_CAP_FEN))
            for name, pair in wanted.items()
        ),
        refused,
    )


@transaction.atomic
def return_outflow(*, customer_id: uuid.UUID, amount_fen: int, factors: int, at: datetime) -> None:
    """Give back what `count_outflow` counted. `at` is the payment's own instant, so that the right day and year get it back.

    What comes back when the account is closed stays counted: nothing leads to its person any more.
    """
    person = queries.person(customer_id)
    if person is None:
        return
    for period, one_factor in outflow.counters(factors):
        name, during = outflow.counter(period, one_factor), outflow.period_of(period, at)
        give_back(counter=name, owner=person, period=during, amount=amount_fen)


@transaction.atomic
def erase(*, customer_id: uuid.UUID, at: datetime) -> None:
    """Overwrite the name and number everywhere and free the number for a later account; what was checked, when and by whom stays.

    So does what the person paid out, under a keyed hash of the number: a later account goes on counting. An open check is given up.
    """
    IdentityClaim.objects.filter(customer_id=customer_id).delete()
    for proven in RealName.objects.filter(customer_id=customer_id):
        proven.name = proven.id_number = ""
        proven.erased_at = at
        proven.save()
    for row in RealNameCheck.objects.select_for_update().filter(customer_id=customer_id):
        row.name = row.id_number = ""
        row.id_index = b""
        row.save(update_fields=["name", "id_number", "id_index"])
        if row.state == State.SENT:
            advance(row, State.UNKNOWN, moves=CHECK_MOVES, at=at)
        if row.state in OPEN_STATES:
            advance(row, State.ABANDONED, moves=CHECK_MOVES, at=at, next_attempt_at=None)

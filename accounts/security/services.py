"""Payment PINs and step-up proofs: every write of them."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, connection, transaction

from accounts.identity import codes
from accounts.identity import queries as identity
from accounts.identity import services as identity_services
from accounts.identity.services import redeem_own_code, request_own_code
from accounts.security import pins, queries
from accounts.security.models import PIN_TRIES, Passkey, PasskeyChallenge, PaymentPin, StepUpProof
from accounts.security.queries import PinFree
from accounts.verification import queries as verification
from core.clock.queries import local_day
from core.crypto.blind_index import blind_index
from core.errors import DomainError, Invalid, NotFound
from core.ids import parse_public_id
from core.limits.queries import used
from core.limits.services import Levy, Toll, levy
from core.money import CNY
from core.outbox.services import publish

LOCKED_FOR = timedelta(minutes=30)
PROOF_LIFE = timedelta(minutes=5)
KEPT_FOR = timedelta(days=1)
Method = StepUpProof.Method


class PinNotSet(DomainError):
    code = "pin_not_set"
    en = "Set a payment PIN first."
    zh = "请先设置支付密码。"


class PinAlreadySet(DomainError):
    code = "pin_already_set"
    en = "A payment PIN is set already. Change it with the old one, or reset it."
    zh = "支付密码已设置,可使用原密码修改或重置。"


class PinWrong(DomainError):
    code = "pin_wrong"
    status = 422
    en = "The payment PIN is wrong; {remaining} tries remain."
    zh = "支付密码错误,还可尝试 {remaining} 次。"


class PinLocked(DomainError):
    code = "pin_locked"
    status = 423
    en = "The payment PIN is locked after five wrong tries. Wait {retry_after} seconds or reset it."
    zh = "支付密码连续错误五次已锁定,请等待 {retry_after} 秒或重置密码。"


class ResetRefused(DomainError):
    code = "pin_reset_refused"
    status = 422
    en = "The code, the name or the identity number is not right. Ask for a new code and check all three."
    zh = "验证码、姓名或身份证号不正确,请重新获取验证码并核对。"


ASKED = {"purpose": "transfer", "amount": 30_000, "currency": "CNY", "payee": "cus_01m7kq3zs4e8v9w2x5y6z7a8b9"}


class StepUpNeeded(DomainError):
    """`purpose`, `amount` (in fen, with `currency`) and `payee`: what the proof must be about, where it is known."""

    code = "step_up_needed"
    status = 403
    en = "Approve this first: make a step-up proof for the same purpose, amount, payee and nonce, and send its id."
    zh = "请先完成支付验证:使用相同的用途、金额、收款方和随机数生成验证凭证并提交其编号。"
    shows = ASKED


class ProofMismatch(DomainError):
    code = "proof_mismatch"
    status = 403
    en = "The step-up proof is not for this act. Make one for exactly this purpose, amount, payee and nonce in this session."
    zh = "验证凭证与本次操作不符,请在当前会话中针对本次操作重新验证。"


class ProofExpired(DomainError):
    code = "proof_expired"
    status = 403
    en = "The step-up proof is older than five minutes or was used. Make a new one."
    zh = "验证凭证已超过五分钟或已被使用,请重新验证。"


@transaction.atomic
def choose_pin(*, customer_id: uuid.UUID, session_id: uuid.UUID, pin: str, proof: str, nonce: str, at: datetime) -> PaymentPin:
    """A customer's first PIN, approved by a step-up (`set_pin`): a session alone, which may be stolen, sets none.

    Raises Invalid (shape or weak), PinAlreadySet, and as `spend_proof`.
    """
    checked_pin(customer_id, pin)
    spend_act(customer_id=customer_id, session_id=session_id, token=proof, purpose="set_pin", payee="", nonce=nonce, at=at)
    return set_pin(customer_id=customer_id, pin=pin, at=at)


@transaction.atomic
def set_pin(*, customer_id: uuid.UUID, pin: str, at: datetime) -> PaymentPin:
    """Write a first PIN; the caller knows that the customer wants it. Raises Invalid (shape or weak), PinAlreadySet."""
    checked_pin(customer_id, pin)
    row = PaymentPin(customer_id=customer_id, hashed=hash_of(customer_id, pin), created_at=at, changed_at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as problem:
        raise PinAlreadySet() from problem
    publish(topic="pin.set", owner=customer_id, payload={"customer": str(customer_id)}, at=at)
    return row


def checked_pin(customer_id: uuid.UUID, pin: str) -> None:
    """Raises Invalid for a PIN that is not six digits or easy to guess; never echoes it."""
    if not pins.SHAPE.match(pin):
        raise Invalid("pin", "A payment PIN has exactly six digits.", "支付密码须为 6 位数字。")
    born_on = verification.born_on(customer_id)
    if pins.is_weak(pin, born_on=born_on, phone=identity.get(customer_id).phone):
        raise Invalid(
            "pin",
            "This PIN is easy to guess: no repeats, runs, birthdays or ends of phone numbers.",
            "支付密码过于简单,请勿使用重复、连续数字、生日或手机尾号。",
        )


def hash_of(customer_id: uuid.UUID, pin: str) -> str:
    return make_password(peppered(customer_id, pin))


def peppered(customer_id: uuid.UUID, pin: str) -> str:
    """The PIN under a key that is not in the database: a stolen table of hashes cannot be tried out."""
    return blind_index(f"{customer_id}:{pin}", purpose="payment-pin").hex()


@transaction.atomic
def try_pin(*, customer_id: uuid.UUID, pin: str, at: datetime) -> PinWrong | PinLocked | PinNotSet | None:
    """Whether the PIN is right. The refusal is returned, not raised, so that the try stays counted: let it commit.

    Five wrong tries in a row lock it for half an hour; parallel tries queue on the row.
    """
    row = PaymentPin.objects.select_for_update().filter(customer_id=customer_id).first()
    if row is None:
        return PinNotSet()
    if row.locked_until is not None and at < row.locked_until:
        return PinLocked(retry_after=int((row.locked_until - at).total_seconds()) + 1)
    before = 0 if row.locked_until else row.tries
    if check_password(peppered(customer_id, pin), row.hashed):
        if row.tries:
            PaymentPin.objects.filter(pk=row.pk).update(tries=0, locked_until=None)
        return None
    locked_until = at + LOCKED_FOR if before + 1 >= PIN_TRIES else None
    PaymentPin.objects.filter(pk=row.pk).update(tries=before + 1, locked_until=locked_until)
    if locked_until is None:
        return PinWrong(field="pin", remaining=PIN_TRIES - before - 1)
    publish(topic="pin.locked", owner=customer_id, payload={"customer": str(customer_id)}, at=at)
    return PinLocked(retry_after=int(LOCKED_FOR.total_seconds()))


@transaction.atomic
def change_pin(*, customer_id: uuid.UUID, old_pin: str, pin: str, at: datetime) -> PaymentPin | DomainError:
    """A new PIN for the old one. A wrong old PIN is returned (and counted); raises Invalid for the new one first."""
    checked_pin(customer_id, pin)
    refused = try_pin(customer_id=customer_id, pin=old_pin, at=at)
    return refused if refused is not None else replace_pin(customer_id, pin, at)


@transaction.atomic
def request_reset_code(*, customer_id: uuid.UUID, session_id: uuid.UUID, address: str, at: datetime) -> codes.IssuedCode:
    """A code to the customer's own phone for resetting the PIN. Raises PinNotSet, TooManyRequests."""
    if queries.pin(customer_id) is None:
        raise PinNotSet()
    return request_own_code(customer_id=customer_id, session_id=session_id, purpose="reset_pin", binding="", address=address, at=at)


@transaction.atomic
def request_step_up_code(
    *, customer_id: uuid.UUID, session_id: uuid.UUID, purpose: str, amount_fen: int, payee: str, nonce: str, address: str, at: datetime
) -> codes.IssuedCode:
    """A code to the customer's own phone, good for approving exactly this act. Raises TooManyRequests."""
    binding = binding_of(purpose, amount_fen, payee, nonce)
    return request_own_code(customer_id=customer_id, session_id=session_id, purpose="step_up", binding=binding, address=address, at=at)


@transaction.atomic
def reset_pin(
    *, customer_id: uuid.UUID, session_id: uuid.UUID, code: str, name: str, id_number: str, pin: str, at: datetime
) -> PaymentPin | DomainError:
    """A new PIN for a text code and the proven name and identity number (a customer never verified gives the code alone).

    A wrong code or identity is returned (and counted), not raised, with one answer for both. Raises Invalid, TooManyRequests.
    """
    checked_pin(customer_id, pin)
    if queries.pin(customer_id) is None:
        raise PinNotSet()
    refused = redeem_own_code(customer_id=customer_id, session_id=session_id, purpose="reset_pin", binding="", code=code, at=at)
    proven = verification.real_name(customer_id)
    given = verification.RealName(" ".join(name.split()), id_number.strip().upper())
    if refused is not None or (proven is not None and proven != given):
        return ResetRefused()
    return replace_pin(customer_id, pin, at)


@transaction.atomic
def change_phone(
    *, customer_id: uuid.UUID, session_id: uuid.UUID, phone: str, code: str, proof: str, nonce: str, at: datetime
) -> identity.Customer | DomainError:
    """A new phone for a code sent to it and a step-up proof (`change_phone`, the new number in E.164 as payee).

    A wrong code is returned (and counted), leaving the proof unspent. Raises Invalid, PhoneTaken, and as `spend_proof`.
    """
    outcome = identity_services.change_phone(customer_id=customer_id, session_id=session_id, phone=phone, code=code, at=at)
    if not isinstance(outcome, DomainError):
        spend_act(
            customer_id=customer_id, session_id=session_id, token=proof, purpose="change_phone", payee=outcome.phone, nonce=nonce, at=at
        )
    return outcome


def replace_pin(customer_id: uuid.UUID, pin: str, at: datetime) -> PaymentPin:
    row = PaymentPin.objects.get(customer_id=customer_id)
    row.hashed, row.tries, row.locked_until, row.changed_at = hash_of(customer_id, pin), 0, None, at
    row.save()
    publish(topic="pin.changed", owner=customer_id, payload={"customer": str(customer_id)}, at=at)
    return row


@transaction.atomic
def prove(
    *,
    customer_id: uuid.UUID,
    session_id: uuid.UUID,
    method: str,
    secret: str,
    purpose: str,
    amount_fen: int,
    payee: str,
    nonce: str,
    at: datetime,
) -> tuple[StepUpProof, str] | DomainError:
    """Approve one act by PIN or text code: the proof and its token (its public id), or the refusal, returned so that it commits.

    `payee` is the public id of who is paid ("" when nobody is), `nonce` the client's name for the intent (its Idempotency-Key).
    """
    if method == Method.PIN:
        refused: DomainError | None = try_pin(customer_id=customer_id, pin=secret, at=at)
    else:
        binding = binding_of(purpose, amount_fen, payee, nonce)
        refused = redeem_own_code(customer_id=customer_id, session_id=session_id, purpose="step_up", binding=binding, code=secret, at=at)
    if refused is not None:
        return refused
    return keep_proof(
        customer_id=customer_id,
        session_id=session_id,
        method=method,
        purpose=purpose,
        amount_fen=amount_fen,
        payee=payee,
        nonce=nonce,
        at=at,
    )


def keep_proof(*, at: datetime, **facts: object) -> tuple[StepUpProof, str]:
    """The factor was right: a proof that lives five minutes."""
    row = StepUpProof.objects.create(**facts, created_at=at, expires_at=at + PROOF_LIFE)
    return row, row.public_id


def binding_of(purpose: str, amount_fen: int, payee: str, nonce: str) -> str:
    """What a code or a challenge is good for, as one text."""
    return f"{purpose}\n{amount_fen}\n{payee}\n{nonce}"


SPEND = """
UPDATE accounts_stepupproof SET used_at = %(at)s
WHERE id = %(proof)s AND customer_id = %(customer)s AND session_id = %(session)s AND purpose = %(purpose)s
  AND amount_fen = %(amount)s AND payee = %(payee)s AND nonce = %(nonce)s AND used_at IS NULL AND expires_at > %(at)s
RETURNING factors
"""


def spend_proof(
    *, customer_id: uuid.UUID, session_id: uuid.UUID, token: str, purpose: str, amount_fen: int, payee: str, nonce: str, at: datetime
) -> int:
    """Use a proof up, inside the transaction of the act it approves: a refused act leaves it unused. Returns its factors.

    Raises StepUpNeeded without a token, ProofMismatch for another session, purpose, amount, payee or nonce, ProofExpired.
    """
    if not token:
        raise StepUpNeeded(purpose=purpose, amount=amount_fen, currency=CNY.code, payee=payee)
    proof = proof_id(token)
    wanted: dict[str, Any] = {"session": session_id, "purpose": purpose, "amount": amount_fen, "payee": payee, "nonce": nonce}
    with connection.cursor() as cursor:
        cursor.execute(SPEND, wanted | {"at": at, "proof": proof, "customer": customer_id})
        spent = cursor.fetchone()
    if spent is None:
        row = queries.proof(customer_id, proof)
        if row is None or (row.session_id, row.purpose, row.amount_fen, row.payee, row.nonce) != tuple(wanted.values()):
            raise ProofMismatch()
        raise ProofExpired()
    factors: int = spent[0]
    return factors


def refuse_unfit_proof(
    *, customer_id: uuid.UUID, session_id: uuid.UUID, token: str, purpose: str, amount_fen: int, nonce: str, at: datetime
) -> None:
    """Refuse a proof that `spend_proof` would refuse for any payee, before it is known who that is; it is not used up.

    Raises ProofMismatch, ProofExpired.
    """
    row = queries.proof(customer_id, proof_id(token))
    if row is None or (row.session_id, row.purpose, row.amount_fen, row.nonce) != (session_id, purpose, amount_fen, nonce):
        raise ProofMismatch()
    if row.used_at is not None or row.expires_at <= at:
        raise ProofExpired()


def spend_act(*, customer_id: uuid.UUID, session_id: uuid.UUID, token: str, purpose: str, payee: str, nonce: str, at: datetime) -> None:
    """`spend_proof` for an act without an amount."""
    spend_proof(customer_id=customer_id, session_id=session_id, token=token, purpose=purpose, amount_fen=0, payee=payee, nonce=nonce, at=at)


def proof_id(token: str) -> uuid.UUID | None:
    try:
        return parse_public_id(StepUpProof.PREFIX, token)
    except NotFound:
        return None


def pin_free(rule: PinFree | None, *, customer_id: uuid.UUID, amount_fen: int, at: datetime) -> Levy:
    """What a payment without a proof takes under `rule`: one of the customer's number for the day. Raises StepUpNeeded over the amount."""
    if rule is None or amount_fen > rule.amount_fen:
        raise StepUpNeeded()
    return Levy(customer_id, (Toll("pin_free", local_day(at).isoformat(), 1, rule.per_day),), lambda _: StepUpNeeded())


def take_pin_free(*, customer_id: uuid.UUID, amount_fen: int, at: datetime) -> None:
    """Count a small payment that needs no proof. Raises StepUpNeeded over the amount, or past the number a day."""
    levy(levies=[pin_free(queries.pin_free_rule(at), customer_id=customer_id, amount_fen=amount_fen, at=at)])


def refuse_over_pin_free(*, customer_id: uuid.UUID, amount_fen: int, at: datetime) -> None:
    """Raise StepUpNeeded where `take_pin_free` would now; nothing is counted."""
    rule = queries.pin_free_rule(at)
    if rule is None or amount_fen > rule.amount_fen:
        raise StepUpNeeded()
    if used(counter="pin_free", owner=customer_id, period=local_day(at).isoformat()) >= rule.per_day:
        raise StepUpNeeded()


@transaction.atomic
def erase(*, customer_id: uuid.UUID, at: datetime) -> None:
    """Forget the PIN and every passkey of an account that closes."""
    PaymentPin.objects.filter(customer_id=customer_id).delete()
    Passkey.objects.filter(customer_id=customer_id).update(removed_at=at, public_key=b"", name="")


@transaction.atomic
def forget_old(*, at: datetime, batch: int = 5000) -> int:
    """Delete one batch of proofs, and one of challenges, a day past their life. Returns how many rows went."""
    proofs = StepUpProof.objects.filter(expires_at__lt=at - KEPT_FOR).values("pk")[:batch]
    challenges = PasskeyChallenge.objects.filter(expires_at__lt=at - KEPT_FOR).values("pk")[:batch]
    gone = StepUpProof.objects.filter(pk__in=proofs).delete()[0]
    return gone + PasskeyChallenge.objects.filter(pk__in=challenges).delete()[0]

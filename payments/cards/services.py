"""Binding a card, using it within its limits, arranging and unbinding cards."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from accounts.identity import queries as identity
from accounts.verification import queries as verification
from core.approvals.services import must_be_applying
from core.clock import queries as clock
from core.crypto.blind_index import blind_index
from core.errors import DomainError, Invalid, TooManyRequests
from core.ids import shard_of
from core.limits import services as limits
from core.moves import advance, advance_all
from core.outbox.services import publish
from payments.cards import agreements, queries, rules
from payments.cards.models import Card, CardBin, CardBinding, CardLimit, EndedAgreement
from payments.cards.queries import CardNotUsable
from payments.cards.sockets import OPEN_USES
from payments.cards.states import BINDING_MOVES, CARD_MOVES, BindingState, CardState
from payments.channels import queries as channel_queries
from payments.channels import routing
from payments.channels import services as channels
from payments.channels.states import Operation

CHANNEL = "sandbox_bank"
BINDING, CARD = "card_binding", "card"
UNSIGN_FAILED = "card.unsign_failed"
REPLACEABLE = (BindingState.CREATED, BindingState.SMS_SENT)


class CardUnsupported(DomainError):
    code = "card_unsupported"
    status = 422
    en = "Cards of this bank or kind cannot be bound. Use another card; the supported banks are listed at /v1/payments/banks."
    zh = "暂不支持该银行或该类型的银行卡,请更换银行卡。支持的银行见 /v1/payments/banks。"


class NameNotVerified(DomainError):
    code = "name_not_verified"
    en = "Verify your real name first: a card is bound only in your own name."
    zh = "请先完成实名认证:仅可绑定本人名下的银行卡。"


class CardAlreadyBound(DomainError):
    code = "card_already_bound"
    en = "This card is bound already."
    zh = "该银行卡已绑定。"


class BindingBusy(DomainError):
    code = "binding_busy"
    en = "This card is being bound at this moment. Wait for that to end, then look at your cards."
    zh = "该银行卡正在绑定中,请等待完成后查看银行卡列表。"


class BindingOver(DomainError):
    """`state` is bound, failed or expired."""

    code = "binding_over"
    en = "This binding is {state}. Start a new one."
    zh = "本次绑定已结束(状态:{state}),请重新发起。"


class BindingTooOften(TooManyRequests):
    code = "binding_too_often"
    status = 429
    en = "Another code can be sent in {retry_after} seconds."
    zh = "请在 {retry_after} 秒后再获取验证码。"


class CardInUse(DomainError):
    code = "card_in_use"
    en = "This card cannot be unbound while something with it is open: {words_en}. Wait for it to end."
    zh = "该银行卡有未完成的业务({words_zh}),暂不能解绑,请等待完成。"


class SceneNotOffered(DomainError):
    code = "card_scene_not_offered"
    en = "This kind of card cannot be used for {scene}. Use another card."
    zh = "该类型的银行卡不支持此用途({scene}),请更换银行卡。"


class OverSingleLimit(DomainError):
    code = "card_single_limit"
    en = "At most {cap} fen at once with this card. Send a smaller amount or use another card."
    zh = "该银行卡单笔限额 {cap} 分,请减少金额或更换银行卡。"


@transaction.atomic
def start_binding(*, customer_id: UUID, card_number: str, mobile: str, at: datetime) -> CardBinding:
    """Begin to bind a card of the customer's own and place the sign_start call; `calls.start` then asks the bank.

    `mobile` is the one the bank keeps. An older try with the same card that waits for its code ends here. The number itself is not kept.
    A bound card is bound once more where another channel signs such cards: it can then be paid with through either.
    Raises Invalid, CardUnsupported, NameNotVerified, CardAlreadyBound, BindingBusy, LimitReached and what channels.place raises.
    """
    number, digits = checked_elements(card_number, mobile)
    issuer = supported_issuer(number)
    if verification.real_name(customer_id) is None:
        raise NameNotVerified()
    fingerprint = blind_index(number, purpose="card_number")
    channel = signing_channel(customer_id, issuer, fingerprint, at)
    limits.take(counter="card_binding", owner=customer_id, period=clock.local_day(at).isoformat(), amount=1, cap=rules.BINDINGS.on(at))
    replace_older(customer_id, fingerprint, at)
    binding = insert_binding(customer_id, channel, issuer, fingerprint, number[-4:], rules.masked_mobile(digits), at)
    place(Operation.SIGN_START, BINDING, binding.id, customer_id, at, channel=channel, bank_code=issuer.bank_id)
    return binding


def checked_elements(card_number: str, mobile: str) -> tuple[str, str]:
    number, digits = rules.card_number(card_number), rules.mobile(mobile)
    if number is None:
        raise Invalid("card_number", "This is no card number: check the digits.", "卡号不正确,请核对。")
    if digits is None:
        raise Invalid("mobile", "Send the 11-digit mobile number kept at the bank.", "请填写银行预留的 11 位手机号。")
    return number, digits


def supported_issuer(number: str) -> CardBin:
    issuer = queries.issuer(number)
    if issuer is None or not issuer.bank.supported:
        raise CardUnsupported(field="card_number")
    if issuer.number_length != len(number):
        raise Invalid("card_number", "This is no card number: check the digits.", "卡号不正确,请核对。")
    return issuer


def signing_channel(customer_id: UUID, issuer: CardBin, fingerprint: bytes, at: datetime) -> str:
    """The channel to sign a card with: the best of those it has no agreement with. Raises CardAlreadyBound when a bound one finds none;
    why a first one finds none is said when the call is placed."""
    bound = queries.live_cards(customer_id).filter(fingerprint=fingerprint).first()
    agreed = set() if bound is None else {bound.channel_id, *(row.channel_id for row in agreements.alive([bound.id]))}
    kind = routing.Cards(issuer.bank_id, issuer.kind)
    found = routing.choose(operation=Operation.SIGN_START, cards=kind, amount_fen=0, at=at)
    fresh = [one for one in found if one.channel not in agreed]
    if bound is not None and (not fresh or fresh[0].refusal is not None):
        raise CardAlreadyBound(field="card_number")
    return fresh[0].channel if fresh else CHANNEL


def replace_older(customer_id: UUID, fingerprint: bytes, at: datetime) -> None:
    older = CardBinding.objects.filter(customer_id=customer_id, fingerprint=fingerprint)
    advance_all(older.filter(state__in=REPLACEABLE), BindingState.FAILED, moves=BINDING_MOVES, at=at, code="replaced")
    if older.filter(state=BindingState.VERIFYING).exists():
        raise BindingBusy(field="card_number")


def insert_binding(
    customer_id: UUID, channel: str, issuer: CardBin, fingerprint: bytes, last4: str, mobile_masked: str, at: datetime
) -> CardBinding:
    try:
        with transaction.atomic():
            return CardBinding.objects.create(
                customer_id=customer_id,
                shard=shard_of(customer_id),
                channel_id=channel,
                fingerprint=fingerprint,
                bank_id=issuer.bank_id,
                kind=issuer.kind,
                bin=issuer.bin,
                last4=last4,
                mobile_masked=mobile_masked,
                expires_at=at + rules.LIFE,
                created_at=at,
                changed_at=at,
            )
    except IntegrityError as problem:
        raise BindingBusy(field="card_number") from problem


def place(
    operation: Operation,
    business: str,
    business_id: UUID,
    customer_id: UUID,
    at: datetime,
    *,
    channel: str,
    card_id: UUID | None = None,
    bank_code: str = "",
    party: str | None = None,
) -> None:
    channels.place(
        channel=channel,
        operation=operation,
        business=business,
        business_id=business_id,
        customer_id=customer_id,
        card_id=card_id,
        amount_fen=0,
        at=at,
        bank_code=bank_code,
        party=party,
    )


@transaction.atomic
def resend_code(*, customer_id: UUID, binding_id: UUID, at: datetime) -> CardBinding:
    """Ask for another code, at the earliest 60 s after the last; `calls.finish` sends the placed call.

    Raises NotFound, BindingOver, BindingBusy, BindingTooOften and what channels.place raises.
    """
    binding = waiting(customer_id, binding_id, at)
    assert binding.sms_sent_at is not None
    wait = binding.sms_sent_at + rules.RESEND_AFTER - at
    if wait.total_seconds() > 0:
        raise BindingTooOften(retry_after=int(wait.total_seconds()) + 1)
    CardBinding.objects.filter(pk=binding.pk).update(sms_sent_at=at, changed_at=at)
    place(Operation.RESEND, BINDING, binding.id, customer_id, at, channel=binding.channel_id, bank_code=binding.bank_id)
    binding.sms_sent_at = at
    return binding


@transaction.atomic
def confirm_binding(*, customer_id: UUID, binding_id: UUID, at: datetime) -> CardBinding:
    """Use one of the three tries: the binding is verifying and the sign_confirm call is placed; `calls.confirm` then sends the code.

    Raises NotFound, BindingOver, BindingBusy and what channels.place raises.
    """
    binding = waiting(customer_id, binding_id, at)
    advance(binding, BindingState.VERIFYING, moves=BINDING_MOVES, at=at, tries=binding.tries + 1, code="")
    place(Operation.SIGN_CONFIRM, BINDING, binding.id, customer_id, at, channel=binding.channel_id, bank_code=binding.bank_id)
    return binding


def waiting(customer_id: UUID, binding_id: UUID, at: datetime) -> CardBinding:
    """A binding that waits for its code, locked."""
    queries.binding(customer_id, binding_id)
    binding = CardBinding.objects.select_for_update(of=("self",)).get(pk=binding_id)
    if binding.state in (BindingState.CREATED, BindingState.VERIFYING):
        raise BindingBusy()
    if binding.state != BindingState.SMS_SENT:
        raise BindingOver(state=binding.state)
    if at >= binding.expires_at:
        raise BindingOver(state=BindingState.EXPIRED)
    return binding


@transaction.atomic
def expire_bindings(*, shard: int, at: datetime, batch: int = 200) -> int:
    """End a shard's bindings whose ten minutes are over and that wait for nobody's answer. Returns how many."""
    over = CardBinding.objects.select_for_update(skip_locked=True).filter(shard=shard, expires_at__lte=at, state__in=REPLACEABLE)
    ids = list(over.order_by("expires_at", "id").values_list("id", flat=True)[:batch])
    return advance_all(CardBinding.objects.filter(pk__in=ids), BindingState.EXPIRED, moves=BINDING_MOVES, at=at)


@transaction.atomic
def bind(*, binding: CardBinding, token: str, at: datetime) -> Card:
    """Make the card of a confirmed binding; called with the binding locked. The first live card becomes the default. A card bound before
    gets one more agreement, unless it is unbound at this moment.

    An agreement that the bank ended already makes a card that is unbound from the start. Locks the customer, since there may be no card
    yet to lock, and then the cards.
    """
    index = token_index(token)
    lock_token(index)
    identity.lock(binding.customer_id)
    lock_cards(binding.customer_id)
    alive = not ended_before(index)
    bound = queries.live_cards(binding.customer_id).filter(fingerprint=bytes(binding.fingerprint)).first()
    if bound is not None:
        if alive:
            agreements.add(card=bound, channel=binding.channel_id, token=token, index=index, at=at)
        return bound
    live = Card.objects.filter(customer_id=binding.customer_id).exclude(state=CardState.UNBOUND)
    last = live.aggregate(last=Max("position"))["last"]
    card = Card(
        customer_id=binding.customer_id,
        channel_id=binding.channel_id,
        token=token,
        token_index=index,
        fingerprint=bytes(binding.fingerprint),
        bank_id=binding.bank_id,
        kind=binding.kind,
        bin=binding.bin,
        last4=binding.last4,
        is_default=not live.filter(is_default=True).exists(),
        position=0 if last is None else last + 1,
        created_at=at,
        changed_at=at,
    )
    card.save(force_insert=True)
    tell("card.bound", card, at)
    if not alive:
        end(card, by="bank", at=at)
    return card


def token_index(token: str) -> bytes:
    return blind_index(token, purpose="card_token")


def lock_token(index: bytes) -> None:
    """Hold a token to the end of the transaction: the bank's cancellation may come at the moment its card is made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(index[:8], "big", signed=True)])


def ended_before(index: bytes) -> bool:
    return EndedAgreement.objects.filter(token_index=index).exists()


@transaction.atomic
def unbind(*, customer_id: UUID, card_id: UUID, at: datetime) -> Card:
    """Take a card away at once and place the unsign call, which goes to the bank until it is answered.

    Raises NotFound, CardNotUsable (unbound already), CardInUse and what channels.place raises.
    """
    queries.card(customer_id, card_id)
    card = lock_with_others(customer_id, card_id)
    if card.state == CardState.UNBOUND:
        raise CardNotUsable(state=card.state)
    refuse_in_use(card)
    unsign(card, at)
    return end(card, by="customer", at=at)


def unsign(card: Card, at: datetime) -> None:
    """Place the unsign calls of a card's agreements, the card's own last: that one is sent at once. Raises what channels.place raises."""
    for row in agreements.ever(card.id):
        place(Operation.UNSIGN, CARD, card.id, card.customer_id, at, channel=row.channel_id, card_id=card.id, party=row.token)
    place(Operation.UNSIGN, CARD, card.id, card.customer_id, at, channel=card.channel_id, card_id=card.id)


def refuse_in_use(card: Card) -> None:
    for use in OPEN_USES:
        if use.count(card_id=card.id):
            raise CardInUse(words_en=use.words_en, words_zh=use.words_zh)
    if channel_queries.open_for_card(card.id):
        raise CardInUse(words_en="a payment at the bank", words_zh="银行处理中的交易")


@transaction.atomic
def end_by_bank(*, channel: str, token: str, at: datetime) -> Card | None:
    """The bank's side ended an agreement: unbind its card. Told again, it changes nothing; told before the card is known, it is
    remembered. Returns the card, None while unknown."""
    index = token_index(token)
    lock_token(index)
    known = Card.objects.filter(channel_id=channel, token_index=index).first()
    if known is None and agreements.end_token(channel=channel, index=index, at=at):
        return None
    if known is None:
        EndedAgreement.objects.get_or_create(token_index=index, defaults={"channel_id": channel, "created_at": at})
        return None
    card = lock_with_others(known.customer_id, known.id)
    return card if card.state == CardState.UNBOUND else end(card, by="bank", at=at)


@transaction.atomic
def end_dead(*, card_id: UUID, at: datetime, channel: str = "") -> Card:
    """A channel (the card's first unless told) said, in refusing a payment, that its agreement is over: its own notice was lost. Once."""
    card = lock_with_others(Card.objects.get(pk=card_id).customer_id, card_id)
    if channel not in ("", card.channel_id):
        agreements.end(card_id=card.id, channel=channel, at=at)
        return card
    return card if card.state == CardState.UNBOUND else end(card, by="bank", at=at)


def lock_with_others(customer_id: UUID, card_id: UUID) -> Card:
    """One card, locked after all live ones of its customer in order: ending it may make another the default."""
    lock_cards(customer_id)
    return Card.objects.select_for_update(of=("self",)).get(pk=card_id)


def end(card: Card, *, by: str, at: datetime) -> Card:
    """Unbind, called with the customer's cards locked; the next active card in order becomes the default."""
    was_default = card.is_default
    agreements.end_all(card.id, at)
    advance(card, CardState.UNBOUND, moves=CARD_MOVES, at=at, unbound_at=at, unbound_by=by, is_default=False)
    if was_default:
        following = Card.objects.filter(customer_id=card.customer_id, state=CardState.ACTIVE).order_by("position", "id").first()
        if following is not None:
            Card.objects.filter(pk=following.pk).update(is_default=True, changed_at=at)
    tell("card.unbound", card, at, by=by)
    return card


@transaction.atomic
def suspend(*, card_id: UUID, at: datetime) -> Card:
    """Keep a card from being used; the customer still sees it. Raises WrongState unless it is active."""
    card = Card.objects.select_for_update(of=("self",)).get(pk=card_id)
    advance(card, CardState.SUSPENDED, moves=CARD_MOVES, at=at)
    tell("card.suspended", card, at)
    return card


@transaction.atomic
def resume(*, card_id: UUID, at: datetime) -> Card:
    """Let a suspended card be used again. Raises ApprovalNeeded outside an approval of `card.resume`, WrongState unless it is
    suspended."""
    must_be_applying("card.resume")
    card = Card.objects.select_for_update(of=("self",)).get(pk=card_id)
    advance(card, CardState.ACTIVE, moves=CARD_MOVES, at=at)
    tell("card.resumed", card, at)
    return card


@transaction.atomic
def make_default(*, customer_id: UUID, card_id: UUID, at: datetime) -> Card:
    """Raises NotFound, CardNotUsable."""
    lock_cards(customer_id)
    card = queries.usable(customer_id, card_id)
    Card.objects.filter(customer_id=customer_id, is_default=True).exclude(pk=card.pk).update(is_default=False, changed_at=at)
    Card.objects.filter(pk=card.pk).update(is_default=True, changed_at=at)
    tell("card.made_default", card, at)
    return queries.card(customer_id, card_id)


@transaction.atomic
def erase(*, customer_id: UUID, at: datetime) -> None:
    """Overwrite what a customer who leaves called their cards, and the masked mobile numbers of their bindings."""
    Card.objects.filter(customer_id=customer_id).exclude(nickname="").update(nickname="", changed_at=at)
    CardBinding.objects.filter(customer_id=customer_id).exclude(mobile_masked="").update(mobile_masked="", changed_at=at)


@transaction.atomic
def rename(*, customer_id: UUID, card_id: UUID, nickname: str, at: datetime) -> Card:
    """Raises NotFound. The caller has refused card numbers in `nickname` (core.api.validators)."""
    queries.card(customer_id, card_id)
    Card.objects.filter(pk=card_id).update(nickname=nickname, changed_at=at)
    card = queries.card(customer_id, card_id)
    tell("card.renamed", card, at)
    return card


@transaction.atomic
def arrange(*, customer_id: UUID, card_ids: list[UUID], at: datetime) -> list[Card]:
    """Put the customer's live cards in this order. Raises Invalid unless each of them is named once."""
    cards = {card.id: card for card in lock_cards(customer_id)}
    if len(card_ids) != len(cards) or set(card_ids) != set(cards):
        raise Invalid("card_ids", "Name each of your cards once.", "请包含您的每张银行卡且不重复。")
    for position, card_id in enumerate(card_ids):
        Card.objects.filter(pk=card_id).update(position=position, changed_at=at)
    publish(topic="card.arranged", owner=customer_id, payload={"customer_id": str(customer_id)}, at=at)
    return list(queries.live_cards(customer_id))


def lock_cards(customer_id: UUID) -> list[Card]:
    """The customer's live cards, locked in the one order in which more than one of them is ever locked."""
    live = Card.objects.select_for_update(of=("self",)).filter(customer_id=customer_id).exclude(state=CardState.UNBOUND)
    return list(live.order_by("id"))


@transaction.atomic
def check_limit(*, card: Card, scene: str, amount_fen: int, at: datetime, channel: str = "") -> None:
    """Count an amount against the card's single, day and month limits of a scene at a channel (its first unless told), in the caller's
    transaction.

    `give_back_limit` undoes it when the act fails. Raises SceneNotOffered, OverSingleLimit, LimitReached.
    """
    day = clock.local_day(at)
    limit = queries.limit(channel=channel or card.channel_id, bank=card.bank_id, kind=card.kind, scene=scene, on=day)
    refusal = refused_at_once(limit, scene, amount_fen)
    if refusal is not None:
        raise refusal
    assert limit is not None
    for counter, period, cap in counters(scene, day, limit.day_fen, limit.month_fen):
        limits.take(counter=counter, owner=card.id, period=period, amount=amount_fen, cap=cap)


def refused_at_once(limit: CardLimit | None, scene: str, amount_fen: int) -> DomainError | None:
    """Why one amount cannot go through whatever was used before."""
    if limit is None:
        return SceneNotOffered(scene=scene)
    if limit.single_fen is not None and amount_fen > limit.single_fen:
        return OverSingleLimit(field="amount", cap=limit.single_fen)
    return None


def give_back_limit(*, card_id: UUID, scene: str, amount_fen: int, taken_at: datetime) -> None:
    """Return what `check_limit` counted at `taken_at`, in the caller's transaction."""
    for counter, period, _ in counters(scene, clock.local_day(taken_at), 0, 0):
        limits.give_back(counter=counter, owner=card_id, period=period, amount=amount_fen)


UNLIMITED = 2**62


def counters(scene: str, day: date, day_fen: int | None, month_fen: int | None) -> list[tuple[str, str, int]]:
    """Counter, period and cap of a scene: both are always counted, so that a limit set later knows what was used."""
    caps = [(f"card:{scene}:day", day.isoformat(), day_fen), (f"card:{scene}:month", day.isoformat()[:7], month_fen)]
    return [(counter, period, UNLIMITED if cap is None else cap) for counter, period, cap in caps]


def tell(topic: str, card: Card, at: datetime, **facts: str) -> None:
    payload: dict[str, str | int | bool | list[str] | list[int] | dict[str, str | int | bool | None] | None] = {
        "customer_id": str(card.customer_id),
        "card_id": str(card.id),
        "bank": card.bank_id,
        "kind": card.kind,
        **facts,
    }
    publish(topic=topic, owner=card.customer_id, payload=payload, at=at)

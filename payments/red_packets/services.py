"""Making a red packet, taking a share of it, and giving back what nobody took."""

import uuid
from datetime import datetime, timedelta
from secrets import SystemRandom

from django.db import transaction

from accounts.identity import queries as identity
from accounts.ledger import services as ledger
from accounts.security import queries as security_facts
from accounts.security import services as security
from accounts.verification import queries as limits
from accounts.verification import services as verification
from core.clock import queries as clock
from core.errors import NotFound
from core.ids import new_id, public_id, shard_of
from core.limits.services import Levy, LimitReached, Toll, levy
from core.moves import advance
from core.outbox import services as outbox
from core.outbox.services import Payload
from core.questions import ask
from payments.red_packets import journals, split
from payments.red_packets.models import (
    RED_PACKET_MOVES,
    Kind,
    RedPacket,
    RedPacketShare,
    RedPacketState,
    RedPacketTerms,
    terms_in_force,
)
from payments.red_packets.refusals import (
    DailyNumberReached,
    PersonalNotShared,
    RedPacketGone,
    RedPacketOver,
    RedPacketPaused,
    RedPacketTaken,
    SenderTakesNone,
    SharesTooSmall,
    SharesUneven,
    ShareTooLarge,
    TooManyShares,
)
from payments.risk.services import deciding
from payments.risk.services.deciding import Act, Ruling
from payments.wallet.remarks import checked_remark
from payments.wallet.services import authority, parties
from payments.wallet.services.authority import Intent

PURPOSE = "red_packet"
SENT_COUNTER = "red_packet_sent"
CHANCE = SystemRandom()


@transaction.atomic
def send(
    *, intent: Intent, kind: str, count: int, total_fen: int, message: str, at: datetime, payee_id: uuid.UUID | None = None
) -> RedPacket:
    """Take the money from the sender and cut it into shares (journal 1): for one customer, or without `payee_id` for a link.

    Raises what the shape of the packet refuses, CustomerNotActive, PayeeIsPayer, NotFound, PayeeCannotReceive, Invalid (message),
    StepUpNeeded and its kin, RiskRefused, the account class's limits, DailyNumberReached, InsufficientFunds.
    """
    sender_id = intent.customer_id
    terms = terms_in_force(at)
    shares = cut(terms, kind=kind, count=count, total_fen=total_fen, personal=payee_id is not None)
    text = checked_remark(message)
    parties.require_active(sender_id)
    act = Act(PURPOSE, new_id(), sender_id, intent.session_id, total_fen, payee=payee_id)
    factors, ruling = approved(intent, act, terms, at)
    packet = RedPacket(
        id=act.business_id,
        customer_id=sender_id,
        payee_id=payee_id,
        kind=kind,
        count=count,
        total_fen=total_fen,
        message=text,
        factors=factors,
        expires_at=at + timedelta(hours=terms.life_hours),
        created_at=at,
        changed_at=at,
    )
    packet.shard = shard_of(packet.id)
    packet.save(force_insert=True)
    RedPacketShare.objects.bulk_create(
        RedPacketShare(packet_id=packet.id, position=place, amount_fen=fen) for place, fen in enumerate(shares, start=1)
    )
    deciding.record(ruling)
    publish("red_packet.sent", packet, at)
    ledger.post(
        journal_id=packet.id,
        event=journals.SENT,
        legs=journals.sent(sender_id=sender_id, total_fen=total_fen),
        reference=packet.public_id,
        at=at,
    )
    return packet


def cut(terms: RedPacketTerms, *, kind: str, count: int, total_fen: int, personal: bool) -> list[int]:
    """The shares, in the order they will be taken. Raises PersonalNotShared, TooManyShares, SharesTooSmall, ShareTooLarge, SharesUneven."""
    if personal and (kind != Kind.FIXED or count != 1):
        raise PersonalNotShared(field="count")
    if count > terms.count_most:
        raise TooManyShares(field="count", most=terms.count_most)
    if total_fen < count:
        raise SharesTooSmall(field="amount")
    if total_fen > count * terms.share_most_fen:
        raise ShareTooLarge(field="amount", most_fen=terms.share_most_fen)
    if kind == Kind.LUCKY:
        return split.lucky_shares(total_fen=total_fen, count=count, most_fen=terms.share_most_fen, draw=CHANCE.randint)
    if total_fen % count:
        raise SharesUneven(field="amount", amount_fen=total_fen, count=count)
    return split.fixed_shares(total_fen=total_fen, count=count)


def approved(intent: Intent, act: Act, terms: RedPacketTerms, at: datetime) -> tuple[int, Ruling]:
    """How many factors prove it and what risk rules of it, its limits taken: in one question and one levy, whatever the packet is."""
    sender_id, payee_id = act.customer_id, act.payee
    named = [sender_id] if payee_id is None else [sender_id, payee_id]
    states, pin_free, outflow, known = ask(
        identity.states_of(named),
        security_facts.pin_free_rule_at(at),
        limits.outflow_facts_of(sender_id, at),
        deciding.facts_question(act=act, at=at),
    )
    if payee_id is not None:
        parties.require_different(sender_id, payee_id)
        parties.require_both(states, sender_id, payee_id)
    factors, levies, payee = 0, [daily_number(sender_id, terms, at)], "" if payee_id is None else public_id("cus", payee_id)
    with authority.saying(purpose=PURPOSE, amount_fen=act.amount_fen, payee=payee):
        if intent.token:
            factors = authority.spend(intent=intent, purpose=PURPOSE, amount_fen=act.amount_fen, payee=payee, at=at)
        else:
            levies.append(security.pin_free(pin_free, customer_id=sender_id, amount_fen=act.amount_fen, at=at))
        ruling = deciding.decide_now(act=act, known=known, factors=factors, at=at)
        levies.append(verification.outflow_levy(outflow, amount_fen=act.amount_fen, factors=factors, at=at))
        levy(levies=levies)
    return factors, ruling


def daily_number(sender_id: uuid.UUID, terms: RedPacketTerms, at: datetime) -> Levy:
    def refused(reached: LimitReached) -> DailyNumberReached:
        return DailyNumberReached(cap=reached.members["cap"])

    return Levy(sender_id, (Toll(SENT_COUNTER, clock.local_day(at).isoformat(), 1, terms.per_day),), refused)


@transaction.atomic
def take(*, taker_id: uuid.UUID, packet_id: uuid.UUID, by_link: bool, at: datetime) -> RedPacketShare:
    """The next share for the taker (journal 2). The taker's row lock makes it one a customer, the packet's one a share.

    `by_link`: the taker holds the packet's link; without, the packet must be for them alone. Raises NotFound, CustomerNotActive,
    SenderTakesNone, RedPacketTaken, RedPacketGone, RedPacketOver, RedPacketPaused, RiskRefused for who is on the block list.
    """
    parties.require_active(taker_id)
    packet = may_see(packet_id, taker_id, by_link)
    screen(taker_id, packet, at)
    if taker_id == packet.customer_id and (packet.payee_id is not None or packet.kind != Kind.LUCKY):
        raise SenderTakesNone()
    if RedPacketShare.objects.filter(packet_id=packet_id, taken_by_id=taker_id).exists():
        raise RedPacketTaken()
    refuse_over(packet, at)
    packet = RedPacket.objects.select_for_update().get(pk=packet_id)
    refuse_over(packet, at)
    if not parties.active(packet.customer_id):
        raise RedPacketPaused()
    share = RedPacketShare.objects.get(packet_id=packet_id, position=packet.taken_count + 1)
    share.taken_by_id, share.taken_at, share.journal_id = taker_id, at, new_id()
    share.save(update_fields=["taken_by", "taken_at", "journal_id"])
    share.packet = packet
    count_taken(packet, share, taker_id, at)
    ledger.post(
        journal_id=share.journal_id,
        event=journals.TAKEN,
        legs=journals.taken(taker_id=taker_id, share_fen=share.amount_fen),
        reference=packet.public_id,
        at=at,
    )
    return share


def screen(taker_id: uuid.UUID, packet: RedPacket, at: datetime) -> None:
    """Nobody on the block list is paid by a link: what is asked of the payee of a transfer when it is sent. Raises RiskRefused."""
    act = Act(PURPOSE, packet.id, taker_id, None, packet.total_fen // packet.count)
    (known,) = ask(deciding.screen_question(act=act, at=at))
    deciding.decide(act=act, known=known, factors=0, at=at)


def may_see(packet_id: uuid.UUID, taker_id: uuid.UUID, by_link: bool) -> RedPacket:
    """The packet, not locked: most who come too late are told so without queueing. Raises NotFound for who it is not for."""
    packet = RedPacket.objects.filter(pk=packet_id).first()
    if packet is None or (packet.payee_id is None) != by_link or (not by_link and taker_id not in (packet.payee_id, packet.customer_id)):
        raise NotFound()
    return packet


def refuse_over(packet: RedPacket, at: datetime) -> None:
    """Time counts even before the sweeper has seen it. Raises RedPacketGone, RedPacketOver."""
    if packet.state == RedPacketState.FINISHED:
        raise RedPacketGone()
    if packet.state != RedPacketState.OPEN or packet.expires_at <= at:
        raise RedPacketOver()


def count_taken(packet: RedPacket, share: RedPacketShare, taker_id: uuid.UUID, at: datetime) -> None:
    """The packet's own count of what is taken, and its end with the last share. The packet is locked."""
    packet.taken_count += 1
    packet.taken_fen += share.amount_fen
    packet.changed_at = at
    last = packet.taken_count == packet.count
    if last:
        counts = {"taken_count": packet.taken_count, "taken_fen": packet.taken_fen}
        advance(packet, RedPacketState.FINISHED, moves=RED_PACKET_MOVES, at=at, state="state", **counts)
    else:
        packet.save(update_fields=["taken_count", "taken_fen", "changed_at"])
    told: Payload = {"share": share.public_id, "taker": public_id("cus", taker_id), "share_fen": share.amount_fen}
    publish("red_packet.taken", packet, at, told)
    if last:
        publish("red_packet.finished", packet, at)


@transaction.atomic
def end_taking(*, packet_id: uuid.UUID, at: datetime) -> bool:
    """Nobody takes of a packet whose time is over any more; what is left waits to go back. False when another has it, or it is not due."""
    due = RedPacket.objects.select_for_update(skip_locked=True).filter(pk=packet_id, state=RedPacketState.OPEN, expires_at__lte=at)
    packet = due.first()
    if packet is None:
        return False
    advance(packet, RedPacketState.RETURNING, moves=RED_PACKET_MOVES, at=at)
    return True


@transaction.atomic
def give_back(*, packet_id: uuid.UUID, at: datetime) -> bool:
    """What nobody took goes to the sender (journal 3), to the fen, and the day's and year's limits with it. False when it is not due."""
    due = RedPacket.objects.select_for_update(skip_locked=True).filter(pk=packet_id, state=RedPacketState.RETURNING)
    packet = due.first()
    if packet is None:
        return False
    journal_id = new_id()
    advance(packet, RedPacketState.RETURNED, moves=RED_PACKET_MOVES, at=at, back_journal_id=journal_id)
    verification.return_outflow(customer_id=packet.customer_id, amount_fen=packet.rest_fen, factors=packet.factors, at=packet.created_at)
    publish("red_packet.returned", packet, at, {"rest_fen": packet.rest_fen})
    ledger.post(
        journal_id=journal_id,
        event=journals.BACK,
        legs=journals.back(sender_id=packet.customer_id, rest_fen=packet.rest_fen),
        reference=packet.public_id,
        at=at,
    )
    return True


def publish(topic: str, packet: RedPacket, at: datetime, facts: Payload | None = None) -> None:
    """News of a packet, in order for its sender."""
    payload: Payload = {
        "red_packet": packet.public_id,
        "sender": public_id("cus", packet.customer_id),
        "payee": None if packet.payee_id is None else public_id("cus", packet.payee_id),
        "amount_fen": packet.total_fen,
        "currency": packet.currency,
        **(facts or {}),
    }
    outbox.publish(topic=topic, owner=packet.customer_id, payload=payload, at=at)

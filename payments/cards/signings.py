"""What a channel's answers about signings do to bindings and cards."""

from datetime import datetime

from core.ids import public_id
from core.moves import advance
from core.work import services as work
from payments.cards import rules, services
from payments.cards.models import CardBinding
from payments.cards.states import BINDING_MOVES, BindingState
from payments.channels import queries
from payments.channels.port import Failed, Result, Signed, SignStarted, Success
from payments.channels.sockets import ChannelRequest
from payments.channels.states import Operation

DEAD = frozenset({"AGREEMENT_CANCELLED", "AGREEMENT_NOT_FOUND"})
CODE_OVER = frozenset({"CODE_EXPIRED"})
TRY_AGAIN = frozenset({"not_seen", "not_sent", "channel_resting"})


class Bindings:
    """Listener of the calls made for bindings."""

    def answered(self, *, request: ChannelRequest, result: Result, at: datetime) -> None:
        binding = CardBinding.objects.select_for_update(of=("self",)).get(pk=request.business_id)
        match request.operation:
            case Operation.SIGN_START:
                started(binding, result, at)
            case Operation.SIGN_CONFIRM:
                confirmed(binding, result, at)
            case Operation.RESEND:
                resent(binding, result, at)

    def sign_ref(self, *, request: ChannelRequest) -> str:
        return CardBinding.objects.values_list("sign_ref", flat=True).get(pk=request.business_id)


class Cards:
    """Listener of the calls made for cards: an unsigned card is gone here already, whatever the answer; that the bank may still keep its
    agreement becomes an operator's work."""

    def answered(self, *, request: ChannelRequest, result: Result, at: datetime) -> None:
        assert request.operation == Operation.UNSIGN
        assert request.card_id is not None
        target = public_id("crd", request.card_id)
        if isinstance(result, Failed) and result.code not in DEAD:
            facts = {"code": result.code, "sends": request.sends, "request_no": request.request_no}
            work.ask(kind=services.UNSIGN_FAILED, target=target, facts=facts, at=at)
        elif not refused_elsewhere(request):
            work.finish(kind=services.UNSIGN_FAILED, target=target, by="system", at=at)

    def cancelled(self, *, channel: str, token: str, at: datetime) -> None:
        services.end_by_bank(channel=channel, token=token, at=at)

    def sign_ref(self, *, request: ChannelRequest) -> str:
        return ""


def refused_elsewhere(request: ChannelRequest) -> bool:
    """Whether another channel's last word on the card's unsigning is a refusal."""
    last = {one.channel_id: one for one in queries.made_for([request.business_id]) if one.operation == Operation.UNSIGN}
    return any(one.state == "failed" and one.code not in DEAD for channel, one in last.items() if channel != request.channel_id)


def started(binding: CardBinding, result: Result, at: datetime) -> None:
    """An answer that comes after the binding ended (replaced, expired) finds nothing to do: no code of it can be used."""
    if binding.state != BindingState.CREATED:
        return
    if isinstance(result, Success) and isinstance(result.facts, SignStarted):
        advance(binding, BindingState.SMS_SENT, moves=BINDING_MOVES, at=at, sign_ref=result.facts.sign_ref, sms_sent_at=at)
    elif isinstance(result, Failed):
        advance(binding, BindingState.FAILED, moves=BINDING_MOVES, at=at, code=result.code)


def confirmed(binding: CardBinding, result: Result, at: datetime) -> None:
    if isinstance(result, Success) and isinstance(result.facts, Signed):
        card = services.bind(binding=binding, token=result.facts.token, at=at)
        advance(binding, BindingState.BOUND, moves=BINDING_MOVES, at=at, card=card, code="")
    elif isinstance(result, Failed):
        advance(binding, after_refusal(binding, result), moves=BINDING_MOVES, at=at, code=result.code)


def after_refusal(binding: CardBinding, result: Failed) -> BindingState:
    """Another try while there is one and the customer can mend it; a code that is over ends the binding."""
    if result.code in CODE_OVER:
        return BindingState.EXPIRED
    mendable = result.user_fixable or result.retryable or result.code in TRY_AGAIN
    tries_left = binding.tries < rules.TRIES and result.tries_left != 0
    return BindingState.SMS_SENT if mendable and tries_left else BindingState.FAILED


def resent(binding: CardBinding, result: Result, at: datetime) -> None:
    """A code that could not be sent again leaves the first one working; the code says so."""
    if isinstance(result, Failed) and binding.state == BindingState.SMS_SENT:
        CardBinding.objects.filter(pk=binding.pk).update(code=result.code, changed_at=at)

"""Binding cards, looking at them, arranging and unbinding them; the banks whose cards are taken."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import EffectView, OutboundEffectView, View
from core.clock import queries as clock
from core.errors import Invalid, NotFound
from core.ids import parse_public_id
from core.limits.services import LimitReached
from payments.cards import calls, queries, routes, services
from payments.cards import examples as ex
from payments.cards.models import Bank, Card, CardBinding, CardKind
from payments.cards.serializers import (
    BankOut,
    BanksOut,
    BindingInput,
    BindingOut,
    CardOut,
    CardsOut,
    CodeInput,
    NicknameInput,
    OrderInput,
    chinese,
)
from payments.channels import seats
from payments.channels.breaker import ChannelResting
from payments.channels.seats import ChannelBusy
from payments.channels.services import ChannelNotConnected, ChannelOff, ChannelUnderMaintenance

CHANNEL_REFUSALS = (ChannelOff, ChannelUnderMaintenance, ChannelNotConnected, ChannelResting)


def caller_id(request: Request) -> UUID:
    caller: Any = request.user
    customer_id: UUID = caller.customer.id
    return customer_id


class Cards(View):
    """My bound cards, in my own order."""

    output_class = CardsOut

    @extend_schema(operation_id="payments_cards_list", examples=[ex.CARDS])
    def get(self, request: Request) -> Response:
        return Response(self.shown({"items": queries.live_cards(caller_id(request))}))


class OneCard(View):
    """One card of mine, also after it was unbound."""

    output_class = CardOut
    refusals = (NotFound,)

    @extend_schema(examples=[ex.answer("A card", ex.CARD_VALUE, 200)])
    def get(self, request: Request, card_id: str) -> Response:
        return Response(self.shown(queries.card(caller_id(request), parse_public_id(Card.PREFIX, card_id))))


class SeatedView(OutboundEffectView):
    """A call with secrets, which nobody but the waiting customer can finish: its seat is taken before anything is written, and
    without one nothing is. A repeat of an answered key needs none."""

    seated = False

    def post(self, request: Request, **url: str) -> HttpResponse:
        # The raw body is read first: the idempotency record needs it, and after parsing it cannot be read any more.
        channel = self.channel(request, **url) if request.body else services.CHANNEL
        with seats.seat(channel) as self.seated:
            return super().post(request, **url)

    def channel(self, request: Request, **url: str) -> str:
        """Which channel will be asked, as far as it can be told beforehand."""
        raise NotImplementedError


@extend_schema(examples=[ex.START, ex.answer("Code sent", ex.BINDING_VALUE, 201)])
class Bindings(SeatedView):
    """Begin to bind a card: the bank checks name, identity number, card and mobile, and sends a code.

    `state` is sms_sent when the code is on its way, failed when the bank refused, created while its answer is not known yet: then read
    the binding again.
    """

    input_class = BindingInput
    output_class = BindingOut
    refusals = (
        Invalid,
        LimitReached,
        services.CardUnsupported,
        services.NameNotVerified,
        services.CardAlreadyBound,
        services.BindingBusy,
        ChannelBusy,
        *CHANNEL_REFUSALS,
    )
    elements: dict[str, str] | None = None

    def channel(self, request: Request, **url: str) -> str:
        sent = request.data if isinstance(request.data, dict) else {}
        return routes.signing(customer_id=caller_id(request), card_number=str(sent.get("card_number")), at=clock.now())

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> CardBinding:
        seats.require(self.seated)
        self.elements = data
        return services.start_binding(customer_id=caller_id(request), card_number=data["card_number"], mobile=data["mobile"], at=at)

    def proceed(self, row: CardBinding, *, at: Any) -> CardBinding:
        """An abandoned run has lost the card number: its binding is shown as it stands."""
        if self.elements is None:
            return row
        return calls.start(binding=row, card_number=self.elements["card_number"], mobile=self.elements["mobile"], at=at)

    def recall(self, resource: str) -> CardBinding:
        return queries.binding(caller_id(self.request), UUID(resource))


class OneBinding(View):
    """How far a binding of mine is."""

    output_class = BindingOut
    refusals = (NotFound,)

    @extend_schema(examples=[ex.answer("Waiting for the code", ex.BINDING_VALUE, 200)])
    def get(self, request: Request, binding_id: str) -> Response:
        return Response(self.shown(queries.binding(caller_id(request), parse_public_id(CardBinding.PREFIX, binding_id))))


@extend_schema(examples=[ex.CODE, ex.answer("Bound", ex.BOUND_VALUE, 201)])
class Confirmations(SeatedView):
    """Send the code of the bank's message. Three tries; `state` is verifying while the bank's answer is not known yet."""

    input_class = CodeInput
    output_class = BindingOut
    refusals = (NotFound, services.BindingOver, services.BindingBusy, ChannelBusy, *CHANNEL_REFUSALS)
    code: str | None = None

    def channel(self, request: Request, **url: str) -> str:
        return queries.binding(caller_id(request), parse_public_id(CardBinding.PREFIX, url["binding_id"])).channel_id

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> CardBinding:
        seats.require(self.seated)
        self.code = data["code"]
        binding_id = parse_public_id(CardBinding.PREFIX, url["binding_id"])
        return services.confirm_binding(customer_id=caller_id(request), binding_id=binding_id, at=at)

    def proceed(self, row: CardBinding, *, at: Any) -> CardBinding:
        return row if self.code is None else calls.confirm(binding=row, sms_code=self.code, at=at)

    def recall(self, resource: str) -> CardBinding:
        return queries.binding(caller_id(self.request), UUID(resource))


@extend_schema(request=None, examples=[ex.answer("Sent again", ex.BINDING_VALUE, 201)])
class Codes(OutboundEffectView):
    """Ask for another code, a minute after the last at the earliest."""

    output_class = BindingOut
    refusals = (NotFound, services.BindingOver, services.BindingBusy, services.BindingTooOften, *CHANNEL_REFUSALS)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> CardBinding:
        binding_id = parse_public_id(CardBinding.PREFIX, url["binding_id"])
        return services.resend_code(customer_id=caller_id(request), binding_id=binding_id, at=at)

    def proceed(self, row: CardBinding, *, at: Any) -> CardBinding:
        return calls.resend(binding=row, at=at)

    def recall(self, resource: str) -> CardBinding:
        return queries.binding(caller_id(self.request), UUID(resource))


@extend_schema(request=None, examples=[ex.answer("Unbound", ex.CARD_VALUE | {"state": "unbound", "is_default": False}, 201)])
class Unbindings(OutboundEffectView):
    """Take a card away. It cannot be used from here on; the bank is told to end its agreement."""

    before_consent = True
    output_class = CardOut
    refusals = (NotFound, queries.CardNotUsable, services.CardInUse, *CHANNEL_REFUSALS)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> Card:
        return services.unbind(customer_id=caller_id(request), card_id=parse_public_id(Card.PREFIX, url["card_id"]), at=at)

    def proceed(self, row: Card, *, at: Any) -> Card:
        return calls.unsign(card=row, at=at)

    def recall(self, resource: str) -> Card:
        return queries.card(caller_id(self.request), UUID(resource))


@extend_schema(request=None, examples=[ex.answer("Default", ex.CARD_VALUE, 201)])
class Defaults(EffectView):
    """Make a card the one used unless another is named."""

    output_class = CardOut
    refusals = (NotFound, queries.CardNotUsable)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> Card:
        return services.make_default(customer_id=caller_id(request), card_id=parse_public_id(Card.PREFIX, url["card_id"]), at=at)


@extend_schema(examples=[ex.NICKNAME, ex.answer("Named", ex.CARD_VALUE, 201)])
class Nicknames(EffectView):
    """Give a card a name of your own. Card numbers are refused."""

    input_class = NicknameInput
    output_class = CardOut
    refusals = (NotFound,)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> Card:
        card_id = parse_public_id(Card.PREFIX, url["card_id"])
        return services.rename(customer_id=caller_id(request), card_id=card_id, nickname=data["nickname"], at=at)


@extend_schema(examples=[ex.ORDER, ex.answer("Arranged", {"items": [ex.CARD_VALUE]}, 201)])
class Order(EffectView):
    """Put my cards in this order."""

    input_class = OrderInput
    output_class = CardsOut
    refusals = (Invalid, NotFound)

    def effect(self, request: Request, data: dict[str, Any], *, at: Any, **url: str) -> dict[str, list[Card]]:
        card_ids = [parse_public_id(Card.PREFIX, text) for text in data["card_ids"]]
        return {"items": services.arrange(customer_id=caller_id(request), card_ids=card_ids, at=at)}


class Banks(View):
    """The banks whose cards can be bound, what each kind of card may be used for and how much, and when they are closed."""

    output_class = BanksOut

    @extend_schema(operation_id="payments_banks_list", examples=[ex.BANKS])
    def get(self, request: Request) -> Response:
        at = clock.now()
        limits = queries.limits(channel=services.CHANNEL, on=clock.local_day(at))
        windows = queries.maintenance(channel=services.CHANNEL, at=at)
        return Response({"items": [BankOut(bank_row(bank, limits, windows)).data for bank in queries.supported_banks()]})


def bank_row(bank: Bank, limits: list[Any], windows: list[Any]) -> dict[str, Any]:
    """One bank with the limits of each kind and its own windows and those of the whole channel."""
    kinds = [{"kind": kind, "limits": [row for row in limits if row.bank_id == bank.code and row.kind == kind]} for kind in CardKind.values]
    return {
        "code": bank.code,
        "name": bank.name_zh if chinese() else bank.name_en,
        "kinds": [kind for kind in kinds if kind["limits"]],
        "maintenance": [window for window in windows if window.bank_code in ("", bank.code)],
    }

"""Whether a payout that one channel certainly did not do goes on at another, instead of waiting to be sent again."""

from datetime import datetime

from payments.channels.models import ChannelRequest, ErrorRule
from payments.channels.sockets import OUTCOMES, Rerouting
from payments.channels.states import Operation

NEXT_CHANNEL = ErrorRule.Action.NEXT_CHANNEL
LEADING_ON = (NEXT_CHANNEL, ErrorRule.Action.RETRY_SAME)


def leads_on(request: ChannelRequest, rule: ErrorRule | None, at: datetime) -> bool:
    """Whether a refusal read by `rule` ends this request for another channel to go on. Without a row it never does. Payments are told
    of `next_channel` alone, and their room looks for another then: a customer waits for them."""
    if request.operation != Operation.PAYOUT or rule is None or not rule.definite or rule.action not in LEADING_ON:
        return False
    room = OUTCOMES.get(request.business)
    return isinstance(room, Rerouting) and room.has_another(request=request, at=at)

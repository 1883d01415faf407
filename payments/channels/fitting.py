"""Which act fits a refund that its channel refused, by what the error map made of the refusal's code: a sentence an act."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.desk.acts import Act
from core.desk.shown import mono, table
from core.desk.sockets import Words
from payments.channels import queries
from payments.channels.rule_models import ErrorRule

Action = ErrorRule.Action
MAY_PASS = frozenset({Action.RETRY_SAME, Action.NEXT_CHANNEL})
"""Verdicts of refusals that time or the channel's mending takes away; the others stay as they are."""
AGAIN, BY_HAND, CREDIT, GIVE_UP = ("ask-again", "refund-again"), "paid-by-hand", "credit", "give-up"
"""Acts of refunds, top-ups and payment orders by their names."""
WHERE_IT_PASSES: dict[str, Words] = {
    **dict.fromkeys(AGAIN, _("Fits this code: the refusal passes. Wait until the channel is well, then ask again.")),
    BY_HAND: _("Not yet: ask again first. Fits when that was refused too; pay from the bank account first, then book it."),
    CREDIT: _("Not yet: ask again first. Fits when the customer would rather have the money in the balance; ask them."),
    GIVE_UP: _("Does not fit this code: the channel can still pay it. Only where merchant and payer agree that nothing goes back."),
}
WHERE_IT_STAYS: dict[str, Words] = {
    **dict.fromkeys(AGAIN, _("Fits only once the cause behind the code is gone, as the channel says: else it is refused again.")),
    BY_HAND: _("Fits this code: the channel will not pay it. Pay from the bank account first, then book it with the bank's reference."),
    CREDIT: _("Fits this code where the customer takes the money in the balance; ask them."),
    GIVE_UP: _("Only where merchant and payer agree that nothing goes back: the payer gets nothing, and the merchant keeps the money."),
}


def fitting(request_id: UUID | None, acts: Iterable[Act]) -> SafeString | str:
    """What the acts are for after the refusal of this request; a dash where it was not refused."""
    request = None if request_id is None else queries.request(request_id)
    if request is None or request.state != "failed":
        return "-"
    said = WHERE_IT_PASSES if request.verdict in MAY_PASS else WHERE_IT_STAYS
    heading = format_html("{} {}", mono(request.code), request.get_verdict_display())
    return table((_("Act"), heading), ((act.title, said[act.name]) for act in acts))

"""The lives of an application, a policy, its premiums, the money that goes back, and a claim, as tables.

Application:
| from      | to        | when |
| --------- | --------- | ---- |
| quoted    | accepted, referred, declined | it was handed in: the rules of its product decide, or leave it to a person |
| referred  | accepted, declined | a person decided |
| accepted  | ordered   | an order of it is made; it serves no other |
| ordered   | accepted  | that order came to nothing |
| ordered   | issued    | the insurer confirmed: there is a policy |
| quoted, accepted | expired | its days are over (an ordered one waits for its order) |

Policy:
| from       | to         | when |
| ---------- | ---------- | ---- |
| cooling_off | in_force  | the days to think it over are over |
| in_force   | grace      | a premium was not paid on its day |
| grace      | in_force   | all that is due is paid |
| grace      | lapsed     | the days of grace of the oldest premium are over |
| lapsed     | in_force   | reinstated: all that is due was paid within the days for it |
| lapsed     | ended      | those days are over, nothing is left to pay back, and no claim is under way |
| cooling_off, in_force, grace, lapsed | ending | its end was asked of the insurer: withdrawn, surrendered, or ended for good |
| ending     | withdrawn, surrendered, ended | the insurer agreed, and the money is back |
| ending     | cooling_off, in_force, grace, lapsed | the insurer did not: it is what it was |
| in_force   | matured    | its last day is over |
| cooling_off, in_force, grace, lapsed | claimed | claims have used its whole cover up |

Premium: open -> paid (the customer's money is with us) -> asked (the insurer was told) -> booked (W2i); asked -> paid when the insurer did
not take it. open -> void when its policy ends.

Payout: waiting -> asked -> paid | refused.

Claim: open -> approved (two people, for an amount) -> asked (the insurer) -> paid | open again where more is still to decide; open ->
declined (two people); asked -> declined (the insurer); open -> withdrawn (the customer).
"""

from django.db import models

from core.moves import Moves


class ApplicationState(models.TextChoices):
    QUOTED = "quoted"
    REFERRED = "referred"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ORDERED = "ordered"
    ISSUED = "issued"
    EXPIRED = "expired"


class PolicyState(models.TextChoices):
    COOLING_OFF = "cooling_off"
    IN_FORCE = "in_force"
    GRACE = "grace"
    LAPSED = "lapsed"
    ENDING = "ending"
    WITHDRAWN = "withdrawn"
    SURRENDERED = "surrendered"
    ENDED = "ended"
    MATURED = "matured"
    CLAIMED = "claimed"


class PremiumState(models.TextChoices):
    OPEN = "open"
    PAID = "paid"
    ASKED = "asked"
    BOOKED = "booked"
    VOID = "void"


class PaymentState(models.TextChoices):
    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"


class PayoutKind(models.TextChoices):
    """Why the insurer gives money back; the first three end the policy."""

    COOLING_OFF = "cooling_off"
    SURRENDER = "surrender"
    AFTER_LAPSE = "after_lapse"
    CLAIM = "claim"


class PayoutState(models.TextChoices):
    WAITING = "waiting"
    ASKED = "asked"
    PAID = "paid"
    REFUSED = "refused"


class ClaimState(models.TextChoices):
    OPEN = "open"
    APPROVED = "approved"
    ASKED = "asked"
    PAID = "paid"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


A, P, R, C = ApplicationState, PolicyState, PremiumState, ClaimState
APPLICATION_MOVES = Moves(
    A,
    {
        A.QUOTED: {A.ACCEPTED, A.REFERRED, A.DECLINED, A.EXPIRED},
        A.REFERRED: {A.ACCEPTED, A.DECLINED},
        A.ACCEPTED: {A.ORDERED, A.EXPIRED},
        A.ORDERED: {A.ACCEPTED, A.ISSUED},
    },
)
POLICY_MOVES = Moves(
    P,
    {
        P.COOLING_OFF: {P.IN_FORCE, P.ENDING, P.CLAIMED},
        P.IN_FORCE: {P.GRACE, P.ENDING, P.MATURED, P.CLAIMED},
        P.GRACE: {P.IN_FORCE, P.LAPSED, P.ENDING, P.CLAIMED},
        P.LAPSED: {P.IN_FORCE, P.ENDED, P.ENDING, P.CLAIMED},
        P.ENDING: {P.WITHDRAWN, P.SURRENDERED, P.ENDED, P.COOLING_OFF, P.IN_FORCE, P.GRACE, P.LAPSED},
    },
)
PREMIUM_MOVES = Moves(R, {R.OPEN: {R.PAID, R.VOID}, R.PAID: {R.ASKED}, R.ASKED: {R.BOOKED, R.PAID}})
PAYMENT_MOVES = Moves(PaymentState, {PaymentState.OPEN: {PaymentState.PAID, PaymentState.CLOSED}})
PAYOUT_MOVES = Moves(PayoutState, {PayoutState.WAITING: {PayoutState.ASKED}, PayoutState.ASKED: {PayoutState.PAID, PayoutState.REFUSED}})
CLAIM_MOVES = Moves(
    C,
    {
        C.OPEN: {C.APPROVED, C.DECLINED, C.WITHDRAWN},
        C.APPROVED: {C.ASKED},
        C.ASKED: {C.PAID, C.OPEN, C.DECLINED},
    },
)
COVERED = (PolicyState.COOLING_OFF, PolicyState.IN_FORCE, PolicyState.GRACE)
"""The insurer answers for what happens now."""
RUNNING = (*COVERED, PolicyState.LAPSED)
CLAIMABLE = (*RUNNING, PolicyState.ENDED, PolicyState.MATURED)
"""What happened on a day that was covered is still claimed; a policy that was given up is settled by what it gave back."""
ALIVE = (*RUNNING, PolicyState.ENDING)
COLLECTING = (PolicyState.IN_FORCE, PolicyState.GRACE)
"""Premiums are taken from the balance."""
ENDS_AS = {
    PayoutKind.COOLING_OFF: PolicyState.WITHDRAWN,
    PayoutKind.SURRENDER: PolicyState.SURRENDERED,
    PayoutKind.AFTER_LAPSE: PolicyState.ENDED,
}
CLAIM_UNDER_WAY = (ClaimState.OPEN, ClaimState.APPROVED, ClaimState.ASKED)
PAYOUT_UNDER_WAY = (PayoutState.WAITING, PayoutState.ASKED)

"""What becomes of a lot, of a part that is set aside, and the words of both.

| from     | to       | when | journal |
| -------- | -------- | ---- | ------- |
| held     | maturing | its day came (end of day) | |
| maturing | matured  | principal and interest are paid | W10, then the payout |
| maturing | rolled   | what its instruction says is in a new lot | W11, and W10 with the payout for what is paid |
| held, maturing | exited | the last part was taken early | W4 |
| held     | transferred | the last part was sold to another customer | T2, by the room of transfers |

A lot with a part set aside waits in `maturing` for that part. A part: frozen -> taken | free.
"""

from django.db import models

from core.moves import Moves


class LotState(models.TextChoices):
    HELD = "held"
    MATURING = "maturing"
    MATURED = "matured"
    ROLLED = "rolled"
    EXITED = "exited"
    TRANSFERRED = "transferred"


class Origin(models.TextChoices):
    ORDER = "order"
    ROLLED = "rolled"
    TRANSFER = "transfer"


class Instruction(models.TextChoices):
    PAY_OUT = "pay_out"
    ROLL_PRINCIPAL = "roll_principal"
    ROLL_ALL = "roll_all"


class LotMove(models.TextChoices):
    BUY = "buy"
    EXIT = "exit"
    MATURE = "mature"
    ROLL_OUT = "roll_out"
    ROLL_IN = "roll_in"
    SELL = "sell"
    RECEIVE = "receive"


class PartState(models.TextChoices):
    FROZEN = "frozen"
    TAKEN = "taken"
    FREE = "free"


LOT_MOVES = Moves(
    LotState,
    {
        LotState.HELD: {LotState.MATURING, LotState.EXITED, LotState.TRANSFERRED},
        LotState.MATURING: {LotState.MATURED, LotState.ROLLED, LotState.EXITED},
    },
)
PART_MOVES = Moves(PartState, {PartState.FROZEN: {PartState.TAKEN, PartState.FREE}})
OPEN = (LotState.HELD, LotState.MATURING)
ENDED = (LotState.MATURED, LotState.ROLLED, LotState.EXITED, LotState.TRANSFERRED)

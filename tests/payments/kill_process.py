"""A process that does one act and is to be killed where it is told to stop (`tests.payments.killing`).

Arguments: the act (one of ACTS), where to stop, the act's facts as JSON, the bank's address. Where: the dotted name of a function; with
`+` before it the call is let through first; `*3` behind it: at its third call. Prints `there` when it is reached.
"""

import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import django
import orjson

django.setup()

from django.conf import settings  # noqa: E402  (Django is set up first)

from core.approvals.services import applying  # noqa: E402
from core.business_day.end_of_day import catch_up  # noqa: E402
from core.clock import queries as clock  # noqa: E402
from payments.cards import calls  # noqa: E402
from payments.cards.models import CardBinding  # noqa: E402
from payments.channels import services as channels  # noqa: E402
from payments.disputes.services import deciding, opening  # noqa: E402
from payments.disputes.services.opening import NewDispute  # noqa: E402
from payments.merchants import queries as merchants  # noqa: E402
from payments.notices import sending  # noqa: E402
from payments.qr import outbound as qr  # noqa: E402
from payments.qr.services import charging  # noqa: E402
from payments.reconciliation import services as reconciliation  # noqa: E402
from payments.splits.services import splitting  # noqa: E402
from payments.splits.services.splitting import NewSplit  # noqa: E402
from tests.payments.qr.world import wanted  # noqa: E402

NEVER = 3600
PEOPLE = {"maker": "staff:mary", "checker": "staff:carl"}


def stop_at(where: str) -> None:
    """Put a wait for the end in a function's place, or behind it."""
    name, _, times = where.removeprefix("+").partition("*")
    module, _, function = name.rpartition(".")
    original: Callable[..., Any] = getattr(import_module(module), function)
    calls_left = int(times or 1)

    def stand_in(*words: Any, **facts: Any) -> Any:
        nonlocal calls_left
        calls_left -= 1
        done = original(*words, **facts) if calls_left or where.startswith("+") else None
        if not calls_left:
            print("there", flush=True)  # noqa: T201
            time.sleep(NEVER)
        return done

    setattr(import_module(module), function, stand_in)


def sign_start(*, binding: str, number: str, mobile: str, at: str) -> None:
    row = CardBinding.objects.get(pk=binding)
    calls.start(binding=row, card_number=number, mobile=mobile, at=datetime.fromisoformat(at))


def sign_confirm(*, binding: str, code: str, at: str) -> None:
    calls.confirm(binding=CardBinding.objects.get(pk=binding), sms_code=code, at=datetime.fromisoformat(at))


def charge(*, app: str, auth_code: str, number: str, fen: int) -> None:
    order = wanted(fen, out_trade_no=number)
    code = charging.charge(app=merchants.app(UUID(app)), auth_code=auth_code, wanted=order, at=clock.now())
    qr.ask(code_id=code.id, at=clock.now())


def reverse(*, app: str, number: str) -> None:
    code = charging.reverse(app=merchants.app(UUID(app)), out_trade_no=number, at=clock.now())
    qr.undo(code_id=code.id, at=clock.now())


def send(*, request: str) -> None:
    channels.send(request_id=UUID(request), at=clock.now())


def dispute(*, order: str) -> None:
    claim = NewDispute(kind="not_received", words="Nothing has arrived.", opened_by="payer", opener="cus_test")
    opening.open_dispute(order_id=UUID(order), wanted=claim, at=clock.now())


def lose(*, dispute: str) -> None:
    with applying(deciding.LOSE, **PEOPLE):
        deciding.lose(dispute_id=UUID(dispute), verdict="It never came.", at=clock.now())


def split(*, app: str, order: str, receiver: str, fen: int, number: str) -> None:
    parts = NewSplit(number, ((UUID(receiver), fen),), "two cups")
    splitting.split(app=merchants.app(UUID(app)), order_id=UUID(order), wanted=parts, at=clock.now())


def split_back(*, merchant: str, split: str, receiver: str, fen: int, number: str) -> None:
    who = {"merchant_id": UUID(merchant), "split_id": UUID(split), "receiver_id": UUID(receiver)}
    splitting.give_back(**who, amount_fen=fen, out_return_no=number, at=clock.now())


def end_day(*, at: str) -> None:
    catch_up(at=datetime.fromisoformat(at))


def deliver() -> None:
    sending.deliver_due(now=clock.now, most_s=30)


def reconcile(*, channel: str, day: str) -> None:
    """A line at a time."""
    reconciliation.CHUNK = 1
    reconciliation.reconcile(channel=channel, day=date.fromisoformat(day), at=clock.now())


ACTS: dict[str, Callable[..., None]] = {
    act.__name__: act
    for act in (sign_start, sign_confirm, charge, reverse, send, dispute, lose, split, split_back, end_day, deliver, reconcile)
}

if __name__ == "__main__":
    what, place, told, settings.SANDBOX_BANK_URL = sys.argv[1:]
    stop_at(place)
    ACTS[what](**orjson.loads(told))

"""A process that does one step of an order and is to be killed inside it, nothing of the step committed.

Arguments: the step ("submit", "pay_cash", "redeem"), its facts as JSON. Prints `there` when it is reached.
"""

import sys
import time
from datetime import datetime
from typing import Any
from uuid import UUID

import django
import orjson

django.setup()

from wealth.orders.services import asking, ending, redeeming  # noqa: E402  (Django is set up first)

NEVER = 3600


def stop_after(module: Any, name: str) -> None:
    """Let the call through and wait for the end behind it."""
    original = getattr(module, name)

    def stand_in(*words: Any, **facts: Any) -> Any:
        done = original(*words, **facts)
        print("there", flush=True)  # noqa: T201
        time.sleep(NEVER)
        return done

    setattr(module, name, stand_in)


facts = orjson.loads(sys.argv[2])
at = datetime.fromisoformat(facts["at"])
match sys.argv[1]:
    case "submit":
        stop_after(asking, "ask_issuer")
        asking.submit(order_id=UUID(facts["order"]), at=at)
    case "pay_cash":
        stop_after(ending.ledger, "post")
        ending.pay_cash(order_id=UUID(facts["order"]), at=at)
    case "redeem":
        stop_after(redeeming.ledger, "post")
        redeeming.redeem(customer_id=UUID(facts["customer"]), product_id=UUID(facts["product"]), units_fen=facts["units"], fast=True, at=at)

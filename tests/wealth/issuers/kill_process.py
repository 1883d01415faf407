"""A process that sends one request and is to be killed on its way: arguments are the function of `sending` to stop at, the request's id and
the issuer's address. Prints `there` when it is reached."""

import sys
import time
from typing import Any
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402  (Django is set up first)

from tests.wealth.issuers.world import MONDAY, on  # noqa: E402
from wealth.issuers.services import sending  # noqa: E402

NEVER = 3600


def stop(*_words: Any, **_facts: Any) -> None:
    print("there", flush=True)  # noqa: T201
    time.sleep(NEVER)


if __name__ == "__main__":
    where, request, settings.SANDBOX_ISSUER_URL = sys.argv[1:]
    setattr(sending, where, stop)
    sending.send(request_id=UUID(request), at=on(MONDAY))

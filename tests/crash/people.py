"""Run inside a stack: makes two customers and money by the services, and prints what a client needs, as JSON.

`python -m tests.crash.people COUNT`: tokens and COUNT single-use proofs for transfers of one yuan from the first to the second.
"""

import json
import sys
import uuid

import django

django.setup()

from accounts.identity.models import Customer  # noqa: E402  (needs Django)
from core.business_day import services as business_day  # noqa: E402
from core.clock import queries as clock  # noqa: E402
from tests import factories  # noqa: E402
from tests.payments.wallet.world import fund  # noqa: E402

AMOUNT_FEN, FUNDS_FEN = 100, 100_000


def main(count: int) -> None:
    at = clock.now()
    business_day.open_first_day(at=at)
    payer, payee = factories.customer(at=at, pin=factories.PIN), factories.customer(at=at)
    fund(payer, FUNDS_FEN)
    opened = factories.open_session(payer, at=at)
    facts = {
        "payer_token": opened.access_token,
        "payee_token": factories.login(payee, at=at),
        "payee": payee.public_id,
        "proofs": [prepared(payer, opened.session, payee) for _ in range(count)],
    }
    sys.stdout.write(json.dumps(facts))


def prepared(payer: Customer, session: object, payee: Customer) -> dict[str, str]:
    nonce = uuid.uuid4().hex
    facts = {"purpose": "transfer", "amount_fen": AMOUNT_FEN, "payee": payee.public_id, "nonce": nonce}
    return {"key": nonce, "proof": factories.proof(payer, session, **facts)}


if __name__ == "__main__":
    main(int(sys.argv[1]))

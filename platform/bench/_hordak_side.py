"""django-hordak's side of the comparison: its own settings and database on the same server. Prints bare transfers a second, and payments:
transfers that may not exceed the payer's balance and know both balances after, on accounts with `history` legs each."""

import secrets
import sys
import time
from urllib.parse import urlsplit

import django
import psycopg
from django.conf import settings
from django.core.management import call_command

address, seconds, history = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
parts = urlsplit(address)
name = f"hordak_{history}"
with psycopg.connect(address.rsplit("/", 1)[0] + "/postgres", autocommit=True) as server:
    if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
        server.execute(f"CREATE DATABASE {name}")
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": name, "USER": parts.username, "PASSWORD": parts.password,
            "HOST": parts.hostname, "PORT": parts.port, "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True, SECRET_KEY=secrets.token_urlsafe(), HORDAK_CURRENCIES=["EUR"],
    HORDAK_DEFAULT_CURRENCY="EUR",
)  # fmt: skip
django.setup()
call_command("migrate", verbosity=0)

from collections.abc import Callable  # noqa: E402

from django.db import connection, transaction  # noqa: E402
from hordak.models import Account, Leg  # noqa: E402
from moneyed import Money  # noqa: E402

ACCOUNTS = 20
ONE = Money(1, "EUR")
HISTORY = """
WITH made AS (
  INSERT INTO hordak_transaction (uuid, timestamp, date, description) SELECT gen_random_uuid(), now(), current_date, ''
  FROM generate_series(1, %s) RETURNING id
), numbered AS (SELECT id, row_number() OVER () AS n FROM made)
INSERT INTO hordak_leg (uuid, transaction_id, account_id, currency, credit, debit, description)
SELECT gen_random_uuid(), id, (%s::bigint[])[1 + (n + side * 7) %% %s], 'EUR',
  CASE WHEN side = 0 THEN 2 END, CASE WHEN side = 1 THEN 2 END, ''
FROM numbered, generate_series(0, 1) AS side
"""


def accounts_with_history() -> list[Account]:
    """ACCOUNTS accounts with `history` legs each and far more money than the payments take; made once."""
    found = list(Account.objects.order_by("id")[:ACCOUNTS])
    if found:
        return found
    made = [Account.objects.create(name=f"Account {n}", code=str(n), type="AS", currencies=["EUR"]) for n in range(ACCOUNTS)]
    source = Account.objects.create(name="Source", code="99", type="AS", currencies=["EUR"])
    for account in made:
        source.transfer_to(account, Money(10**9, "EUR"))
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, [history * ACCOUNTS // 2, [account.id for account in made], ACCOUNTS])
        cursor.execute("ANALYZE hordak_leg")
    return made


def bare(payer: Account, payee: Account) -> None:
    payer.transfer_to(payee, ONE)


def payment(payer: Account, payee: Account) -> None:
    """What one ledger.post answers for: no overdraft, and both balances after."""
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(id=payer.id)
        assert locked.get_simple_balance() >= ONE
        locked.transfer_to(payee, ONE)
        assert locked.get_simple_balance() + payee.get_simple_balance() > ONE


def per_second(act: Callable[[Account, Account], None]) -> float:
    for turn in range(3):
        act(accounts[turn], accounts[turn + 1])
    done = 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        act(accounts[done % ACCOUNTS], accounts[(done + 7) % ACCOUNTS])
        done += 1
    return done / (time.perf_counter() - start)


accounts = accounts_with_history()
assert Leg.objects.filter(account=accounts[0]).count() >= history
sys.stdout.write(f"{per_second(bare):.1f} {per_second(payment):.1f}\n")

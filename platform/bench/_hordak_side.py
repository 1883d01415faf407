"""django-hordak's side of the comparison: its own settings and database on the same server. Prints transfers a second."""

import secrets
import sys
import time
from urllib.parse import urlsplit

import django
import psycopg
from django.conf import settings
from django.core.management import call_command

address, seconds = sys.argv[1], float(sys.argv[2])
parts = urlsplit(address)
with psycopg.connect(address.rsplit("/", 1)[0] + "/postgres", autocommit=True) as server:
    if server.execute("SELECT 1 FROM pg_database WHERE datname = 'bench_hordak'").fetchone() is None:
        server.execute("CREATE DATABASE bench_hordak")
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": "bench_hordak", "USER": parts.username, "PASSWORD": parts.password,
            "HOST": parts.hostname, "PORT": parts.port, "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True, SECRET_KEY=secrets.token_urlsafe(), HORDAK_CURRENCIES=["EUR"],
    HORDAK_DEFAULT_CURRENCY="EUR",
)  # fmt: skip
django.setup()
call_command("migrate", verbosity=0)

from hordak.models import Account  # noqa: E402
from moneyed import Money  # noqa: E402

accounts = list(Account.objects.all()[:20]) or [
    Account.objects.create(name=f"Account {n}", code=str(n), type="LI", currencies=["EUR"]) for n in range(20)
]
for turn in range(5):
    accounts[turn].transfer_to(accounts[turn + 1], Money(1, "EUR"))
done = 0
start = time.perf_counter()
while time.perf_counter() - start < seconds:
    accounts[done % 20].transfer_to(accounts[(done + 7) % 20], Money(1, "EUR"))
    done += 1
sys.stdout.write(f"{done / (time.perf_counter() - start):.1f}\n")

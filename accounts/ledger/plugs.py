"""What the ledger plugs in: its own books, and keeping the books' rows after every migration (and every emptied test database)."""

from typing import Any

from django.apps import apps as floors
from django.db.models.signals import post_migrate

from accounts.ledger import books
from accounts.ledger.sockets import BOOKS

BOOKS.plug("accounts.ledger", books.GROUND)


def install_books(*, apps: Any = floors, **_: Any) -> None:
    """Runs once every floor has plugged its books; a database migrated back to before the ledger has no tables for them.
    Django's `flush` sends the same signal without `apps`."""
    if "ledgerasset" in apps.all_models["accounts"]:
        books.install()


post_migrate.connect(install_books, sender=floors.get_app_config("accounts"), dispatch_uid="accounts.ledger.books")

"""Calls to the outside and transactions do not mix."""

from django.db import transaction


class InsideTransaction(RuntimeError):
    """A call to the outside was made inside a database transaction: a programming error."""


def refuse_inside_transaction() -> None:
    if transaction.get_connection().in_atomic_block:
        raise InsideTransaction("issuers are called outside any transaction")

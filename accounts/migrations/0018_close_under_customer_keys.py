"""Personal columns under each customer's own key, batch by batch, each its own transaction: a run that was cut off goes on.

A closed account's columns are empty already; it gets the row of a destroyed key, so that none is ever made for it.
"""

from django.db import connection, migrations

from core.crypto.rotation import Column, rotate

OWNED = [
    ("accounts_customer", "phone", "id"),
    ("accounts_realname", "name", "customer_id"),
    ("accounts_realname", "id_number", "customer_id"),
    ("accounts_realnamecheck", "name", "customer_id"),
    ("accounts_realnamecheck", "id_number", "customer_id"),
    ("accounts_dataexport", "archive", "customer_id"),
]
CLOSED = """
    INSERT INTO accounts_customerkey (customer_id, wrapped, created_at, destroyed_at)
    SELECT id, NULL, created_at, changed_at FROM accounts_customer WHERE state = 'closed' ON CONFLICT DO NOTHING
"""


def close(apps, schema_editor):
    with connection.cursor() as cursor:
        cursor.execute(CLOSED)
    for table, column, owner in OWNED:
        rotate(Column(table, column, "id", owner))


def back(apps, schema_editor):
    """Under the master keys again, before the customers' keys go."""
    for table, column, _ in OWNED:
        rotate(Column(table, column))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0017_customer_keys")]
    operations = [migrations.RunPython(close, back)]

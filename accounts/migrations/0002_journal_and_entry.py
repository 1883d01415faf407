import django.contrib.postgres.fields
from django.db import migrations, models

from accounts.ledger.sql import load

DROP_TABLES = """
DROP TABLE ledger_entry;
DROP TABLE ledger_journal;
DROP FUNCTION ledger_make_month(date);
DROP FUNCTION ledger_first_id(timestamptz);
DROP FUNCTION ledger_refuse_change();
DROP FUNCTION ledger_balanced(uuid[], bigint[], varchar[]);
"""
MONTHS = "SELECT ledger_make_month((date_trunc('month', now()) + ahead * interval '1 month')::date) FROM generate_series(0, 3) AS ahead"


class Migration(migrations.Migration):
    """Journal and entry are made by SQL, since Django cannot declare partitions; the state knows them as models."""

    dependencies = [("accounts", "0001_schema")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Journal',
                    fields=[
                        ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ('event', models.CharField(max_length=64)),
                        ('business_on', models.DateField()),
                        ('effective_on', models.DateField()),
                        ('posted_at', models.DateTimeField()),
                        ('accounts', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                        ('amounts', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('assets', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), size=None)),
                        ('reference', models.CharField(blank=True, default='', max_length=120)),
                        ('reverses', models.UUIDField(blank=True, null=True)),
                        ('hold_id', models.UUIDField(blank=True, null=True)),
                        ('metadata', models.JSONField(blank=True, null=True)),
                        ('transaction', models.BigIntegerField(editable=False)),
                        ('shard', models.SmallIntegerField()),
                    ],
                    options={
                        'db_table': 'ledger_journal',
                    },
                ),
                migrations.CreateModel(
                    name='Entry',
                    fields=[
                        ('pk', models.CompositePrimaryKey('account_id', 'sub', 'posted_at', 'version', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('account_id', models.UUIDField()),
                        ('journal_id', models.UUIDField()),
                        ('amount', models.BigIntegerField()),
                        ('balance_after', models.BigIntegerField()),
                        ('version', models.BigIntegerField()),
                        ('posted_at', models.DateTimeField()),
                        ('business_on', models.DateField()),
                        ('effective_on', models.DateField()),
                        ('sub', models.SmallIntegerField()),
                        ('leg', models.SmallIntegerField()),
                    ],
                    options={
                        'db_table': 'ledger_entry',
                    },
                ),
            ],
            database_operations=[migrations.RunSQL(load("journal_tables"), DROP_TABLES)],
        ),
        migrations.RunSQL(MONTHS, migrations.RunSQL.noop),
    ]

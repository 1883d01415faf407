"""The tables of the ledger, its partitions by month and its guards."""

import core.create_models
import core.ids
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.operations
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
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

    # The floor's first and its last: a database that stopped between them is refused (ADR 22).
    replaces = [
        ("accounts", "0001_schema"),
        ("accounts", "0002_journal_and_entry"),
        ("accounts", "0008_capture_all"),
    ]

    dependencies = [
        ('accounts', '0009_customers'),
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(),
        core.create_models.CreateModels(
            models=[
                migrations.CreateModel(
                    name='EventType',
                    fields=[
                        ('event', models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ('name_en', models.CharField(max_length=80)),
                        ('name_zh', models.CharField(max_length=80)),
                        ('forced', models.BooleanField(default=False)),
                        ('passes_freeze', models.BooleanField(default=False)),
                    ],
                    options={
                        'db_table': 'ledger_event',
                    },
                ),
                migrations.CreateModel(
                    name='PendingLeg',
                    fields=[
                        ('pk', models.CompositePrimaryKey('account_id', 'journal_id', 'leg', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('account_id', models.UUIDField()),
                        ('journal_id', models.UUIDField()),
                        ('leg', models.SmallIntegerField()),
                        ('amount', models.BigIntegerField()),
                        ('business_on', models.DateField()),
                        ('effective_on', models.DateField()),
                        ('posted_at', models.DateTimeField()),
                        ('reference', models.CharField(blank=True, default='', max_length=120)),
                    ],
                    options={
                        'db_table': 'ledger_pending',
                    },
                ),
                migrations.CreateModel(
                    name='PeriodClose',
                    fields=[
                        ('through_on', models.DateField(primary_key=True, serialize=False)),
                        ('closed_at', models.DateTimeField()),
                        ('actor', models.CharField(max_length=160)),
                        ('proposed_by', models.CharField(blank=True, default='', max_length=160)),
                    ],
                    options={
                        'db_table': 'ledger_periodclose',
                    },
                ),
                migrations.CreateModel(
                    name='Reversal',
                    fields=[
                        ('reverses', models.UUIDField(primary_key=True, serialize=False)),
                        ('journal_id', models.UUIDField()),
                    ],
                    options={
                        'db_table': 'ledger_reversal',
                    },
                ),
                migrations.CreateModel(
                    name='RolledDay',
                    fields=[
                        ('pk', models.CompositePrimaryKey('day', 'shard', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('day', models.DateField()),
                        ('shard', models.SmallIntegerField()),
                        ('rolled_at', models.DateTimeField()),
                        ('unbroken', models.BooleanField(default=False)),
                    ],
                    options={
                        'db_table': 'ledger_rolledday',
                        'indexes': [models.Index(condition=models.Q(('unbroken', True)), fields=['shard', 'day'], name='ledger_rolledday_unbroken')],
                    },
                ),
                migrations.CreateModel(
                    name='SealManifest',
                    fields=[
                        ('day', models.DateField(primary_key=True, serialize=False)),
                        ('journals', models.BigIntegerField()),
                        ('legs', models.BigIntegerField()),
                        ('debits', models.JSONField()),
                        ('last_block', models.BigIntegerField()),
                        ('root_hash', models.BinaryField()),
                        ('made_at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'ledger_sealmanifest',
                    },
                ),
                migrations.CreateModel(
                    name='AccountRole',
                    fields=[
                        ('role', models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ('kind', models.CharField(choices=[('asset', 'Asset'), ('liability', 'Liability'), ('equity', 'Equity'), ('income', 'Income'), ('expense', 'Expense')], max_length=9)),
                        ('name_en', models.CharField(max_length=80)),
                        ('name_zh', models.CharField(max_length=80)),
                        ('mode', models.CharField(choices=[('sync', 'Sync'), ('buffered', 'Buffered'), ('sharded', 'Sharded')], default='sync', max_length=8)),
                        ('subs', models.SmallIntegerField(default=1)),
                        ('floor', models.BigIntegerField(blank=True, null=True)),
                        ('ceiling', models.BigIntegerField(blank=True, null=True)),
                        ('hold_overdraft', models.BooleanField(default=False)),
                        ('clearing', models.BooleanField(default=False)),
                    ],
                    options={
                        'db_table': 'ledger_role',
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['asset', 'liability', 'equity', 'income', 'expense'])), name='ledger_role_kind'), models.CheckConstraint(condition=models.Q(models.Q(('mode', 'sync'), ('subs', 1)), models.Q(('mode', 'buffered'), ('subs', 1)), models.Q(('mode', 'sharded'), ('subs__gte', 2), ('subs__lte', 64)), _connector='OR'), name='ledger_role_mode'), models.CheckConstraint(condition=models.Q(('mode', 'sync'), models.Q(('ceiling', None), ('floor', None), ('hold_overdraft', False)), _connector='OR'), name='ledger_role_bounds'), models.CheckConstraint(condition=models.Q(('clearing', False), ('mode', 'buffered'), _connector='OR'), name='ledger_role_clearing')],
                    },
                ),
                migrations.CreateModel(
                    name='GLCode',
                    fields=[
                        ('code', models.CharField(max_length=16, primary_key=True, serialize=False)),
                        ('kind', models.CharField(choices=[('asset', 'Asset'), ('liability', 'Liability'), ('equity', 'Equity'), ('income', 'Income'), ('expense', 'Expense')], max_length=9)),
                        ('name_en', models.CharField(max_length=80)),
                        ('name_zh', models.CharField(max_length=80)),
                    ],
                    options={
                        'db_table': 'ledger_glcode',
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['asset', 'liability', 'equity', 'income', 'expense'])), name='ledger_glcode_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='GLTotal',
                    fields=[
                        ('pk', models.CompositePrimaryKey('day', 'shard', 'gl_code', 'role', 'asset', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('day', models.DateField()),
                        ('shard', models.SmallIntegerField()),
                        ('gl_code', models.CharField(max_length=16)),
                        ('role', models.CharField(max_length=64)),
                        ('asset', models.CharField(max_length=16)),
                        ('debit', models.BigIntegerField(default=0)),
                        ('credit', models.BigIntegerField(default=0)),
                    ],
                    options={
                        'db_table': 'ledger_gltotal',
                        'constraints': [models.CheckConstraint(condition=models.Q(('credit__gte', 0), ('debit__gte', 0)), name='ledger_gltotal_sides')],
                    },
                ),
                migrations.CreateModel(
                    name='Hold',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('account_id', models.UUIDField()),
                        ('amount', models.BigIntegerField()),
                        ('captured', models.BigIntegerField(blank=True, null=True)),
                        ('state', models.CharField(choices=[('open', 'Open'), ('captured', 'Captured'), ('released', 'Released'), ('expired', 'Expired')], default='open', max_length=8)),
                        ('expires_at', models.DateTimeField()),
                        ('reference', models.CharField(blank=True, default='', max_length=120)),
                        ('journal_id', models.UUIDField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'ledger_hold',
                        'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['shard', 'expires_at'], name='ledger_hold_due'), models.Index(condition=models.Q(('state', 'open')), fields=['account_id', 'id'], name='ledger_hold_account')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='ledger_hold_amount'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'captured', 'released', 'expired'])), name='ledger_hold_state'), models.CheckConstraint(condition=models.Q(models.Q(('captured__isnull', False), ('state', 'captured'), ('captured__gte', 0), ('captured__lte', models.F('amount'))), models.Q(models.Q(('state', 'captured'), _negated=True), ('captured', None)), _connector='OR'), name='ledger_hold_captured')],
                    },
                ),
                migrations.CreateModel(
                    name='LedgerAsset',
                    fields=[
                        ('code', models.CharField(max_length=16, primary_key=True, serialize=False)),
                        ('scale', models.SmallIntegerField()),
                        ('name_en', models.CharField(max_length=80)),
                        ('name_zh', models.CharField(max_length=80)),
                    ],
                    options={
                        'db_table': 'ledger_asset',
                        'constraints': [models.CheckConstraint(condition=models.Q(('scale__gte', 0), ('scale__lte', 8)), name='ledger_asset_scale'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z][A-Z0-9._-]{0,15}$')), name='ledger_asset_code')],
                    },
                ),
                migrations.CreateModel(
                    name='LedgerBalance',
                    fields=[
                        ('pk', models.CompositePrimaryKey('account_id', 'sub', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('account_id', models.UUIDField()),
                        ('posted', models.BigIntegerField(default=0)),
                        ('held', models.BigIntegerField(default=0)),
                        ('version', models.BigIntegerField(default=0)),
                        ('shortfall', models.BigIntegerField(default=0)),
                        ('floor', models.BigIntegerField(blank=True, null=True)),
                        ('ceiling', models.BigIntegerField(blank=True, null=True)),
                        ('sub', models.SmallIntegerField(default=0)),
                        ('subs', models.SmallIntegerField(default=1)),
                        ('blocked', models.SmallIntegerField(default=0)),
                        ('mode', models.CharField(default='s', max_length=1)),
                        ('hold_overdraft', models.BooleanField(default=False)),
                        ('asset', models.CharField(max_length=16)),
                    ],
                    options={
                        'db_table': 'ledger_balance',
                        'constraints': [models.CheckConstraint(condition=models.Q(('floor', None), ('posted__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('floor'), '+', models.F('held')), '-', models.F('shortfall'))), _connector='OR'), name='ledger_balance_floor'), models.CheckConstraint(condition=models.Q(('ceiling', None), ('posted__lte', models.F('ceiling')), _connector='OR'), name='ledger_balance_ceiling'), models.CheckConstraint(condition=models.Q(('held__gte', 0), ('shortfall__gte', 0)), name='ledger_balance_held'), models.CheckConstraint(condition=models.Q(('blocked__gte', 0), ('blocked__lte', 3)), name='ledger_balance_blocked'), models.CheckConstraint(condition=models.Q(models.Q(('mode', 's'), ('sub', 0), ('subs', 1)), models.Q(('ceiling', None), ('floor', None), ('held', 0), ('mode__in', ['b', 'h'])), _connector='OR'), name='ledger_balance_mode')],
                    },
                ),
                migrations.CreateModel(
                    name='LedgerHalt',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('reason', models.TextField()),
                        ('halted_at', models.DateTimeField()),
                        ('lifted_at', models.DateTimeField(blank=True, null=True)),
                        ('lifted_by', models.CharField(blank=True, default='', max_length=160)),
                        ('lift_proposed_by', models.CharField(blank=True, default='', max_length=160)),
                        ('findings', models.JSONField(blank=True, default=list)),
                        ('findings_hash', models.CharField(blank=True, default='', max_length=64)),
                        ('found', models.IntegerField(default=1)),
                    ],
                    options={
                        'db_table': 'ledger_halt',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('lifted_by',), name='ledger_halt_one'), models.CheckConstraint(condition=models.Q(models.Q(('lift_proposed_by', ''), ('lifted_at', None), ('lifted_by', '')), models.Q(('lifted_at__isnull', False), models.Q(('lifted_by', ''), _negated=True), models.Q(('lift_proposed_by', ''), _negated=True), models.Q(('lifted_by', models.F('lift_proposed_by')), _negated=True)), _connector='OR'), name='ledger_halt_lifted')],
                    },
                ),
                migrations.CreateModel(
                    name='Movement',
                    fields=[
                        ('pk', models.CompositePrimaryKey('account_id', 'effective_on', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('account_id', models.UUIDField()),
                        ('effective_on', models.DateField()),
                        ('debit', models.BigIntegerField(default=0)),
                        ('credit', models.BigIntegerField(default=0)),
                    ],
                    options={
                        'db_table': 'ledger_movement',
                        'constraints': [models.CheckConstraint(condition=models.Q(('credit__gte', 0), ('debit__gte', 0)), name='ledger_movement_sides')],
                    },
                ),
                migrations.CreateModel(
                    name='OpenItem',
                    fields=[
                        ('pk', models.CompositePrimaryKey('account_id', 'reference', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('account_id', models.UUIDField()),
                        ('reference', models.CharField(max_length=120)),
                        ('amount', models.BigIntegerField()),
                        ('since', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'ledger_openitem',
                        'indexes': [models.Index(condition=models.Q(('amount', 0)), fields=['account_id'], name='ledger_openitem_settled')],
                    },
                ),
                migrations.CreateModel(
                    name='SealBlock',
                    fields=[
                        ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('from_transaction', models.BigIntegerField()),
                        ('to_transaction', models.BigIntegerField()),
                        ('journal_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                        ('row_hashes', django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), size=None)),
                        ('previous_hash', models.BinaryField()),
                        ('hash', models.BinaryField()),
                        ('sealed_at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'ledger_sealblock',
                        'constraints': [models.UniqueConstraint(fields=('from_transaction',), name='ledger_sealblock_from'), models.CheckConstraint(condition=models.Q(('to_transaction__gt', models.F('from_transaction'))), name='ledger_sealblock_forward')],
                    },
                ),
                migrations.CreateModel(
                    name='GLRule',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('event', models.CharField(blank=True, default='', max_length=64)),
                        ('valid_from', models.DateField()),
                        ('valid_to', models.DateField(blank=True, null=True)),
                        ('gl_code', models.ForeignKey(db_column='gl_code', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.glcode')),
                        ('role', models.ForeignKey(db_column='role', on_delete=django.db.models.deletion.PROTECT, related_name='gl_rules', to='accounts.accountrole')),
                    ],
                    options={
                        'db_table': 'ledger_glrule',
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='ledger_glrule_days'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('role', '='), ('event', '='), (models.Func('valid_from', 'valid_to', function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='ledger_glrule_one_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='LedgerAccount',
                    fields=[
                        ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('owner_id', models.UUIDField(blank=True, null=True)),
                        ('name', models.CharField(max_length=120)),
                        ('mode', models.CharField(choices=[('sync', 'Sync'), ('buffered', 'Buffered'), ('sharded', 'Sharded')], default='sync', max_length=8)),
                        ('state', models.CharField(choices=[('open', 'Open'), ('no_debit', 'No Debit'), ('frozen', 'Frozen'), ('closed', 'Closed')], default='open', max_length=8)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('role', models.ForeignKey(db_column='role', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.accountrole')),
                        ('asset', models.ForeignKey(db_column='asset', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.ledgerasset')),
                    ],
                    options={
                        'db_table': 'ledger_account',
                        'indexes': [models.Index(condition=models.Q(('owner_id__isnull', False)), fields=['owner_id', 'name'], name='ledger_account_owner'), models.Index(fields=['role', 'id'], name='ledger_account_role')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='ledger_account_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'no_debit', 'frozen', 'closed'])), name='ledger_account_state'), models.CheckConstraint(condition=models.Q(('mode__in', ['sync', 'buffered', 'sharded'])), name='ledger_account_mode')],
                    },
                ),
                migrations.CreateModel(
                    name='ProofRun',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('started_at', models.DateTimeField()),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('findings', models.IntegerField(blank=True, null=True)),
                        ('full', models.BooleanField(default=True)),
                        ('root_hash', models.BinaryField(blank=True, null=True)),
                        ('through_on', models.DateField(blank=True, null=True)),
                    ],
                    options={
                        'db_table': 'ledger_proof',
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('findings', None), ('finished_at', None)), models.Q(('findings__gte', 0), ('findings__isnull', False), ('finished_at__gte', models.F('started_at')), ('finished_at__isnull', False)), _connector='OR'), name='ledger_proof_finished'), models.CheckConstraint(condition=models.Q(models.Q(('root_hash', None), ('through_on', None)), models.Q(('findings', 0), ('root_hash__isnull', False), ('through_on__isnull', False)), _connector='OR'), name='ledger_proof_through')],
                    },
                ),
                migrations.CreateModel(
                    name='BackDating',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('starts_on', models.DateField(unique=True)),
                        ('days', models.SmallIntegerField()),
                        ('note', models.CharField(max_length=200)),
                    ],
                    options={
                        'db_table': 'ledger_backdating',
                        'constraints': [models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 400)), name='ledger_backdating_days')],
                        'triggers': [pgtrigger.compiler.Trigger(name='ledger_backdating_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.starts_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% in force since % stays as it is', TG_TABLE_NAME, OLD.starts_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_backdating_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            IF NEW.starts_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% cannot be dated back to %', TG_TABLE_NAME, NEW.starts_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_backdating_stays';\n            END IF;\n            RETURN NEW;\n        ", hash='847d830e1496ccbaadd8f692d0c43b803ca43ee3', operation='UPDATE OR DELETE', pgid='pgtrigger_ledger_backdating_stays_82c90', table='ledger_backdating', when='BEFORE'))],
                    },
                ),
            ],
        ),
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

"""The tables of the kernel."""

import core.create_models
import core.ids
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [("core", "0002_core_now")]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        core.create_models.CreateModels(
            models=[
                migrations.CreateModel(
                    name='HandledEvent',
                    fields=[
                        ('pk', models.CompositePrimaryKey('event_id', 'handler', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('event_id', models.UUIDField()),
                        ('handler', models.CharField(max_length=120)),
                        ('handled_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='BusinessDay',
                    fields=[
                        ('day', models.DateField(primary_key=True, serialize=False)),
                        ('state', models.CharField(choices=[('open', 'Open'), ('cut_off', 'Cut Off'), ('closed', 'Closed')], default='open', max_length=8)),
                        ('opened_at', models.DateTimeField()),
                        ('cut_off_at', models.DateTimeField(blank=True, null=True)),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['open', 'cut_off', 'closed'])), name='core_businessday_state'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('state',), name='core_businessday_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('cut_off_at', None), ('state', 'open')), models.Q(('closed_at', None), ('cut_off_at__isnull', False), ('state', 'cut_off')), models.Q(('closed_at__isnull', False), ('cut_off_at__isnull', False), ('state', 'closed')), _connector='OR'), name='core_businessday_stamps')],
                        'triggers': [pgtrigger.compiler.Trigger(name='core_businessday_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('open') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'core_businessday_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('cut_off>closed', 'open>cut_off') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'core_businessday_moves';\n        ", hash='24145247b652ceaaae1f95a009e5208e88bac10d', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_core_businessday_moves_a0fab', table='core_businessday', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='IdempotencyRecord',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('owner', models.CharField(max_length=64)),
                        ('key', models.CharField(max_length=255)),
                        ('fingerprint', models.BinaryField(max_length=32)),
                        ('state', models.CharField(choices=[('running', 'Running'), ('done', 'Done')], default='running', max_length=8)),
                        ('resource', models.CharField(blank=True, default='', max_length=64)),
                        ('status', models.SmallIntegerField(null=True)),
                        ('body', models.TextField(blank=True, default='')),
                        ('started_at', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['started_at'], name='core_idempotency_age')],
                        'constraints': [models.UniqueConstraint(fields=('owner', 'key'), name='core_idempotency_key'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), ('status', None)), models.Q(('state', 'done'), ('status__isnull', False)), _connector='OR'), name='core_idempotency_answer')],
                    },
                ),
                migrations.CreateModel(
                    name='OutboxEvent',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('topic', models.CharField(max_length=80)),
                        ('key', models.CharField(max_length=80)),
                        ('payload', models.JSONField()),
                        ('occurred_at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('pending', 'Pending'), ('done', 'Done'), ('dead', 'Dead')], default='pending', max_length=8)),
                        ('attempts', models.SmallIntegerField(default=0)),
                        ('next_attempt_at', models.DateTimeField()),
                        ('last_error', models.TextField(blank=True, default='')),
                        ('done_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['shard', 'next_attempt_at', 'id'], name='core_outbox_due'), models.Index(condition=models.Q(('state', 'done'), _negated=True), fields=['shard', 'key', 'id'], name='core_outbox_key'), models.Index(condition=models.Q(('state', 'done')), fields=['shard', 'done_at'], name='core_outbox_done')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'done', 'dead'])), name='core_outbox_state'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='core_outbox_shard'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('state', 'done')), models.Q(('state', 'done'), _negated=True), _connector='OR'), name='core_outbox_done_at')],
                        'triggers': [pgtrigger.compiler.Trigger(name='core_outbox_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('pending') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'core_outbox_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('dead>done', 'dead>pending', 'pending>dead', 'pending>done') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'core_outbox_moves';\n        ", hash='834b8c73ae81fcdbcddb029da58a0d13b61af5c0', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_core_outbox_moves_c27a3', table='core_outboxevent', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='SandboxClock',
                    fields=[
                        ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ('offset_seconds', models.BigIntegerField(default=0)),
                        ('changed_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='core_clock_one_row')],
                    },
                ),
                migrations.CreateModel(
                    name='AuditRecord',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('actor', models.CharField(max_length=160)),
                        ('act', models.CharField(max_length=80)),
                        ('target', models.CharField(max_length=160)),
                        ('reason', models.TextField(blank=True, default='')),
                        ('details', models.JSONField(blank=True, default=dict)),
                        ('at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                    ],
                    options={
                        'verbose_name': 'audit record',
                        'indexes': [models.Index(fields=['target', '-id'], name='core_audit_target'), models.Index(fields=['actor', '-id'], name='core_audit_actor'), models.Index(fields=['recorded_at'], name='core_audit_recorded')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('actor', ''), _negated=True), models.Q(('act', ''), _negated=True), models.Q(('target', ''), _negated=True)), name='core_audit_named')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='696db222c46879ad21e6fc362aaaacc289dff306', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_21eac', table='core_auditrecord', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;", hash='ad4e31770e1eeab1a3310e789057bd0e5452d468', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_12ad8', table='core_auditrecord', when='BEFORE')), pgtrigger.compiler.Trigger(name='database_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.recorded_at = clock_timestamp(); RETURN NEW;', hash='9b3e47f9cebee4323a3147b33b2ef7289a9e4d85', operation='INSERT', pgid='pgtrigger_database_clock_a2d9e', table='core_auditrecord', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='AuditSeal',
                    fields=[
                        ('record_id', models.UUIDField(primary_key=True, serialize=False)),
                        ('block_number', models.BigIntegerField()),
                        ('position', models.IntegerField()),
                        ('digest', models.BinaryField(max_length=32)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('block_number', 'position'), name='core_auditseal_place')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='86a515a11914d2b3b68a3c1250a09a1667785f92', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b7549', table='core_auditseal', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;", hash='35c248eb400a92060d3a07bfcc0e1d447665929b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_22739', table='core_auditseal', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Approval',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('act', models.CharField(max_length=80)),
                        ('target', models.CharField(max_length=160)),
                        ('payload', models.JSONField()),
                        ('payload_hash', models.BinaryField(max_length=32)),
                        ('reason', models.TextField()),
                        ('state', models.CharField(choices=[('pending', 'Pending'), ('applied', 'Applied'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], default='pending', max_length=10)),
                        ('decision', models.TextField(blank=True, default='')),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('checker', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('maker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['expires_at'], name='core_approval_waiting')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'applied', 'rejected', 'withdrawn', 'expired'])), name='core_approval_state'), models.CheckConstraint(condition=models.Q(('checker', None), models.Q(('checker', models.F('maker')), _negated=True), _connector='OR'), name='core_approval_other_person'), models.CheckConstraint(condition=models.Q(models.Q(('checker', None), ('decided_at', None), ('state', 'pending')), models.Q(('checker__isnull', False), ('decided_at__isnull', False), ('state__in', ['applied', 'rejected'])), models.Q(('checker', None), ('decided_at__isnull', False), ('state__in', ['withdrawn', 'expired'])), _connector='OR'), name='core_approval_decided'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'applied'), _negated=True), ('decided_at__lt', models.F('expires_at')), _connector='OR'), name='core_approval_in_time'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('target', ''), _negated=True)), name='core_approval_reason'), models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('act', 'target'), name='core_approval_one_pending')],
                        'triggers': [pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4f0cc2b166e45a51356a42fe89ebba93c25f97b7', operation='DELETE', pgid='pgtrigger_never_deleted_d39c5', table='core_approval', when='BEFORE')), pgtrigger.compiler.Trigger(name='as_proposed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."act" IS DISTINCT FROM (NEW."act") OR OLD."target" IS DISTINCT FROM (NEW."target") OR OLD."payload" IS DISTINCT FROM (NEW."payload") OR OLD."payload_hash" IS DISTINCT FROM (NEW."payload_hash") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."maker_id" IS DISTINCT FROM (NEW."maker_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d646f9bb631d669b2bfe2fedf78743a1999e2189', operation='UPDATE', pgid='pgtrigger_as_proposed_9077e', table='core_approval', when='BEFORE')), pgtrigger.compiler.Trigger(name='decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{pending:applied,pending:rejected,pending:withdrawn,pending:expired}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='cb1fc83494c672fd56dc4a7d9fbf5b88ba5f2c94', operation='UPDATE', pgid='pgtrigger_decided_once_20035', table='core_approval', when='BEFORE')), pgtrigger.compiler.Trigger(name='born_pending', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" IS DISTINCT FROM \'pending\')', func="RAISE EXCEPTION 'an approval begins as pending';", hash='d2c5e6a7223e08a430a15968cea4e88080883752', operation='INSERT', pgid='pgtrigger_born_pending_1aec0', table='core_approval', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='AuditBlock',
                    fields=[
                        ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('previous_hash', models.BinaryField(max_length=32)),
                        ('hash', models.BinaryField(max_length=32)),
                        ('records', models.IntegerField()),
                        ('sealed_at', models.DateTimeField()),
                    ],
                    options={
                        'verbose_name': 'audit block',
                        'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1), ('records__gte', 1)), name='core_auditblock_full')],
                        'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='36dd0c36a674521fad266642084a60ae200187fa', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b19a6', table='core_auditblock', when='BEFORE')), pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;", hash='fab15fe76a8566e32e01fa856849685a65857ab1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_f7925', table='core_auditblock', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='EodRun',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('step', models.CharField(max_length=80)),
                        ('place', models.IntegerField()),
                        ('shards', models.SmallIntegerField()),
                        ('planned_at', models.DateTimeField()),
                        ('day', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.businessday')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('day', 'step'), name='core_eodrun_once'), models.CheckConstraint(condition=models.Q(('shards__gte', 1)), name='core_eodrun_shards')],
                    },
                ),
                migrations.CreateModel(
                    name='EodShard',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('failed', 'Failed'), ('done', 'Done')], default='waiting', max_length=8)),
                        ('rows', models.BigIntegerField(default=0)),
                        ('tries', models.SmallIntegerField(default=0)),
                        ('started_at', models.DateTimeField(blank=True, null=True)),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('error', models.TextField(blank=True, default='')),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='core.eodrun')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('run', 'shard'), name='core_eodshard_once'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'failed', 'done'])), name='core_eodshard_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), _negated=True), ('finished_at__isnull', False), _connector='OR'), name='core_eodshard_done'), models.CheckConstraint(condition=models.Q(('finished_at', None), ('finished_at__gte', models.F('started_at')), _connector='OR'), name='core_eodshard_order')],
                        'triggers': [pgtrigger.compiler.Trigger(name='core_eodshard_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('waiting') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'core_eodshard_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('failed>running', 'running>done', 'running>failed', 'running>running', 'waiting>running') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'core_eodshard_moves';\n        ", hash='6ce79d88403d9ce1465a034e3621fc37bc6dc2c0', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_core_eodshard_moves_eb3f9', table='core_eodshard', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='LimitCounter',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('counter', models.CharField(max_length=80)),
                        ('owner', models.UUIDField()),
                        ('period', models.CharField(max_length=16)),
                        ('used', models.BigIntegerField()),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('period__regex', '^[0-9]{4}-[0-9]{2}-[0-9]{2}')), fields=['period'], name='core_limitcounter_day')],
                        'constraints': [models.UniqueConstraint(fields=('shard', 'owner', 'counter', 'period'), name='core_limitcounter_once'), models.CheckConstraint(condition=models.Q(('used__gte', 0)), name='core_limitcounter_used'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='core_limitcounter_shard')],
                    },
                ),
                migrations.CreateModel(
                    name='TradingDay',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('exchange', models.CharField(default='XSHG', max_length=8)),
                        ('day', models.DateField()),
                        ('is_open', models.BooleanField()),
                        ('source', models.CharField(choices=[('official', 'Official'), ('provisional', 'Provisional'), ('operator', 'Operator')], default='operator', max_length=12)),
                        ('note', models.CharField(blank=True, default='', max_length=200)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('is_open', True)), fields=['exchange', 'day'], name='core_tradingday_open')],
                        'constraints': [models.UniqueConstraint(fields=('exchange', 'day'), name='core_tradingday_once'), models.CheckConstraint(condition=models.Q(('source__in', ['official', 'provisional', 'operator'])), name='core_tradingday_source')],
                        'triggers': [pgtrigger.compiler.Trigger(name='core_tradingday_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c601bc5f4af289c6914421b48cc3ff33cc1788a6', operation='DELETE', pgid='pgtrigger_core_tradingday_kept_b7414', table='core_tradingday', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='WorkItem',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('kind', models.CharField(max_length=80)),
                        ('target', models.CharField(max_length=160)),
                        ('facts', models.JSONField(blank=True, default=dict)),
                        ('asked_at', models.DateTimeField()),
                        ('refreshed_at', models.DateTimeField()),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('finished_by', models.CharField(blank=True, default='', max_length=160)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('finished_at', None)), fields=['kind', 'asked_at'], name='core_workitem_age')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('finished_at', None)), fields=('kind', 'target'), name='core_workitem_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('finished_by', '')), models.Q(('finished_at__isnull', False), models.Q(('finished_by', ''), _negated=True)), _connector='OR'), name='core_workitem_finished')],
                    },
                ),
            ],
        ),
    ]

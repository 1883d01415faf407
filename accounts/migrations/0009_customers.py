"""The tables of identity, verification, security and privacy."""

import core.create_models
import core.crypto.fields
import core.ids
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [("accounts", "0007_device_shared")]

    dependencies = [
        ('core', '0008_first_rows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        core.create_models.CreateModels(
            models=[
                migrations.CreateModel(
                    name='OneTimeCode',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('phone_index', models.BinaryField(max_length=32)),
                        ('device_index', models.BinaryField(max_length=32)),
                        ('purpose', models.CharField(choices=[('login', 'Login'), ('change_phone', 'Change Phone'), ('step_up', 'Step Up'), ('reset_pin', 'Reset Pin')], max_length=16)),
                        ('serial', models.UUIDField(default=uuid.uuid4)),
                        ('code_digest', models.BinaryField(max_length=32)),
                        ('binding', models.BinaryField(max_length=32)),
                        ('tries', models.SmallIntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['expires_at'], name='accounts_code_age')],
                        'constraints': [models.UniqueConstraint(fields=('phone_index', 'purpose', 'device_index'), name='accounts_code_one'), models.CheckConstraint(condition=models.Q(('tries__gte', 0), ('tries__lte', 5)), name='accounts_code_tries'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='accounts_code_life'), models.CheckConstraint(condition=models.Q(('purpose__in', ['login', 'change_phone', 'step_up', 'reset_pin'])), name='accounts_code_purpose')],
                    },
                ),
                migrations.CreateModel(
                    name='OutflowLimit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_class', models.SmallIntegerField()),
                        ('period', models.CharField(choices=[('life', 'Life'), ('year', 'Year'), ('day', 'Day')], max_length=4)),
                        ('one_factor', models.BooleanField(default=False)),
                        ('starts_on', models.DateField()),
                        ('cap_fen', models.BigIntegerField()),
                        ('source', models.CharField(max_length=200)),
                        ('created_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('account_class', 'period', 'one_factor', 'starts_on'), name='accounts_outflowlimit_day'), models.CheckConstraint(condition=models.Q(('account_class__gte', 1), ('account_class__lte', 3), ('cap_fen__gte', 0), ('period__in', ['life', 'year', 'day']), models.Q(('one_factor', False), ('period', 'day'), _connector='OR')), name='accounts_outflowlimit_range')],
                        'triggers': [pgtrigger.compiler.Trigger(name='accounts_outflowlimit_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.starts_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% in force since % stays as it is', TG_TABLE_NAME, OLD.starts_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_outflowlimit_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            IF NEW.starts_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% cannot be dated back to %', TG_TABLE_NAME, NEW.starts_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_outflowlimit_stays';\n            END IF;\n            RETURN NEW;\n        ", hash='15b8825e975bdd488655b887e7b59bcbb6f61eac', operation='UPDATE OR DELETE', pgid='pgtrigger_accounts_outflowlimit_stays_ffea0', table='accounts_outflowlimit', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='PinFreeLimit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('starts_on', models.DateField(unique=True)),
                        ('amount_fen', models.BigIntegerField()),
                        ('per_day', models.SmallIntegerField()),
                        ('source', models.CharField(max_length=200)),
                        ('created_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('amount_fen__gte', 0), ('per_day__gte', 0)), name='accounts_pinfree_range')],
                        'triggers': [pgtrigger.compiler.Trigger(name='accounts_pinfree_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.starts_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% in force since % stays as it is', TG_TABLE_NAME, OLD.starts_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_pinfree_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            IF NEW.starts_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% cannot be dated back to %', TG_TABLE_NAME, NEW.starts_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_pinfree_stays';\n            END IF;\n            RETURN NEW;\n        ", hash='4733662e897c8030a23b8f373c321d85030da227', operation='UPDATE OR DELETE', pgid='pgtrigger_accounts_pinfree_stays_1ba49', table='accounts_pinfreelimit', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='SandboxMessage',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('phone_index', models.BinaryField(max_length=32)),
                        ('phone', core.crypto.fields.EncryptedTextField()),
                        ('text', core.crypto.fields.EncryptedTextField()),
                        ('code', core.crypto.fields.EncryptedTextField()),
                        ('created_at', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['phone_index', '-created_at'], name='accounts_sandbox_phone')],
                    },
                ),
                migrations.CreateModel(
                    name='ClassRule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account_class', models.SmallIntegerField()),
                        ('starts_on', models.DateField()),
                        ('checks', models.SmallIntegerField()),
                        ('least_age', models.SmallIntegerField()),
                        ('source', models.CharField(max_length=200)),
                        ('created_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('account_class', 'starts_on'), name='accounts_classrule_day'), models.CheckConstraint(condition=models.Q(('account_class__gte', 1), ('account_class__lte', 3), ('checks__gte', 1), ('least_age__gte', 0)), name='accounts_classrule_range')],
                        'triggers': [pgtrigger.compiler.Trigger(name='accounts_classrule_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.starts_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% in force since % stays as it is', TG_TABLE_NAME, OLD.starts_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_classrule_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            IF NEW.starts_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% cannot be dated back to %', TG_TABLE_NAME, NEW.starts_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_classrule_stays';\n            END IF;\n            RETURN NEW;\n        ", hash='255377265e8025e0c80eaf7e67801178d4c3d3dc', operation='UPDATE OR DELETE', pgid='pgtrigger_accounts_classrule_stays_110fb', table='accounts_classrule', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Customer',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('phone', core.crypto.fields.EncryptedTextField()),
                        ('phone_index', models.BinaryField(max_length=32, null=True)),
                        ('state', models.CharField(choices=[('active', 'Active'), ('frozen', 'Frozen'), ('closed', 'Closed')], default='active', max_length=8)),
                        ('nickname', models.CharField(blank=True, default='', max_length=40)),
                        ('locale', models.CharField(choices=[('zh-hans', 'Zh'), ('en', 'En')], default='zh-hans', max_length=8)),
                        ('registered_at', models.DateTimeField()),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-created_at', '-id'], name='accounts_customer_recent')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['active', 'frozen', 'closed'])), name='accounts_customer_state'), models.CheckConstraint(condition=models.Q(('state', 'closed'), ('phone_index__isnull', False), _connector='OR'), name='accounts_customer_phone'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='accounts_customer_shard')],
                        'triggers': [pgtrigger.compiler.Trigger(name='accounts_customer_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('active') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_customer_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('active>closed', 'active>frozen', 'frozen>active') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_customer_moves';\n        ", hash='d7d4ff95513577d4602b5cbc15f6b56027004e70', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_accounts_customer_moves_b208b', table='accounts_customer', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Device',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('installation_index', models.BinaryField(max_length=32)),
                        ('name', models.CharField(blank=True, default='', max_length=80)),
                        ('platform', models.CharField(blank=True, default='', max_length=16)),
                        ('created_at', models.DateTimeField()),
                        ('last_login_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('customer', 'installation_index'), name='accounts_device_installation')],
                        'indexes': [models.Index(fields=['installation_index', 'customer'], name='accounts_device_shared')],
                    },
                ),
                migrations.CreateModel(
                    name='DeviceSession',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('access_digest', models.BinaryField(max_length=32)),
                        ('access_expires_at', models.DateTimeField()),
                        ('created_at', models.DateTimeField()),
                        ('last_seen_at', models.DateTimeField()),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('end', models.CharField(blank=True, choices=[('logout', 'Logout'), ('revoked', 'Revoked'), ('reuse', 'Reuse'), ('replaced', 'Replaced'), ('phone_changed', 'Phone Changed'), ('frozen', 'Frozen'), ('closed', 'Closed')], default='', max_length=16)),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.device')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['customer', '-created_at'], name='accounts_session_open')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_at', None)), models.Q(('ended_at__isnull', False), models.Q(('end', ''), _negated=True)), _connector='OR'), name='accounts_session_end'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('customer', 'device'), name='accounts_session_one_open')],
                    },
                ),
                migrations.CreateModel(
                    name='Evidence',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('kind', models.CharField(choices=[('real_name', 'Real Name'), ('card', 'Card'), ('face', 'Face'), ('document', 'Document')], max_length=12)),
                        ('source', models.CharField(max_length=60)),
                        ('reference', models.CharField(max_length=64)),
                        ('created_at', models.DateTimeField()),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('withdrawn_at', None)), fields=['customer'], name='accounts_evidence_valid')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('customer', 'kind', 'reference'), name='accounts_evidence_one'), models.CheckConstraint(condition=models.Q(('kind__in', ['real_name', 'card', 'face', 'document'])), name='accounts_evidence_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='IdentityClaim',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('id_index', models.BinaryField(max_length=32, unique=True)),
                        ('created_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                ),
                migrations.CreateModel(
                    name='Passkey',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('credential_id', models.BinaryField(max_length=1023)),
                        ('public_key', models.BinaryField(max_length=1024)),
                        ('sign_count', models.BigIntegerField()),
                        ('backed_up', models.BooleanField()),
                        ('name', models.CharField(blank=True, default='', max_length=60)),
                        ('created_at', models.DateTimeField()),
                        ('last_used_at', models.DateTimeField(blank=True, null=True)),
                        ('removed_at', models.DateTimeField(blank=True, null=True)),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['customer', '-created_at'], name='accounts_passkey_customer')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('sign_count__gte', 0)), name='accounts_passkey_count'), models.UniqueConstraint(fields=('customer', 'credential_id'), name='accounts_passkey_credential')],
                    },
                ),
                migrations.CreateModel(
                    name='PasskeyChallenge',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('purpose', models.CharField(choices=[('register', 'Register'), ('step_up', 'Step Up')], max_length=8)),
                        ('challenge', models.BinaryField(max_length=32)),
                        ('binding', models.BinaryField(max_length=32)),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.devicesession')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['expires_at'], name='accounts_challenge_age')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('purpose__in', ['register', 'step_up'])), name='accounts_challenge_purpose'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='accounts_challenge_life')],
                    },
                ),
                migrations.CreateModel(
                    name='PaymentPin',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('hashed', models.CharField(max_length=255)),
                        ('tries', models.SmallIntegerField(default=0)),
                        ('locked_until', models.DateTimeField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('tries__gte', 0), ('tries__lte', 5)), name='accounts_pin_tries')],
                    },
                ),
                migrations.CreateModel(
                    name='PhoneClaim',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('phone_index', models.BinaryField(max_length=32, unique=True)),
                        ('created_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                ),
                migrations.CreateModel(
                    name='RealName',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('name', core.crypto.fields.EncryptedTextField()),
                        ('id_number', core.crypto.fields.EncryptedTextField()),
                        ('created_at', models.DateTimeField()),
                        ('erased_at', models.DateTimeField(blank=True, null=True)),
                        ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                ),
                migrations.CreateModel(
                    name='RealNameCheck',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('name', core.crypto.fields.EncryptedTextField()),
                        ('id_number', core.crypto.fields.EncryptedTextField()),
                        ('id_index', models.BinaryField(max_length=32)),
                        ('state', models.CharField(choices=[('created', 'Created'), ('sent', 'Sent'), ('matched', 'Matched'), ('mismatched', 'Mismatched'), ('unavailable', 'Unavailable'), ('unknown', 'Unknown'), ('abandoned', 'Abandoned')], default='created', max_length=12)),
                        ('code', models.CharField(blank=True, default='', max_length=40)),
                        ('verifier', models.CharField(blank=True, default='', max_length=40)),
                        ('attempts', models.SmallIntegerField(default=0)),
                        ('next_attempt_at', models.DateTimeField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state__in', ['created', 'sent', 'unavailable', 'unknown'])), fields=['shard', 'next_attempt_at'], name='accounts_rnc_due'), models.Index(fields=['customer', '-created_at'], name='accounts_rnc_customer')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['created', 'sent', 'matched', 'mismatched', 'unavailable', 'unknown', 'abandoned'])), name='accounts_rnc_state'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='accounts_rnc_shard'), models.UniqueConstraint(condition=models.Q(('state__in', ['created', 'sent', 'unavailable', 'unknown'])), fields=('customer',), name='accounts_rnc_one_open')],
                        'triggers': [pgtrigger.compiler.Trigger(name='accounts_rnc_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('created') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_rnc_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('created>abandoned', 'created>sent', 'sent>matched', 'sent>mismatched', 'sent>unavailable', 'sent>unknown', 'unavailable>abandoned', 'unavailable>sent', 'unknown>abandoned', 'unknown>sent') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_rnc_moves';\n        ", hash='f9f242a4a3d3c44bcb14d00040ef3c8d5d59b60a', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_accounts_rnc_moves_6f532', table='accounts_realnamecheck', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='RefreshToken',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('digest', models.BinaryField(max_length=32)),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.devicesession')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['expires_at'], name='accounts_refresh_age')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('used_at', None)), fields=('customer', 'session'), name='accounts_refresh_one_unused'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='accounts_refresh_life')],
                    },
                ),
                migrations.CreateModel(
                    name='StepUpProof',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('method', models.CharField(choices=[('pin', 'Pin'), ('sms', 'Sms'), ('passkey', 'Passkey')], max_length=8)),
                        ('purpose', models.CharField(max_length=32)),
                        ('amount_fen', models.BigIntegerField()),
                        ('payee', models.CharField(blank=True, default='', max_length=80)),
                        ('nonce', models.CharField(max_length=255)),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.devicesession')),
                        ('factors', models.SmallIntegerField(default=1)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['expires_at'], name='accounts_proof_age')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('method__in', ['pin', 'sms', 'passkey'])), name='accounts_proof_method'), models.CheckConstraint(condition=models.Q(('amount_fen__gte', 0)), name='accounts_proof_amount'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='accounts_proof_life'), models.CheckConstraint(condition=models.Q(('factors__gte', 1), ('factors__lte', 2)), name='accounts_proof_factors')],
                    },
                ),
                migrations.CreateModel(
                    name='AccountClosure',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('reason', models.CharField(blank=True, default='', max_length=200)),
                        ('created_at', models.DateTimeField()),
                        ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                ),
                migrations.CreateModel(
                    name='ConsentDocument',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('kind', models.SlugField(max_length=40)),
                        ('version', models.SmallIntegerField()),
                        ('required', models.BooleanField()),
                        ('title_en', models.CharField(max_length=120)),
                        ('title_zh', models.CharField(max_length=120)),
                        ('body_en', models.TextField()),
                        ('body_zh', models.TextField()),
                        ('published_at', models.DateTimeField()),
                        ('required_from', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('kind', 'version'), name='accounts_consentdocument_version'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='accounts_consentdocument_first'), models.CheckConstraint(condition=models.Q(models.Q(('required', False), ('required_from', None)), models.Q(('required', True), ('required_from__gte', models.F('published_at')), ('required_from__isnull', False)), _connector='OR'), name='accounts_consentdocument_required')],
                        'triggers': [pgtrigger.compiler.Trigger(name='accounts_consentdocument_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e3dfe9b96b022f7fea5b3ba1fa714db21b97d2df', operation='UPDATE OR DELETE', pgid='pgtrigger_accounts_consentdocument_fixed_9566c', table='accounts_consentdocument', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Consent',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('created_at', models.DateTimeField()),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.consentdocument')),
                        ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.devicesession')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['customer', '-created_at'], name='accounts_consent_customer')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('customer', 'document'), name='accounts_consent_standing'), models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('withdrawn_at__gte', models.F('created_at')), _connector='OR'), name='accounts_consent_order')],
                    },
                ),
                migrations.CreateModel(
                    name='DataExport',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('state', models.CharField(choices=[('requested', 'Requested'), ('ready', 'Ready'), ('expired', 'Expired')], default='requested', max_length=10)),
                        ('archive', core.crypto.fields.EncryptedTextField()),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('session', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.devicesession')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['customer', '-created_at'], name='accounts_export_customer'), models.Index(condition=models.Q(('state', 'ready')), fields=['expires_at'], name='accounts_export_age')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['requested', 'ready', 'expired'])), name='accounts_export_state'), models.UniqueConstraint(condition=models.Q(('state', 'requested')), fields=('customer',), name='accounts_export_one_open')],
                        'triggers': [pgtrigger.compiler.Trigger(name='accounts_export_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('requested') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_export_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('ready>expired', 'requested>expired', 'requested>ready') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_export_moves';\n        ", hash='951f7bcd2c2c7e3e44949e6603ce13ca103905ee', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_accounts_export_moves_45dfe', table='accounts_dataexport', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='CustomerKey',
                    fields=[
                        ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='accounts.customer')),
                        ('wrapped', core.crypto.fields.EncryptedTextField(null=True)),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                        ('destroyed_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('destroyed_at', None), ('wrapped__isnull', False)), models.Q(('destroyed_at__isnull', False), ('wrapped__isnull', True)), _connector='OR'), name='accounts_customerkey_material')],
                        'triggers': [pgtrigger.compiler.Trigger(name='accounts_customerkey_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='2b27f7f3c3a0d69cbfbd37941b7243399317f407', operation='DELETE', pgid='pgtrigger_accounts_customerkey_stays_28cdf', table='accounts_customerkey', when='BEFORE')), pgtrigger.compiler.Trigger(name='accounts_customerkey_gone', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF OLD.destroyed_at IS NOT NULL OR NEW.customer_id <> OLD.customer_id THEN\n                        RAISE EXCEPTION 'a destroyed key never comes back, and a key never changes hands'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'accounts_customerkey_gone';\n                    END IF;\n                    RETURN NEW;\n                ", hash='9c66f5fc8d7c073568ee554c893be964e4b2d057', operation='UPDATE', pgid='pgtrigger_accounts_customerkey_gone_e478f', table='accounts_customerkey', when='BEFORE'))],
                    },
                ),
            ],
        ),
    ]

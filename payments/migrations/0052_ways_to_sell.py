"""The tables of codes, agreements, bills and splits."""

import core.create_models
import core.crypto.fields
import core.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("payments", "0039_qr"),
        ("payments", "0042_splits"),
        ("payments", "0045_agreements"),
        ("payments", "0047_bills"),
    ]

    dependencies = [
        ('payments', '0051_merchants_and_orders'),
    ]

    operations = [
        core.create_models.CreateModels(
            models=[
                migrations.CreateModel(
                    name='PayerCode',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('code_index', models.BinaryField(max_length=32)),
                        ('session_id', models.UUIDField()),
                        ('state', models.CharField(choices=[('shown', 'Shown'), ('taken', 'Taken'), ('to_confirm', 'To Confirm'), ('refused', 'Refused')], default='shown', max_length=12)),
                        ('code', models.CharField(blank=True, default='', max_length=64)),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('order', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('order__isnull', False)), fields=['order'], name='payments_payercode_order'), models.Index(condition=models.Q(('state', 'shown')), fields=['expires_at'], name='payments_payercode_unused'), models.Index(fields=['customer', '-created_at'], name='payments_payercode_mine')],
                        'constraints': [models.UniqueConstraint(fields=('shard', 'code_index'), name='payments_payercode_once'), models.UniqueConstraint(fields=('shard', 'order'), name='payments_payercode_one_order'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_payercode_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['shown', 'taken', 'to_confirm', 'refused'])), name='payments_payercode_state'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='payments_payercode_life'), models.CheckConstraint(condition=models.Q(models.Q(('code', ''), ('order', None), ('state', 'shown'), ('used_at', None)), models.Q(('order__isnull', False), ('state__in', ('taken', 'to_confirm', 'refused')), ('used_at__isnull', False), ('used_at__lt', models.F('expires_at'))), _connector='OR'), name='payments_payercode_used'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'refused'), _negated=True), models.Q(('code', ''), _negated=True), _connector='OR'), name='payments_payercode_refused')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_payercode_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('shown') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payercode_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('shown>refused', 'shown>taken', 'shown>to_confirm') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_payercode_moves';\n        ", hash='ece7edca5c1d46afa338778cd37b2f8eadbfd6ea', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_payercode_moves_0f5e3', table='payments_payercode', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='QrCode',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('title', models.CharField(max_length=60)),
                        ('amount_fen', models.BigIntegerField(blank=True, null=True)),
                        ('state', models.CharField(choices=[('active', 'Active'), ('revoked', 'Revoked')], default='active', max_length=8)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('app', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchantapp')),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                        ('store', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.store')),
                    ],
                    options={
                        'verbose_name': 'QR code',
                        'indexes': [models.Index(fields=['merchant', '-created_at', '-id'], name='payments_qrcode_merchant')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['active', 'revoked'])), name='payments_qrcode_state'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='payments_qrcode_titled'), models.CheckConstraint(condition=models.Q(('amount_fen', None), models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), _connector='OR'), name='payments_qrcode_amount')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_qrcode_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('active') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_qrcode_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('active>revoked') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_qrcode_moves';\n        ", hash='a173c8aaf0d8c12d0487e26acb471be75aed0cdd', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_qrcode_moves_707e3', table='payments_qrcode', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='QrTerms',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('starts_at', models.DateTimeField(unique=True)),
                        ('code_seconds', models.SmallIntegerField()),
                        ('codes_per_minute', models.SmallIntegerField()),
                        ('confirm_minutes', models.SmallIntegerField()),
                        ('wrong_per_hour', models.IntegerField()),
                        ('static_fen_per_day', models.BigIntegerField()),
                    ],
                    options={
                        'verbose_name': 'QR terms',
                        'verbose_name_plural': 'QR terms',
                        'constraints': [models.CheckConstraint(condition=models.Q(('code_seconds__gte', 10), ('code_seconds__lte', 300), ('codes_per_minute__gte', 1), ('wrong_per_hour__gte', 1)), name='payments_qrterms_codes'), models.CheckConstraint(condition=models.Q(('confirm_minutes__gte', 1), ('confirm_minutes__lte', 60), ('static_fen_per_day__gte', 0), ('static_fen_per_day__lte', 10000000000)), name='payments_qrterms_paying')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_qrterms_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.starts_at <= core_now() THEN\n                RAISE EXCEPTION '% in force since % stays as it is', TG_TABLE_NAME, OLD.starts_at\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_qrterms_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            IF NEW.starts_at <= core_now() THEN\n                RAISE EXCEPTION '% cannot be dated back to %', TG_TABLE_NAME, NEW.starts_at\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_qrterms_stays';\n            END IF;\n            RETURN NEW;\n        ", hash='321e90f895c4f31c2b690d5745d62503a8b61d56', operation='UPDATE OR DELETE', pgid='pgtrigger_payments_qrterms_stays_1dd60', table='payments_qrterms', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Split',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('out_split_no', models.CharField(max_length=64)),
                        ('amount_fen', models.BigIntegerField()),
                        ('returned_fen', models.BigIntegerField(default=0)),
                        ('remark', models.CharField(blank=True, default='', max_length=80)),
                        ('journal_id', models.UUIDField()),
                        ('created_at', models.DateTimeField()),
                        ('app', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchantapp')),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['order', 'created_at'], name='payments_split_order'), models.Index(fields=['merchant', '-created_at', '-id'], name='payments_split_merchant')],
                        'constraints': [models.UniqueConstraint(fields=('merchant', 'app', 'out_split_no', 'shard'), name='payments_split_number'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), name='payments_split_amount'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_split_shard'), models.CheckConstraint(condition=models.Q(('returned_fen__gte', 0), ('returned_fen__lte', models.F('amount_fen'))), name='payments_split_returned')],
                    },
                ),
                migrations.CreateModel(
                    name='SplitOrder',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('net_fen', models.BigIntegerField()),
                        ('split_fen', models.BigIntegerField(default=0)),
                        ('state', models.CharField(choices=[('open', 'Open'), ('finished', 'Finished')], default='open', max_length=8)),
                        ('until', models.DateField()),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['merchant', 'until'], name='payments_splitorder_kept'), models.Index(condition=models.Q(('state', 'open')), fields=['shard', 'until'], name='payments_splitorder_over')],
                        'constraints': [models.UniqueConstraint(fields=('order', 'shard'), name='payments_splitorder_once'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_splitorder_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'finished'])), name='payments_splitorder_state'), models.CheckConstraint(condition=models.Q(('split_fen__gte', 0), ('split_fen__lte', models.F('net_fen'))), name='payments_splitorder_within')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_splitorder_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('open') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_splitorder_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('open>finished') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_splitorder_moves';\n        ", hash='54ea66a3fae973e6205a221ea16745f90d1f2648', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_splitorder_moves_3d2e7', table='payments_splitorder', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='SplitReceiver',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('kind', models.CharField(choices=[('merchant', 'Merchant'), ('customer', 'Customer')], max_length=8)),
                        ('state', models.CharField(choices=[('active', 'Active'), ('removed', 'Removed')], default='active', max_length=8)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                        ('payee', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('payee_merchant', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['merchant', '-created_at', '-id'], name='payments_splitreceiver_mine'), models.Index(condition=models.Q(('payee__isnull', False)), fields=['payee'], name='payments_splitreceiver_payee')],
                        'constraints': [models.UniqueConstraint(fields=('merchant', 'payee_merchant', 'payee', 'shard'), name='payments_splitreceiver_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_splitreceiver_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['active', 'removed'])), name='payments_splitreceiver_state'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'merchant'), ('payee', None), ('payee_merchant__isnull', False)), models.Q(('kind', 'customer'), ('payee__isnull', False), ('payee_merchant', None)), _connector='OR'), name='payments_splitreceiver_kind'), models.CheckConstraint(condition=models.Q(('payee_merchant', models.F('merchant')), _negated=True), name='payments_splitreceiver_other')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_splitreceiver_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('active') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_splitreceiver_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('active>removed', 'removed>active') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_splitreceiver_moves';\n        ", hash='f90fdddc614dad40b9f3324b8843adf430c272c6', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_splitreceiver_moves_f7256', table='payments_splitreceiver', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='SplitPart',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('position', models.SmallIntegerField()),
                        ('amount_fen', models.BigIntegerField()),
                        ('returned_fen', models.BigIntegerField(default=0)),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                        ('split', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.split')),
                        ('receiver', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.splitreceiver')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['order', 'split', 'position'], name='payments_splitpart_order')],
                        'constraints': [models.UniqueConstraint(fields=('split', 'receiver', 'shard'), name='payments_splitpart_once'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), name='payments_splitpart_amount'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_splitpart_shard'), models.CheckConstraint(condition=models.Q(('returned_fen__gte', 0), ('returned_fen__lte', models.F('amount_fen'))), name='payments_splitpart_returned')],
                    },
                ),
                migrations.CreateModel(
                    name='SplitReturn',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('out_return_no', models.CharField(blank=True, default='', max_length=64)),
                        ('cause', models.CharField(choices=[('asked', 'Asked'), ('refund', 'Refund')], max_length=8)),
                        ('amount_fen', models.BigIntegerField()),
                        ('journal_id', models.UUIDField()),
                        ('created_at', models.DateTimeField()),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                        ('part', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.splitpart')),
                        ('split', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.split')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['split', 'created_at'], name='payments_splitreturn_split'), models.Index(fields=['merchant', '-created_at', '-id'], name='payments_splitreturn_merchant')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('out_return_no', ''), _negated=True), fields=('split', 'out_return_no', 'shard'), name='payments_splitreturn_number'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), name='payments_splitreturn_amount'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_splitreturn_shard'), models.CheckConstraint(condition=models.Q(models.Q(('cause', 'asked'), models.Q(('out_return_no', ''), _negated=True)), models.Q(('cause', 'refund'), ('out_return_no', '')), _connector='OR'), name='payments_splitreturn_cause')],
                    },
                ),
                migrations.CreateModel(
                    name='Agreement',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('out_agreement_no', models.CharField(max_length=64)),
                        ('title', models.CharField(max_length=60)),
                        ('cap_fen', models.BigIntegerField()),
                        ('total_cap_fen', models.BigIntegerField(blank=True, null=True)),
                        ('taken_fen', models.BigIntegerField(default=0)),
                        ('period', models.CharField(choices=[('day', 'Day'), ('month', 'Month')], max_length=6)),
                        ('period_days', models.SmallIntegerField(blank=True, null=True)),
                        ('first_on', models.DateField()),
                        ('methods', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=97), blank=True, default=list, size=None)),
                        ('factors', models.SmallIntegerField(blank=True, null=True)),
                        ('state', models.CharField(choices=[('asked', 'Asked'), ('signed', 'Signed'), ('suspended', 'Suspended'), ('ended', 'Ended')], default='asked', max_length=10)),
                        ('end', models.CharField(blank=True, choices=[('customer', 'Customer'), ('merchant', 'Merchant'), ('not_signed', 'Not Signed')], default='', max_length=12)),
                        ('signed_at', models.DateTimeField(blank=True, null=True)),
                        ('expires_at', models.DateTimeField()),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('app', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchantapp')),
                        ('customer', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', '-created_at', '-id'], name='payments_agreement_mine'), models.Index(fields=['merchant', '-created_at', '-id'], name='payments_agreement_merchant'), models.Index(condition=models.Q(('state', 'asked')), fields=['shard', 'expires_at'], name='payments_agreement_unsigned')],
                        'constraints': [models.UniqueConstraint(fields=('merchant', 'app', 'out_agreement_no', 'shard'), name='payments_agreement_number'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_agreement_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'signed', 'suspended', 'ended'])), name='payments_agreement_state'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='payments_agreement_titled'), models.CheckConstraint(condition=models.Q(('cap_fen__gt', 0), ('cap_fen__lte', 10000000000), ('taken_fen__gte', 0), models.Q(('total_cap_fen', None), models.Q(('total_cap_fen__gte', models.F('cap_fen')), ('total_cap_fen__gte', models.F('taken_fen'))), _connector='OR')), name='payments_agreement_caps'), models.CheckConstraint(condition=models.Q(models.Q(('period', 'day'), ('period_days__gte', 7), ('period_days__isnull', False), ('period_days__lte', 366)), models.Q(('first_on__day__lte', 28), ('period', 'month'), ('period_days', None)), _connector='OR'), name='payments_agreement_period'), models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', False), ('factors__isnull', False), ('signed_at__isnull', False), ('state__in', ('signed', 'suspended'))), models.Q(('customer', None), ('factors', None), ('signed_at', None), ('state', 'asked')), ('state', 'ended'), _connector='OR'), name='payments_agreement_signed'), models.CheckConstraint(condition=models.Q(models.Q(('end__in', ['customer', 'merchant', 'not_signed']), ('state', 'ended')), models.Q(models.Q(('state', 'ended'), _negated=True), ('end', '')), _connector='OR'), name='payments_agreement_end'), models.CheckConstraint(condition=models.Q(('methods__len__lte', 10)), name='payments_agreement_methods')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_agreement_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('asked') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_agreement_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('asked>ended', 'asked>signed', 'signed>ended', 'signed>suspended', 'suspended>ended', 'suspended>signed') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_agreement_moves';\n        ", hash='5fe85cb435f77cfff0758f4338c923b8cf273791', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_agreement_moves_cc158', table='payments_agreement', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Deduction',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('number', models.IntegerField()),
                        ('amount_fen', models.BigIntegerField()),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('debiting', 'Debiting'), ('paid', 'Paid'), ('failed', 'Failed')], default='waiting', max_length=8)),
                        ('tries', models.SmallIntegerField(default=0)),
                        ('next_at', models.DateTimeField()),
                        ('code', models.CharField(blank=True, default='', max_length=64)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('agreement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.agreement')),
                        ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['agreement', '-created_at', '-id'], name='payments_deduction_listed'), models.Index(condition=models.Q(('state', 'waiting')), fields=['shard', 'next_at'], name='payments_deduction_due'), models.Index(condition=models.Q(('state__in', ['waiting', 'debiting'])), fields=['customer'], name='payments_deduction_open')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'failed'), _negated=True), fields=('agreement', 'number', 'shard'), name='payments_deduction_one'), models.UniqueConstraint(fields=('order', 'shard'), name='payments_deduction_order'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_deduction_shard'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), name='payments_deduction_amount'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'debiting', 'paid', 'failed'])), name='payments_deduction_state'), models.CheckConstraint(condition=models.Q(('number__gte', 1), ('tries__gte', 0)), name='payments_deduction_numbers'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('code', ''), _negated=True), _connector='OR'), name='payments_deduction_failed')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_deduction_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('waiting') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_deduction_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('debiting>failed', 'debiting>paid', 'debiting>waiting', 'waiting>debiting', 'waiting>failed', 'waiting>paid') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_deduction_moves';\n        ", hash='fb57fbdea815ca280fc7483228e5d0e4a305b4b7', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_deduction_moves_7f0cb', table='payments_deduction', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='AgreementTerms',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('starts_at', models.DateTimeField(unique=True)),
                        ('sign_days', models.SmallIntegerField()),
                        ('notice_hours', models.SmallIntegerField()),
                        ('retry_hours', models.SmallIntegerField()),
                        ('tries_most', models.SmallIntegerField()),
                    ],
                    options={
                        'verbose_name_plural': 'agreement terms',
                        'constraints': [models.CheckConstraint(condition=models.Q(('notice_hours__gte', 0), ('notice_hours__lte', 24), ('sign_days__gte', 1), ('sign_days__lte', 30), ('tries_most__gte', 1), ('retry_hours__gte', 1), ('retry_hours__lte', 24), ('tries_most__lte', 5)), name='payments_agreementterms_bounds')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_agreementterms_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.starts_at <= core_now() THEN\n                RAISE EXCEPTION '% in force since % stays as it is', TG_TABLE_NAME, OLD.starts_at\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_agreementterms_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            IF NEW.starts_at <= core_now() THEN\n                RAISE EXCEPTION '% cannot be dated back to %', TG_TABLE_NAME, NEW.starts_at\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_agreementterms_stays';\n            END IF;\n            RETURN NEW;\n        ", hash='931dcda73625c9edad736f3f739e3e6e1c25cb14', operation='UPDATE OR DELETE', pgid='pgtrigger_payments_agreementterms_stays_e93bf', table='payments_agreementterms', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Biller',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('category', models.CharField(choices=[('water', 'Water'), ('power', 'Power'), ('gas', 'Gas'), ('phone', 'Phone')], max_length=8)),
                        ('name_en', models.CharField(max_length=60)),
                        ('name_zh', models.CharField(max_length=60)),
                        ('system', models.CharField(max_length=32)),
                        ('code', models.CharField(max_length=32)),
                        ('account_format', models.CharField(max_length=80)),
                        ('account_hint_en', models.CharField(max_length=120)),
                        ('account_hint_zh', models.CharField(max_length=120)),
                        ('open', models.BooleanField(default=True)),
                        ('app', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchantapp')),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['merchant'], name='payments_biller_merchant')],
                        'constraints': [models.UniqueConstraint(fields=('system', 'code'), name='payments_biller_code'), models.CheckConstraint(condition=models.Q(('category__in', ['water', 'power', 'gas', 'phone'])), name='payments_biller_category'), models.CheckConstraint(condition=models.Q(models.Q(('name_en', ''), _negated=True), models.Q(('name_zh', ''), _negated=True), models.Q(('system', ''), _negated=True), models.Q(('code', ''), _negated=True), models.Q(('account_format', ''), _negated=True)), name='payments_biller_named')],
                    },
                ),
                migrations.CreateModel(
                    name='BillAccount',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('account_no', core.crypto.fields.EncryptedTextField()),
                        ('account_index', models.BinaryField(max_length=32)),
                        ('nickname', models.CharField(blank=True, default='', max_length=20)),
                        ('remind', models.BooleanField(default=True)),
                        ('reminded_on', models.DateField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('biller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.biller')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['customer', '-created_at', '-id'], name='payments_billaccount_mine'), models.Index(condition=models.Q(('remind', True)), fields=['shard', 'reminded_on'], name='payments_billaccount_remind')],
                        'constraints': [models.UniqueConstraint(fields=('customer', 'biller', 'account_index'), name='payments_billaccount_once'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_billaccount_shard')],
                    },
                ),
                migrations.CreateModel(
                    name='BillPayment',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('account_no', core.crypto.fields.EncryptedTextField(null=True)),
                        ('bill_no', models.CharField(max_length=64)),
                        ('period', models.CharField(max_length=16)),
                        ('amount_fen', models.BigIntegerField()),
                        ('state', models.CharField(choices=[('created', 'Created'), ('closed', 'Closed'), ('paid', 'Paid'), ('unknown', 'Unknown'), ('settled', 'Settled'), ('refused', 'Refused'), ('refunding', 'Refunding'), ('refunded', 'Refunded')], default='created', max_length=10)),
                        ('code', models.CharField(blank=True, default='', max_length=64)),
                        ('asks', models.SmallIntegerField(default=0)),
                        ('due_at', models.DateTimeField(blank=True, null=True)),
                        ('refund_id', models.UUIDField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('biller', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.biller')),
                        ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['customer', '-created_at', '-id'], name='payments_bill_mine'), models.Index(condition=models.Q(('due_at__isnull', False)), fields=['shard', 'due_at'], name='payments_bill_next'), models.Index(condition=models.Q(('state__in', ('paid', 'unknown', 'refused', 'refunding'))), fields=['customer'], name='payments_bill_open'), models.Index(condition=models.Q(('state__in', ('paid', 'unknown', 'settled'))), fields=['biller', 'bill_no'], name='payments_bill_number')],
                        'constraints': [models.UniqueConstraint(fields=('order', 'shard'), name='payments_bill_order'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), name='payments_bill_amount'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_bill_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['created', 'closed', 'paid', 'unknown', 'settled', 'refused', 'refunding', 'refunded'])), name='payments_bill_state'), models.CheckConstraint(condition=models.Q(('due_at', None), ('state__in', ('paid', 'unknown', 'refused')), _connector='OR'), name='payments_bill_due'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refunding', 'refunded']), _negated=True), ('refund_id__isnull', False), _connector='OR'), name='payments_bill_refund')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_bill_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('created') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_bill_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('created>closed', 'created>paid', 'paid>refused', 'paid>settled', 'paid>unknown', 'refunding>refunded', 'refunding>refused', 'refused>refunding', 'unknown>refused', 'unknown>settled') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_bill_moves';\n        ", hash='9b4965272db29e0823e6934b5b129fa9e39534d9', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_bill_moves_5b716', table='payments_billpayment', when='BEFORE'))],
                    },
                ),
            ],
        ),
    ]

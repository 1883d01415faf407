"""The tables of merchants, cashier and refunds."""

import core.create_models
import core.crypto.fields
import core.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ("payments", "0006_merchants"),
        ("payments", "0020_cashier"),
        ("payments", "0021_merchant_state_words"),
        ("payments", "0027_merchant_contact"),
        ("payments", "0033_refunds"),
        ("payments", "0041_order_paid_on"),
    ]

    dependencies = [
        ('payments', '0050_wallet_and_risk'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        core.create_models.CreateModels(
            models=[
                migrations.CreateModel(
                    name='MerchantCategory',
                    fields=[
                        ('code', models.CharField(max_length=4, primary_key=True, serialize=False)),
                        ('name_en', models.CharField(max_length=80)),
                        ('name_zh', models.CharField(max_length=80)),
                        ('open', models.BooleanField(default=True)),
                    ],
                    options={
                        'verbose_name_plural': 'merchant categories',
                        'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[0-9]{4}$')), name='payments_category_digits')],
                    },
                ),
                migrations.CreateModel(
                    name='Merchant',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('kind', models.CharField(choices=[('individual', 'Individual'), ('company', 'Company')], max_length=10)),
                        ('name', models.CharField(max_length=80)),
                        ('short_name', models.CharField(max_length=20)),
                        ('licence_number', core.crypto.fields.EncryptedTextField(null=True)),
                        ('licence_index', models.BinaryField(max_length=32, null=True)),
                        ('contact_phone', core.crypto.fields.EncryptedTextField(null=True)),
                        ('state', models.CharField(choices=[('applied', 'To review'), ('under_review', 'Under Review'), ('active', 'Active'), ('refused', 'Refused'), ('suspended', 'Suspended'), ('closed', 'Closed')], default='applied', max_length=12)),
                        ('reason', models.CharField(blank=True, default='', max_length=200)),
                        ('applied_at', models.DateTimeField()),
                        ('opened_at', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('reviewer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('settlement_card', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.card')),
                        ('category', models.ForeignKey(db_column='category', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchantcategory')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['owner', '-created_at', '-id'], name='payments_merchant_mine'), models.Index(condition=models.Q(('licence_index__isnull', False)), fields=['licence_index'], name='payments_merchant_licensed'), models.Index(condition=models.Q(('state__in', ['applied', 'under_review'])), fields=['applied_at'], name='payments_merchant_queue'), models.Index(condition=models.Q(('settlement_card__isnull', False)), fields=['settlement_card'], name='payments_merchant_card')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['individual', 'company'])), name='payments_merchant_kind'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('short_name', ''), _negated=True)), name='payments_merchant_named'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_merchant_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['applied', 'under_review', 'active', 'refused', 'suspended', 'closed'])), name='payments_merchant_state'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'individual'), ('licence_index', None), ('licence_number', None)), models.Q(('licence_index__isnull', False), ('licence_number__isnull', False)), _connector='OR'), name='payments_merchant_licence'), models.CheckConstraint(condition=models.Q(models.Q(('opened_at', None), ('state__in', ['applied', 'under_review', 'refused'])), models.Q(('opened_at__isnull', False), ('state__in', ['active', 'suspended', 'closed'])), _connector='OR'), name='payments_merchant_opened'), models.CheckConstraint(condition=models.Q(models.Q(('reviewer', None), ('state', 'applied')), models.Q(models.Q(('state', 'applied'), _negated=True), ('reviewer__isnull', False)), _connector='OR'), name='payments_merchant_reviewed'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused', 'suspended']), models.Q(('reason', ''), _negated=True)), models.Q(('reason', ''), ('state__in', ['applied', 'under_review', 'active'])), ('state', 'closed'), _connector='OR'), name='payments_merchant_reason')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_merchant_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('applied') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_merchant_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('active>closed', 'active>suspended', 'applied>under_review', 'refused>applied', 'suspended>active', 'suspended>closed', 'under_review>active', 'under_review>refused') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_merchant_moves';\n        ", hash='12eca006ea0d0b4c2649d6ecd132948d0c2c5b2c', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_merchant_moves_4b45b', table='payments_merchant', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='MerchantApp',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('name', models.CharField(max_length=40)),
                        ('notify_url', models.CharField(blank=True, default='', max_length=500)),
                        ('state', models.CharField(choices=[('active', 'Active'), ('stopped', 'Stopped')], default='active', max_length=8)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['merchant', '-created_at', '-id'], name='payments_app_merchant')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='payments_app_named'), models.CheckConstraint(condition=models.Q(('state__in', ['active', 'stopped'])), name='payments_app_state'), models.CheckConstraint(condition=models.Q(('notify_url', ''), ('notify_url__regex', '^https?://'), _connector='OR'), name='payments_app_notify')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_app_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('active') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_app_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('active>stopped', 'stopped>active') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_app_moves';\n        ", hash='de1abf5d6324bbb334287222d325a12ddc42cddb', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_app_moves_a2aeb', table='payments_merchantapp', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='AppKey',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('serial_no', models.CharField(max_length=40, unique=True)),
                        ('public_key_pem', models.TextField()),
                        ('slot', models.SmallIntegerField(null=True)),
                        ('state', models.CharField(choices=[('active', 'Active'), ('retired', 'Retired'), ('revoked', 'Revoked')], default='active', max_length=8)),
                        ('expires_at', models.DateTimeField()),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('last_used_on', models.DateField(null=True)),
                        ('warned_at', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('app', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchantapp')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['app', '-created_at', '-id'], name='payments_appkey_app'), models.Index(condition=models.Q(('state', 'active')), fields=['expires_at'], name='payments_appkey_expiring')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('serial_no__regex', '^[0-9A-F]{40}$')), name='payments_appkey_serial'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='payments_appkey_life'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('slot__in', [1, 2]), ('slot__isnull', False), ('state', 'active')), models.Q(('ended_at__isnull', False), ('slot', None), ('state__in', ['retired', 'revoked'])), _connector='OR'), name='payments_appkey_state'), models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('app', 'slot'), name='payments_appkey_two')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_appkey_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('active') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_appkey_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('active>retired', 'active>revoked') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_appkey_moves';\n        ", hash='0f484e95a08cf249fd24aacc021cb0a7a504f9b8', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_appkey_moves_49c57', table='payments_appkey', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='ApiNonce',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('nonce', models.CharField(max_length=64)),
                        ('created_at', models.DateTimeField(db_index=True)),
                        ('app', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchantapp')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('app', 'nonce'), name='payments_apinonce_once')],
                    },
                ),
                migrations.CreateModel(
                    name='MerchantRate',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('scene', models.CharField(blank=True, choices=[('in_app', 'In App'), ('qr_payer', 'Qr Payer'), ('qr_static', 'Qr Static'), ('qr_dynamic', 'Qr Dynamic'), ('deduction', 'Deduction'), ('bill', 'Bill')], default='', max_length=10)),
                        ('rate_ppm', models.IntegerField()),
                        ('floor_fen', models.BigIntegerField(default=0)),
                        ('cap_fen', models.BigIntegerField(blank=True, null=True)),
                        ('effective_on', models.DateField()),
                        ('merchant', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('merchant', 'scene', 'effective_on'), name='payments_rate_dated', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('scene__in', ['', 'in_app', 'qr_payer', 'qr_static', 'qr_dynamic', 'deduction', 'bill'])), name='payments_rate_scene'), models.CheckConstraint(condition=models.Q(('rate_ppm__gte', 0), ('rate_ppm__lte', 1000000)), name='payments_rate_ppm'), models.CheckConstraint(condition=models.Q(('floor_fen__gte', 0), models.Q(('cap_fen', None), ('cap_fen__gte', models.F('floor_fen')), _connector='OR')), name='payments_rate_bounds')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_rate_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.effective_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% in force since % stays as it is', TG_TABLE_NAME, OLD.effective_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_rate_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            IF NEW.effective_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% cannot be dated back to %', TG_TABLE_NAME, NEW.effective_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_rate_stays';\n            END IF;\n            RETURN NEW;\n        ", hash='5d933d2bd29882844f5b6189a1ba2f67c5b0be95', operation='UPDATE OR DELETE', pgid='pgtrigger_payments_rate_stays_90626', table='payments_merchantrate', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='MerchantTerms',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('settlement_delay_days', models.SmallIntegerField(default=1)),
                        ('reserve_bp', models.IntegerField(default=0)),
                        ('least_payout_fen', models.BigIntegerField(default=0)),
                        ('split_cap_bp', models.IntegerField(default=0)),
                        ('fee_returned_on_refund', models.BooleanField(default=True)),
                        ('refund_days', models.SmallIntegerField(default=365)),
                        ('refunds_most', models.SmallIntegerField(default=50)),
                        ('effective_on', models.DateField()),
                        ('merchant', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                    ],
                    options={
                        'verbose_name_plural': 'merchant terms',
                        'constraints': [models.UniqueConstraint(fields=('merchant', 'effective_on'), name='payments_merchantterms_dated', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('least_payout_fen__gte', 0), ('settlement_delay_days__gte', 0), ('settlement_delay_days__lte', 30)), name='payments_merchantterms_settling'), models.CheckConstraint(condition=models.Q(('reserve_bp__gte', 0), ('reserve_bp__lte', 10000), ('split_cap_bp__gte', 0), ('split_cap_bp__lte', 10000)), name='payments_merchantterms_shares'), models.CheckConstraint(condition=models.Q(('refund_days__gte', 0), ('refund_days__lte', 3650), ('refunds_most__gte', 0), ('refunds_most__lte', 1000)), name='payments_merchantterms_refunds')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_merchantterms_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF OLD.effective_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% in force since % stays as it is', TG_TABLE_NAME, OLD.effective_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_merchantterms_stays';\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            IF NEW.effective_on <= (core_now() AT TIME ZONE 'Asia/Shanghai')::date THEN\n                RAISE EXCEPTION '% cannot be dated back to %', TG_TABLE_NAME, NEW.effective_on\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_merchantterms_stays';\n            END IF;\n            RETURN NEW;\n        ", hash='4e6565096dcf9dd0310c5d42b5fcfa77533d0f33', operation='UPDATE OR DELETE', pgid='pgtrigger_payments_merchantterms_stays_2b410', table='payments_merchantterms', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='PlatformKey',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('serial_no', models.CharField(max_length=40, unique=True)),
                        ('public_key_pem', models.TextField()),
                        ('private_key_pem', core.crypto.fields.EncryptedTextField()),
                        ('signs_from', models.DateTimeField()),
                        ('ends_at', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('serial_no__regex', '^[0-9A-F]{40}$')), name='payments_platformkey_serial'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('signs_from')), _connector='OR'), name='payments_platformkey_life'), models.UniqueConstraint(condition=models.Q(('ends_at', None)), fields=('ends_at',), name='payments_platformkey_last', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='Store',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('name', models.CharField(max_length=40)),
                        ('address', models.CharField(max_length=120)),
                        ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open', max_length=8)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['merchant', '-created_at', '-id'], name='payments_store_merchant')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('address', ''), _negated=True)), name='payments_store_named'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'closed'])), name='payments_store_state')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_store_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('open') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_store_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('closed>open', 'open>closed') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_store_moves';\n        ", hash='3efdd1abb008ac1e1a18f5622b132430e44b4915', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_store_moves_accbb', table='payments_store', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='PaymentOrder',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('out_trade_no', models.CharField(max_length=64)),
                        ('scene', models.CharField(choices=[('in_app', 'In App'), ('qr_payer', 'Qr Payer'), ('qr_static', 'Qr Static'), ('qr_dynamic', 'Qr Dynamic'), ('deduction', 'Deduction'), ('bill', 'Bill')], max_length=12)),
                        ('subject', models.CharField(max_length=128)),
                        ('attach', models.CharField(blank=True, default='', max_length=256)),
                        ('notify_url', models.CharField(blank=True, default='', max_length=500)),
                        ('amount_fen', models.BigIntegerField()),
                        ('fee_fen', models.BigIntegerField(default=0)),
                        ('state', models.CharField(choices=[('created', 'Created'), ('paying', 'Paying'), ('paid', 'Paid'), ('partially_refunded', 'Partially Refunded'), ('refunded', 'Refunded'), ('closing', 'Closing'), ('closed', 'Closed'), ('paid_late', 'Paid Late'), ('refunding', 'Refunding'), ('late_refunded', 'Late Refunded'), ('to_manual', 'To Manual'), ('by_hand', 'By Hand')], default='created', max_length=20)),
                        ('code', models.CharField(blank=True, default='', max_length=64)),
                        ('journal_id', models.UUIDField(blank=True, null=True)),
                        ('paid_at', models.DateTimeField(blank=True, null=True)),
                        ('refunded_fen', models.BigIntegerField(default=0)),
                        ('refunding_fen', models.BigIntegerField(default=0)),
                        ('refunds', models.SmallIntegerField(default=0)),
                        ('late_journal_id', models.UUIDField(blank=True, null=True)),
                        ('late_refund_id', models.UUIDField(blank=True, null=True)),
                        ('hand_journal_id', models.UUIDField(blank=True, null=True)),
                        ('hand_reference', models.CharField(blank=True, default='', max_length=64)),
                        ('expires_at', models.DateTimeField()),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('app', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchantapp')),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                        ('payer', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('store', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.store')),
                        ('to_split', models.BooleanField(default=False)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('payer__isnull', False)), fields=['payer', '-created_at', '-id'], name='payments_order_payer'), models.Index(fields=['out_trade_no'], name='payments_order_out_trade_no'), models.Index(fields=['merchant', '-created_at', '-id'], name='payments_order_merchant'), models.Index(condition=models.Q(('state__in', ('created', 'paying'))), fields=['shard', 'expires_at'], name='payments_order_due'), models.Index(condition=models.Q(('state', 'closing')), fields=['shard', 'changed_at'], name='payments_order_closing'), models.Index(condition=models.Q(('state__in', ['paying', 'closing', 'paid_late', 'refunding', 'to_manual'])), fields=['merchant', 'state', 'changed_at'], name='payments_order_under_way'), models.Index(condition=models.Q(('state', 'paid_late')), fields=['shard', 'changed_at'], name='payments_order_give_back'), models.Index(condition=models.Q(('paid_at__isnull', False)), fields=['merchant', 'paid_at', 'id'], name='payments_order_paid_on')],
                        'constraints': [models.UniqueConstraint(fields=('merchant', 'app', 'out_trade_no', 'shard'), name='payments_order_number'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), name='payments_order_amount'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_order_shard'), models.CheckConstraint(condition=models.Q(('scene__in', ['in_app', 'qr_payer', 'qr_static', 'qr_dynamic', 'deduction', 'bill'])), name='payments_order_scene'), models.CheckConstraint(condition=models.Q(('state__in', ['created', 'paying', 'paid', 'partially_refunded', 'refunded', 'closing', 'closed', 'paid_late', 'refunding', 'late_refunded', 'to_manual', 'by_hand'])), name='payments_order_state'), models.CheckConstraint(condition=models.Q(('fee_fen__gte', 0), ('fee_fen__lte', models.F('amount_fen'))), name='payments_order_fee'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='payments_order_life'), models.CheckConstraint(condition=models.Q(models.Q(('journal_id__isnull', False), ('paid_at__isnull', False), ('payer__isnull', False), ('state__in', ('paid', 'partially_refunded', 'refunded'))), models.Q(models.Q(('state__in', ('paid', 'partially_refunded', 'refunded')), _negated=True), ('fee_fen', 0), ('journal_id', None), ('paid_at', None)), _connector='OR'), name='payments_order_paid'), models.CheckConstraint(condition=models.Q(('refunded_fen__gte', 0), ('refunding_fen__gte', 0), ('refunds__gte', 0), ('amount_fen__gte', django.db.models.expressions.CombinedExpression(models.F('refunded_fen'), '+', models.F('refunding_fen'))), models.Q(models.Q(('refunded_fen', 0), ('refunding_fen', 0), ('refunds', 0)), ('state__in', ('paid', 'partially_refunded', 'refunded')), _connector='OR')), name='payments_order_refunds'), models.CheckConstraint(condition=models.Q(models.Q(('refunded_fen', models.F('amount_fen')), ('state', 'refunded')), models.Q(('refunded_fen__gt', 0), ('refunded_fen__lt', models.F('amount_fen')), ('state', 'partially_refunded')), models.Q(models.Q(('state__in', ['refunded', 'partially_refunded']), _negated=True), ('refunded_fen', 0)), _connector='OR'), name='payments_order_refunded'), models.CheckConstraint(condition=models.Q(models.Q(('late_journal_id__isnull', False), ('payer__isnull', False), ('state__in', ('paid_late', 'refunding', 'late_refunded', 'to_manual', 'by_hand'))), models.Q(models.Q(('state__in', ('paid_late', 'refunding', 'late_refunded', 'to_manual', 'by_hand')), _negated=True), ('late_journal_id', None), ('late_refund_id', None)), _connector='OR'), name='payments_order_late'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refunding', 'late_refunded', 'to_manual']), _negated=True), ('late_refund_id__isnull', False), _connector='OR'), name='payments_order_late_refund'), models.CheckConstraint(condition=models.Q(models.Q(('hand_journal_id__isnull', False), ('state', 'by_hand'), models.Q(('hand_reference', ''), _negated=True)), models.Q(models.Q(('state', 'by_hand'), _negated=True), ('hand_journal_id', None), ('hand_reference', '')), _connector='OR'), name='payments_order_by_hand')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_order_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('created') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_order_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('closed>paid_late', 'closing>closed', 'closing>paid_late', 'created>closed', 'created>paid', 'created>paying', 'paid>partially_refunded', 'paid>refunded', 'paid_late>refunding', 'partially_refunded>refunded', 'paying>closing', 'paying>created', 'paying>paid', 'refunding>late_refunded', 'refunding>to_manual', 'to_manual>by_hand', 'to_manual>paid_late') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_order_moves';\n        ", hash='c57d8c7d2514c2d03b629ff2414b31017057ea13', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_order_moves_b8b1b', table='payments_paymentorder', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='PaymentAttempt',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('number', models.SmallIntegerField()),
                        ('amount_fen', models.BigIntegerField()),
                        ('factors', models.SmallIntegerField()),
                        ('state', models.CharField(choices=[('open', 'Open'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('given_up', 'Given Up'), ('late', 'Late')], default='open', max_length=12)),
                        ('code', models.CharField(blank=True, default='', max_length=64)),
                        ('request_id', models.UUIDField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state__in', ['open', 'given_up'])), fields=['customer', 'state'], name='payments_attempt_mine')],
                        'constraints': [models.UniqueConstraint(fields=('order', 'number', 'shard'), name='payments_attempt_number'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('order', 'shard'), name='payments_attempt_one_open'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_attempt_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'succeeded', 'failed', 'given_up', 'late'])), name='payments_attempt_state'), models.CheckConstraint(condition=models.Q(('amount_fen__gte', 0), ('number__gte', 1)), name='payments_attempt_numbers'), models.CheckConstraint(condition=models.Q(('factors__gte', 0), ('factors__lte', 2)), name='payments_attempt_factors'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('code', ''), _negated=True), _connector='OR'), name='payments_attempt_failed')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_attempt_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('open', 'succeeded') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_attempt_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('given_up>failed', 'given_up>late', 'open>failed', 'open>given_up', 'open>late', 'open>succeeded') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_attempt_moves';\n        ", hash='d5ca5f0e285f907966f38f6e5ba4d4b3e7c1c310', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_attempt_moves_bd917', table='payments_paymentattempt', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='FundingLeg',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('position', models.SmallIntegerField()),
                        ('source', models.CharField(max_length=32)),
                        ('ref', models.CharField(blank=True, default='', max_length=64)),
                        ('discount', models.BooleanField(default=False)),
                        ('external', models.BooleanField(default=False)),
                        ('amount_fen', models.BigIntegerField()),
                        ('state', models.CharField(choices=[('held', 'Held'), ('committed', 'Committed'), ('released', 'Released'), ('unknown', 'Unknown')], default='held', max_length=12)),
                        ('hold_id', models.UUIDField(blank=True, null=True)),
                        ('request_id', models.UUIDField(blank=True, null=True)),
                        ('refunded_fen', models.BigIntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('attempt', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentattempt')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['order', 'attempt', 'position'], name='payments_leg_order'), models.Index(condition=models.Q(('state__in', ['held', 'unknown'])), fields=['ref'], name='payments_leg_in_use')],
                        'constraints': [models.UniqueConstraint(fields=('attempt', 'position', 'shard'), name='payments_leg_position'), models.UniqueConstraint(condition=models.Q(('external', True)), fields=('attempt', 'shard'), name='payments_leg_one_external'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), name='payments_leg_amount'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_leg_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['held', 'committed', 'released', 'unknown'])), name='payments_leg_state'), models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='payments_leg_position_from_1'), models.CheckConstraint(condition=models.Q(models.Q(('discount', False), ('external', True), ('hold_id', None), ('request_id__isnull', False)), models.Q(('external', False), ('request_id', None)), _connector='OR'), name='payments_leg_external'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'unknown'), _negated=True), ('external', True), _connector='OR'), name='payments_leg_unknown'), models.CheckConstraint(condition=models.Q(('refunded_fen__gte', 0), ('refunded_fen__lte', models.F('amount_fen')), models.Q(('refunded_fen', 0), ('state', 'committed'), _connector='OR')), name='payments_leg_refunded')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_leg_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('committed', 'held') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_leg_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('held>committed', 'held>released', 'held>unknown', 'unknown>committed', 'unknown>released') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_leg_moves';\n        ", hash='b537b588a959386b3d4220d6cbe3a97ff3f8f135', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_leg_moves_26ee7', table='payments_fundingleg', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='Refund',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('out_refund_no', models.CharField(blank=True, default='', max_length=64)),
                        ('reason', models.CharField(blank=True, default='', max_length=80)),
                        ('asked_by', models.CharField(choices=[('app', 'App'), ('owner', 'Owner'), ('operator', 'Operator'), ('dispute', 'Dispute')], max_length=8)),
                        ('asker', models.CharField(max_length=64)),
                        ('amount_fen', models.BigIntegerField()),
                        ('fee_back_fen', models.BigIntegerField(default=0)),
                        ('fee_returned', models.BooleanField()),
                        ('from_pending_fen', models.BigIntegerField(default=0)),
                        ('from_available_fen', models.BigIntegerField(default=0)),
                        ('from_reserve_fen', models.BigIntegerField(default=0)),
                        ('from_frozen_fen', models.BigIntegerField(default=0)),
                        ('hold_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                        ('state', models.CharField(choices=[('created', 'Created'), ('processing', 'Processing'), ('succeeded', 'Succeeded'), ('to_manual', 'To Manual'), ('succeeded_by_hand', 'By Hand'), ('failed', 'Failed')], default='created', max_length=20)),
                        ('code', models.CharField(blank=True, default='', max_length=64)),
                        ('journal_id', models.UUIDField(blank=True, null=True)),
                        ('booked_on', models.DateField(blank=True, null=True)),
                        ('hand_reference', models.CharField(blank=True, default='', max_length=64)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('settled_at', models.DateTimeField(blank=True, null=True)),
                        ('app', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchantapp')),
                        ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.merchant')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentorder')),
                        ('payer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['order', 'created_at'], name='payments_refund_order'), models.Index(fields=['merchant', '-created_at', '-id'], name='payments_refund_merchant'), models.Index(condition=models.Q(('out_refund_no', ''), _negated=True), fields=['out_refund_no'], name='payments_refund_out_no'), models.Index(fields=['payer', '-created_at', '-id'], name='payments_refund_payer'), models.Index(condition=models.Q(('booked_on__isnull', False)), fields=['merchant', 'booked_on'], name='payments_refund_booked'), models.Index(condition=models.Q(('state', 'created')), fields=['shard', 'changed_at'], name='payments_refund_waiting'), models.Index(condition=models.Q(('state__in', ('created', 'processing', 'to_manual'))), fields=['merchant', 'state', 'changed_at'], name='payments_refund_open')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('out_refund_no', ''), _negated=True), fields=('merchant', 'app', 'out_refund_no', 'shard'), name='payments_refund_number'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), name='payments_refund_amount'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_refund_shard'), models.CheckConstraint(condition=models.Q(('state__in', ['created', 'processing', 'succeeded', 'to_manual', 'succeeded_by_hand', 'failed'])), name='payments_refund_state'), models.CheckConstraint(condition=models.Q(('asked_by__in', ['app', 'owner', 'operator', 'dispute']), models.Q(('asker', ''), _negated=True)), name='payments_refund_asked_by'), models.CheckConstraint(condition=models.Q(('fee_back_fen__gte', 0), ('fee_back_fen__lte', models.F('amount_fen')), models.Q(('fee_back_fen', 0), ('fee_returned', True), _connector='OR')), name='payments_refund_fee'), models.CheckConstraint(condition=models.Q(('from_available_fen__gte', 0), ('from_frozen_fen__gte', 0), ('from_pending_fen__gte', 0), ('from_reserve_fen__gte', 0), ('amount_fen', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('fee_back_fen'), '+', models.F('from_pending_fen')), '+', models.F('from_available_fen')), '+', models.F('from_reserve_fen')), '+', models.F('from_frozen_fen')))), name='payments_refund_from'), models.CheckConstraint(condition=models.Q(models.Q(('booked_on__isnull', False), ('journal_id__isnull', False), ('state__in', ('succeeded', 'succeeded_by_hand'))), models.Q(models.Q(('state__in', ('succeeded', 'succeeded_by_hand')), _negated=True), ('booked_on', None), ('journal_id', None)), _connector='OR'), name='payments_refund_booked'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('state__in', ('created', 'processing', 'to_manual'))), models.Q(models.Q(('state__in', ('created', 'processing', 'to_manual')), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='payments_refund_over'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['failed', 'to_manual']), _negated=True), models.Q(('code', ''), _negated=True), _connector='OR'), name='payments_refund_code'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'succeeded_by_hand'), models.Q(('hand_reference', ''), _negated=True)), models.Q(models.Q(('state', 'succeeded_by_hand'), _negated=True), ('hand_reference', '')), _connector='OR'), name='payments_refund_by_hand')],
                        'triggers': [pgtrigger.compiler.Trigger(name='payments_refund_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('created') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_refund_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('created>processing', 'created>succeeded', 'processing>succeeded', 'processing>to_manual', 'to_manual>created', 'to_manual>failed', 'to_manual>succeeded_by_hand') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_refund_moves';\n        ", hash='94d897827fda6f77a0827b1ffac3679c21e8a53f', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_payments_refund_moves_0f964', table='payments_refund', when='BEFORE'))],
                    },
                ),
                migrations.CreateModel(
                    name='RefundPart',
                    fields=[
                        ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                        ('shard', models.SmallIntegerField()),
                        ('amount_fen', models.BigIntegerField()),
                        ('asked', models.BooleanField(default=False)),
                        ('request_id', models.UUIDField(blank=True, null=True)),
                        ('leg', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.fundingleg')),
                        ('refund', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.refund')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('refund', 'leg', 'shard'), name='payments_refundpart_leg'), models.UniqueConstraint(condition=models.Q(('asked', True)), fields=('refund', 'shard'), name='payments_refundpart_one_asked'), models.CheckConstraint(condition=models.Q(('amount_fen__gt', 0), ('amount_fen__lte', 10000000000)), name='payments_refundpart_amount'), models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='payments_refundpart_shard'), models.CheckConstraint(condition=models.Q(('asked', True), ('request_id', None), _connector='OR'), name='payments_refundpart_request')],
                    },
                ),
                migrations.CreateModel(
                    name='MethodOrder',
                    fields=[
                        ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='accounts.customer')),
                        ('methods', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=97), blank=True, default=list, size=None)),
                        ('changed_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('methods__len__lte', 20)), name='payments_methodorder_number')],
                    },
                ),
            ],
        ),
    ]

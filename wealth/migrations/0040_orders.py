
import core.ids
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_capture_the_same_holds'),
        ('wealth', '0011_first_questionnaire'),
        ('wealth', '0021_current_storage'),
        ('wealth', '0031_sandbox_issuer'),
    ]

    operations = [
        migrations.CreateModel(
            name='WealthOrder',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('shard', models.SmallIntegerField()),
                ('kind', models.CharField(max_length=32)),
                ('side', models.CharField(choices=[('buy', 'Buy'), ('redeem', 'Redeem')], max_length=8)),
                ('state', models.CharField(choices=[('created', 'Created'), ('checked', 'Checked'), ('paid', 'Paid'), ('units_frozen', 'Units Frozen'), ('fast_paid', 'Fast Paid'), ('submitted', 'Submitted'), ('confirmed', 'Confirmed'), ('earning', 'Earning'), ('cash_paid', 'Cash Paid'), ('rejected', 'Rejected'), ('cancelled', 'Cancelled'), ('expired', 'Expired'), ('failed', 'Failed'), ('refunding', 'Refunding'), ('refunded', 'Refunded')], default='created', max_length=16)),
                ('fast', models.BooleanField(default=False)),
                ('amount_fen', models.BigIntegerField(blank=True, null=True)),
                ('units_fen', models.BigIntegerField(blank=True, null=True)),
                ('fee_fen', models.BigIntegerField(default=0)),
                ('trade_on', models.DateField()),
                ('cut_at', models.DateTimeField()),
                ('confirms_on', models.DateField()),
                ('earns_from', models.DateField(blank=True, null=True)),
                ('cash_on', models.DateField(blank=True, null=True)),
                ('price', models.DecimalField(decimal_places=6, max_digits=12)),
                ('risk', models.CharField(max_length=4)),
                ('risk_sha256', models.CharField(max_length=64)),
                ('cashier_order_id', models.UUIDField(blank=True, null=True)),
                ('pay_journal_id', models.UUIDField(blank=True, null=True)),
                ('request_id', models.UUIDField(blank=True, null=True)),
                ('resends', models.SmallIntegerField(default=0)),
                ('book_journal_id', models.UUIDField(blank=True, null=True)),
                ('cash_journal_id', models.UUIDField(blank=True, null=True)),
                ('refund_id', models.UUIDField(blank=True, null=True)),
                ('code', models.CharField(blank=True, default='', max_length=64)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('customer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                ('product', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wealth.product')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wealth.productversion')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', '-created_at', '-id'], name='wealth_order_mine'), models.Index(condition=models.Q(('due_at__isnull', False)), fields=['shard', 'due_at'], name='wealth_order_next'), models.Index(fields=['product', '-created_at', '-id'], name='wealth_order_of_product'), models.Index(condition=models.Q(('state__in', ['submitted', 'fast_paid'])), fields=['state', 'changed_at'], name='wealth_order_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='wealth_order_shard'), models.UniqueConstraint(fields=('cashier_order_id', 'shard'), name='wealth_order_cashier'), models.UniqueConstraint(fields=('request_id', 'shard'), name='wealth_order_request'), models.CheckConstraint(condition=models.Q(models.Q(('side', 'buy'), ('state__in', ['cancelled', 'checked', 'confirmed', 'created', 'earning', 'expired', 'failed', 'paid', 'refunded', 'refunding', 'rejected', 'submitted'])), models.Q(('side', 'redeem'), ('state__in', ['cancelled', 'cash_paid', 'checked', 'confirmed', 'created', 'fast_paid', 'rejected', 'submitted', 'units_frozen'])), _connector='OR'), name='wealth_order_state'), models.CheckConstraint(condition=models.Q(models.Q(('amount_fen', None), models.Q(('amount_fen__gte', 1), ('amount_fen__lte', 10000000000)), _connector='OR'), models.Q(('units_fen', None), models.Q(('units_fen__gte', 1), ('units_fen__lte', 10000000000)), _connector='OR'), ('fee_fen__gte', 0), models.Q(models.Q(('amount_fen__isnull', False), ('side', 'buy')), models.Q(('side', 'redeem'), ('units_fen__isnull', False)), _connector='OR')), name='wealth_order_amounts'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('confirmed', 'earning', 'cash_paid')), _negated=True), models.Q(('amount_fen__isnull', False), ('units_fen__isnull', False)), _connector='OR'), name='wealth_order_known'), models.CheckConstraint(condition=models.Q(models.Q(('cash_on', None), ('earns_from__isnull', False), ('fast', False), ('side', 'buy')), models.Q(('cash_on__isnull', False), ('earns_from', None), ('fast', False), ('side', 'redeem')), models.Q(('cash_on', None), ('earns_from', None), ('fast', True), ('side', 'redeem')), _connector='OR'), name='wealth_order_dates'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['submitted', 'cash_paid']), _negated=True), ('fast', False), _connector='OR'), name='wealth_order_fast_pays'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'fast_paid'), _negated=True), ('fast', True), _connector='OR'), name='wealth_order_paid_fast'), models.CheckConstraint(condition=models.Q(models.Q(('cashier_order_id', None), ('side', 'redeem')), models.Q(('cashier_order_id', None), ('state', 'created')), models.Q(('cashier_order_id__isnull', False), ('side', 'buy')), _connector='OR'), name='wealth_order_at_cashier'), models.CheckConstraint(condition=models.Q(models.Q(('pay_journal_id', None), ('side', 'redeem')), models.Q(('pay_journal_id', None), ('side', 'buy'), ('state__in', ['created', 'checked', 'expired'])), models.Q(('side', 'buy'), ('state', 'cancelled')), models.Q(('pay_journal_id__isnull', False), ('side', 'buy')), _connector='OR'), name='wealth_order_paid'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('submitted', 'fast_paid', 'rejected', 'confirmed', 'earning', 'cash_paid')), _negated=True), ('request_id__isnull', False), _connector='OR'), name='wealth_order_given'), models.CheckConstraint(condition=models.Q(models.Q(('book_journal_id__isnull', False), ('state__in', ('confirmed', 'earning', 'cash_paid'))), models.Q(models.Q(('state__in', ('confirmed', 'earning', 'cash_paid')), _negated=True), ('book_journal_id', None)), _connector='OR'), name='wealth_order_booked'), models.CheckConstraint(condition=models.Q(models.Q(('cash_journal_id__isnull', False), ('state__in', ['cash_paid', 'fast_paid'])), models.Q(('cash_journal_id__isnull', False), ('fast', True), ('state', 'confirmed')), models.Q(models.Q(('state__in', ['cash_paid', 'fast_paid']), _negated=True), models.Q(('fast', True), ('state', 'confirmed'), _negated=True), ('cash_journal_id', None)), _connector='OR'), name='wealth_order_cash'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refunding', 'refunded']), _negated=True), ('refund_id__isnull', False), _connector='OR'), name='wealth_order_refund'), models.CheckConstraint(condition=models.Q(('price__gt', 0)), name='wealth_order_priced')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wealthorder',
            trigger=pgtrigger.compiler.Trigger(name='wealth_order_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('created') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_order_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('cancelled>refunding', 'checked>cancelled', 'checked>expired', 'checked>paid', 'checked>units_frozen', 'confirmed>cash_paid', 'confirmed>earning', 'created>checked', 'failed>refunding', 'fast_paid>confirmed', 'paid>cancelled', 'paid>failed', 'paid>submitted', 'refunding>failed', 'refunding>refunded', 'rejected>refunding', 'submitted>confirmed', 'submitted>rejected', 'units_frozen>cancelled', 'units_frozen>fast_paid', 'units_frozen>submitted') AND NOT ((OLD.state = 'cancelled' AND NEW.state = 'refunding' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'checked' AND NEW.state = 'cancelled' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'checked' AND NEW.state = 'expired' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'checked' AND NEW.state = 'paid' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'checked' AND NEW.state = 'units_frozen' AND (NEW.side = 'redeem') IS NOT TRUE) OR (OLD.state = 'confirmed' AND NEW.state = 'cash_paid' AND (NEW.side = 'redeem') IS NOT TRUE) OR (OLD.state = 'confirmed' AND NEW.state = 'earning' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'failed' AND NEW.state = 'refunding' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'fast_paid' AND NEW.state = 'confirmed' AND (NEW.side = 'redeem') IS NOT TRUE) OR (OLD.state = 'paid' AND NEW.state = 'cancelled' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'paid' AND NEW.state = 'failed' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'paid' AND NEW.state = 'submitted' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'refunding' AND NEW.state = 'failed' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'refunding' AND NEW.state = 'refunded' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'rejected' AND NEW.state = 'refunding' AND (NEW.side = 'buy') IS NOT TRUE) OR (OLD.state = 'units_frozen' AND NEW.state = 'cancelled' AND (NEW.side = 'redeem') IS NOT TRUE) OR (OLD.state = 'units_frozen' AND NEW.state = 'fast_paid' AND (NEW.side = 'redeem') IS NOT TRUE) OR (OLD.state = 'units_frozen' AND NEW.state = 'submitted' AND (NEW.side = 'redeem') IS NOT TRUE)) THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_order_moves';\n        ", hash='b3cdea1026f1bd591fb704604283b08c6004a14e', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_wealth_order_moves_20341', table='wealth_wealthorder', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wealthorder',
            trigger=pgtrigger.compiler.Trigger(name='wealth_order_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='a8c36403c4c9ac7ebeaf98d7cbc290a6d26d0b0d', operation='DELETE', pgid='pgtrigger_wealth_order_kept_17872', table='wealth_wealthorder', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wealthorder',
            trigger=pgtrigger.compiler.Trigger(name='wealth_order_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF (NEW.id, NEW.customer_id, NEW.product_id, NEW.version_id, NEW.kind, NEW.side, NEW.fast, NEW.trade_on, NEW.cut_at, NEW.confirms_on,\n    NEW.earns_from, NEW.cash_on, NEW.price, NEW.risk, NEW.risk_sha256, NEW.created_at)\n    IS DISTINCT FROM (OLD.id, OLD.customer_id, OLD.product_id, OLD.version_id, OLD.kind, OLD.side, OLD.fast, OLD.trade_on, OLD.cut_at,\n    OLD.confirms_on, OLD.earns_from, OLD.cash_on, OLD.price, OLD.risk, OLD.risk_sha256, OLD.created_at)\n    OR (OLD.side = 'buy' AND NEW.amount_fen <> OLD.amount_fen) OR (OLD.side = 'redeem' AND NEW.units_fen <> OLD.units_fen) THEN\n    RAISE EXCEPTION 'what order % was shown stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_order_stays';\nEND IF;\nRETURN NEW;\n", hash='0a2c20b1d7c908670e6243e207799b1984b9385b', operation='UPDATE', pgid='pgtrigger_wealth_order_stays_acccd', table='wealth_wealthorder', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wealthorder',
            trigger=pgtrigger.compiler.Trigger(name='wealth_order_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF (OLD.cashier_order_id IS NOT NULL AND NEW.cashier_order_id IS DISTINCT FROM OLD.cashier_order_id)\n    OR (OLD.pay_journal_id IS NOT NULL AND NEW.pay_journal_id IS DISTINCT FROM OLD.pay_journal_id)\n    OR (OLD.book_journal_id IS NOT NULL AND NEW.book_journal_id IS DISTINCT FROM OLD.book_journal_id)\n    OR (OLD.cash_journal_id IS NOT NULL AND NEW.cash_journal_id IS DISTINCT FROM OLD.cash_journal_id) THEN\n    RAISE EXCEPTION 'what order % booked stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_order_once';\nEND IF;\nRETURN NEW;\n", hash='ab17a3b9b0013cd130a13dbb6a9f7b624b5eaddb', operation='UPDATE', pgid='pgtrigger_wealth_order_once_cda1f', table='wealth_wealthorder', when='BEFORE')),
        ),
    ]

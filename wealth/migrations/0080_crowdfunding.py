import core.ids
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_capture_the_same_holds'),
        ('wealth', '0070_insurance'),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('shard', models.SmallIntegerField()),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('review', 'Review'), ('online', 'Online'), ('waiting_funds', 'Waiting Funds'), ('successful', 'Successful'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='draft', max_length=14)),
                ('title_en', models.CharField(max_length=60)),
                ('title_zh', models.CharField(max_length=60)),
                ('story_en', models.TextField(max_length=4000)),
                ('story_zh', models.TextField(max_length=4000)),
                ('goal_fen', models.BigIntegerField()),
                ('scheme', models.CharField(choices=[('all_or_nothing', 'All Or Nothing'), ('flexible', 'Flexible')], max_length=14)),
                ('days', models.SmallIntegerField()),
                ('person_cap_fen', models.BigIntegerField(blank=True, null=True)),
                ('stretch_goals', models.JSONField(blank=True, default=list)),
                ('fee_bp', models.IntegerField(default=0)),
                ('why', models.CharField(blank=True, default='', max_length=200)),
                ('raised_fen', models.BigIntegerField(blank=True, null=True)),
                ('online_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('creator', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.customer')),
                ('product', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wealth.product')),
            ],
        ),
        migrations.CreateModel(
            name='CampaignMilestone',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('shard', models.SmallIntegerField()),
                ('number', models.SmallIntegerField()),
                ('title_en', models.CharField(max_length=60)),
                ('title_zh', models.CharField(max_length=60)),
                ('weight', models.SmallIntegerField()),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('waiting', 'Waiting'), ('paid', 'Paid')], default='planned', max_length=8)),
                ('amount_fen', models.BigIntegerField(blank=True, null=True)),
                ('fee_fen', models.BigIntegerField(default=0)),
                ('journal_id', models.UUIDField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='wealth.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='CampaignReward',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('shard', models.SmallIntegerField()),
                ('number', models.SmallIntegerField()),
                ('title_en', models.CharField(max_length=60)),
                ('title_zh', models.CharField(max_length=60)),
                ('price_fen', models.BigIntegerField()),
                ('stock', models.IntegerField(blank=True, null=True)),
                ('used', models.IntegerField(default=0)),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rewards', to='wealth.campaign')),
            ],
        ),
        migrations.CreateModel(
            name='CampaignUpdate',
            fields=[
                ('id', models.UUIDField(default=core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('shard', models.SmallIntegerField()),
                ('number', models.SmallIntegerField()),
                ('title', models.CharField(max_length=60)),
                ('words', models.TextField(max_length=4000)),
                ('created_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='wealth.campaign')),
                ('milestone', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wealth.campaignmilestone')),
            ],
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(fields=['creator', '-created_at', '-id'], name='wealth_campaign_mine'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(fields=['state', '-online_at', '-id'], name='wealth_campaign_shown'),
        ),
        migrations.AddIndex(
            model_name='campaign',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['shard', 'due_at'], name='wealth_campaign_next'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='wealth_campaign_shard'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.UniqueConstraint(fields=('product', 'shard'), name='wealth_campaign_product'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'review', 'online', 'waiting_funds', 'successful', 'failed', 'cancelled'])), name='wealth_campaign_state'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('scheme__in', ['all_or_nothing', 'flexible'])), name='wealth_campaign_scheme'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 365), ('fee_bp__gte', 0), ('fee_bp__lt', 10000), ('goal_fen__gte', 1), ('goal_fen__lte', 10000000000), models.Q(('person_cap_fen', None), models.Q(('person_cap_fen__gte', 1), ('person_cap_fen__lte', 10000000000)), _connector='OR')), name='wealth_campaign_amounts'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_at', None), ('online_at', None), ('product', None), ('state__in', ['draft', 'review', 'cancelled'])), models.Q(models.Q(('state__in', ['draft', 'review']), _negated=True), ('ends_at__gt', models.F('online_at')), ('online_at__isnull', False), ('product__isnull', False)), _connector='OR'), name='wealth_campaign_approved'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', False), ('state__in', ['online', 'waiting_funds'])), models.Q(('due_at', None), ('state__in', ['draft', 'review'])), models.Q(('due_at__isnull', False), ('settled_at', None), ('state__in', ('successful', 'failed', 'cancelled'))), models.Q(('due_at', None), ('settled_at__isnull', False), ('state__in', ('successful', 'failed', 'cancelled'))), _connector='OR'), name='wealth_campaign_due'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('raised_fen', None), ('settled_at', None)), models.Q(('raised_fen__gte', 0), ('settled_at__isnull', False), ('state', 'successful')), models.Q(('raised_fen', 0), ('settled_at__isnull', False), ('state__in', ['failed', 'cancelled'])), _connector='OR'), name='wealth_campaign_raised'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='wealth_campaign_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('draft') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaign_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('draft>cancelled', 'draft>review', 'online>cancelled', 'online>waiting_funds', 'review>cancelled', 'review>draft', 'review>online', 'waiting_funds>failed', 'waiting_funds>successful') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaign_moves';\n        ", hash='4364544546349e6543f69cd8b740d36ca80d6638', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_wealth_campaign_moves_fcb99', table='wealth_campaign', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='wealth_campaign_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ac822708748bdca4d81459ae6824b7a8ffa28490', operation='DELETE', pgid='pgtrigger_wealth_campaign_kept_c87a2', table='wealth_campaign', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaign',
            trigger=pgtrigger.compiler.Trigger(name='wealth_campaign_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF OLD.state <> 'draft' AND (NEW.title_en, NEW.title_zh, NEW.story_en, NEW.story_zh, NEW.goal_fen, NEW.scheme, NEW.days,\n    NEW.person_cap_fen, NEW.stretch_goals) IS DISTINCT FROM (OLD.title_en, OLD.title_zh, OLD.story_en, OLD.story_zh, OLD.goal_fen,\n    OLD.scheme, OLD.days, OLD.person_cap_fen, OLD.stretch_goals)\n    OR (NEW.id, NEW.creator_id, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.creator_id, OLD.created_at)\n    OR (OLD.product_id IS NOT NULL AND (NEW.product_id, NEW.fee_bp, NEW.online_at, NEW.ends_at)\n        IS DISTINCT FROM (OLD.product_id, OLD.fee_bp, OLD.online_at, OLD.ends_at))\n    OR (OLD.settled_at IS NOT NULL AND (NEW.settled_at, NEW.raised_fen) IS DISTINCT FROM (OLD.settled_at, OLD.raised_fen)) THEN\n    RAISE EXCEPTION 'what campaign % says stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaign_stays';\nEND IF;\nRETURN NEW;\n", hash='a4a45550e4d11e23bc8a2011aec773efa370e0fa', operation='UPDATE', pgid='pgtrigger_wealth_campaign_stays_65794', table='wealth_campaign', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='campaignmilestone',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['changed_at'], name='wealth_cfmilestone_queue'),
        ),
        migrations.AddConstraint(
            model_name='campaignmilestone',
            constraint=models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='wealth_campaignmilestone_shard'),
        ),
        migrations.AddConstraint(
            model_name='campaignmilestone',
            constraint=models.UniqueConstraint(fields=('campaign', 'number', 'shard'), name='wealth_campaignmilestone_number'),
        ),
        migrations.AddConstraint(
            model_name='campaignmilestone',
            constraint=models.CheckConstraint(condition=models.Q(('fee_fen__gte', 0), ('state__in', ['planned', 'waiting', 'paid']), ('weight__gte', 1)), name='wealth_campaignmilestone_state'),
        ),
        migrations.AddConstraint(
            model_name='campaignmilestone',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_fen', None), ('fee_fen', 0), ('journal_id', None), ('state', 'planned')), models.Q(('amount_fen__gte', 0), ('journal_id', None), ('state', 'waiting')), models.Q(('amount_fen__gte', 0), ('journal_id__isnull', False), ('state', 'paid')), models.Q(('amount_fen', 0), ('fee_fen', 0), ('journal_id', None), ('state', 'paid')), _connector='OR'), name='wealth_campaignmilestone_paid'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaignmilestone',
            trigger=pgtrigger.compiler.Trigger(name='wealth_campaignmilestone_moves', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.state IN ('planned') THEN RETURN NEW; END IF;\n                RAISE EXCEPTION '% cannot begin as %', TG_TABLE_NAME, NEW.state\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaignmilestone_moves';\n            END IF;\n            IF OLD.state = NEW.state OR OLD.state || '>' || NEW.state IN ('planned>waiting', 'waiting>paid') THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION '% cannot move from % to %', TG_TABLE_NAME, OLD.state, NEW.state\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaignmilestone_moves';\n        ", hash='263d64947510b64e90eda6b1b94142383fc7e5c0', operation='INSERT OR UPDATE OF "state"', pgid='pgtrigger_wealth_campaignmilestone_moves_f5a2d', table='wealth_campaignmilestone', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaignmilestone',
            trigger=pgtrigger.compiler.Trigger(name='wealth_campaignmilestone_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF (TG_OP = 'DELETE' OR (NEW.campaign_id, NEW.number, NEW.title_en, NEW.title_zh, NEW.weight)\n        IS DISTINCT FROM (OLD.campaign_id, OLD.number, OLD.title_en, OLD.title_zh, OLD.weight))\n    AND NOT EXISTS (SELECT 1 FROM wealth_campaign c WHERE c.id = OLD.campaign_id AND c.state = 'draft')\n    OR (TG_OP = 'UPDATE' AND OLD.amount_fen IS NOT NULL\n        AND (NEW.amount_fen, NEW.fee_fen) IS DISTINCT FROM (OLD.amount_fen, OLD.fee_fen)) THEN\n    RAISE EXCEPTION 'what milestone % is stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaignmilestone_stays';\nEND IF;\nIF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nRETURN NEW;\n", hash='4fa504200fd32cf926e005e2e00d91aa6157143b', operation='UPDATE OR DELETE', pgid='pgtrigger_wealth_campaignmilestone_stays_3cb0e', table='wealth_campaignmilestone', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='campaignreward',
            constraint=models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='wealth_campaignreward_shard'),
        ),
        migrations.AddConstraint(
            model_name='campaignreward',
            constraint=models.UniqueConstraint(fields=('campaign', 'number', 'shard'), name='wealth_campaignreward_number'),
        ),
        migrations.AddConstraint(
            model_name='campaignreward',
            constraint=models.CheckConstraint(condition=models.Q(('price_fen__gte', 1), ('price_fen__lte', 10000000000), ('used__gte', 0), models.Q(('stock', None), models.Q(('stock__gte', 1), ('used__lte', models.F('stock'))), _connector='OR')), name='wealth_campaignreward_stock'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaignreward',
            trigger=pgtrigger.compiler.Trigger(name='wealth_campaignreward_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\nIF (TG_OP = 'DELETE' OR (NEW.campaign_id, NEW.number, NEW.title_en, NEW.title_zh, NEW.price_fen, NEW.stock)\n        IS DISTINCT FROM (OLD.campaign_id, OLD.number, OLD.title_en, OLD.title_zh, OLD.price_fen, OLD.stock))\n    AND NOT EXISTS (SELECT 1 FROM wealth_campaign c WHERE c.id = OLD.campaign_id AND c.state = 'draft') THEN\n    RAISE EXCEPTION 'what reward % is stays', OLD.id USING ERRCODE = 'check_violation', CONSTRAINT = 'wealth_campaignreward_stays';\nEND IF;\nIF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\nRETURN NEW;\n", hash='3d6760af5c853eb0fa94b86dc4bd87384c740b01', operation='UPDATE OR DELETE', pgid='pgtrigger_wealth_campaignreward_stays_87ae1', table='wealth_campaignreward', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='campaignupdate',
            constraint=models.CheckConstraint(condition=models.Q(('shard__gte', 0), ('shard__lt', 64)), name='wealth_campaignupdate_shard'),
        ),
        migrations.AddConstraint(
            model_name='campaignupdate',
            constraint=models.UniqueConstraint(fields=('campaign', 'number', 'shard'), name='wealth_campaignupdate_number'),
        ),
        migrations.AddConstraint(
            model_name='campaignupdate',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), models.Q(('title', ''), _negated=True), models.Q(('words', ''), _negated=True)), name='wealth_campaignupdate_told'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='campaignupdate',
            trigger=pgtrigger.compiler.Trigger(name='wealth_campaignupdate_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete or update rows from % table', TG_TABLE_NAME;", hash='daa446a0860f9b954a12558916cb318fe2802ff5', operation='DELETE OR UPDATE', pgid='pgtrigger_wealth_campaignupdate_kept_75eb6', table='wealth_campaignupdate', when='BEFORE')),
        ),
    ]

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_consents_required_since'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='consentdocument',
            trigger=pgtrigger.compiler.Trigger(name='accounts_consentdocument_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e3dfe9b96b022f7fea5b3ba1fa714db21b97d2df', operation='UPDATE OR DELETE', pgid='pgtrigger_accounts_consentdocument_fixed_9566c', table='accounts_consentdocument', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='consentdocument',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('required', False), ('required_from', None)), models.Q(('required', True), ('required_from__gte', models.F('published_at')), ('required_from__isnull', False)), _connector='OR'), name='accounts_consentdocument_required'),
        ),
    ]

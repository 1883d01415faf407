"""What was required is required since it was published."""

from django.db import migrations
from django.db.models import F


def load(apps, schema_editor):
    apps.get_model("accounts", "ConsentDocument").objects.filter(required=True).update(required_from=F("published_at"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_consents_required")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]

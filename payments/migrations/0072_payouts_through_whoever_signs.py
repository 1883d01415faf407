"""Every channel that signs cards pays out to them, as before; what it takes for that is for people to say."""

from django.db import migrations

from core.first_rows import take_back
from core.ids import new_id
from payments.migrations._channels import of


def load(apps, schema_editor):
    route = apps.get_model("payments", "RouteRule").objects
    signing = route.filter(operation="sign_start").order_by("channel_id").values_list("channel_id", flat=True).distinct()
    for channel in signing:
        route.create(id=new_id(), operation="payout", **of(channel))


def unload(apps, schema_editor):
    take_back(schema_editor, apps.get_model("payments", "RouteRule").objects.filter(operation="payout"))


class Migration(migrations.Migration):
    dependencies = [("payments", "0071_routes_of_payouts")]

    operations = [migrations.RunPython(load, unload)]

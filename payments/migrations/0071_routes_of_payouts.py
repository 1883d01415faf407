"""Payouts are routed like payments."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0070_what_a_payer_is_asked")]

    operations = [
        migrations.RemoveConstraint(model_name="routerule", name="payments_route_operation"),
        migrations.AddConstraint(
            model_name="routerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("operation__in", ["pay", "payout", "sign_start"])), name="payments_route_operation"
            ),
        ),
    ]

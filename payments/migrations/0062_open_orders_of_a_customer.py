"""What waits for a customer is counted by indexes of the open orders alone: it read all they ever had."""

from django.db import migrations, models


def of_open(model: str, name: str, field: str, **states):
    return migrations.AddIndex(model_name=model, index=models.Index(condition=models.Q(**states), fields=[field], name=name))


class Migration(migrations.Migration):
    dependencies = [("payments", "0061_channels_terms")]

    operations = [
        of_open("topup", "payments_topup_unfinished", "customer", state__in=("created", "processing", "closed", "refunding", "to_manual")),
        of_open("withdrawal", "payments_withdrawal_open", "customer", state__in=("in_review", "held", "sent")),
        of_open("transfer", "payments_transfer_open", "customer", state__in=("in_review", "in_transit")),
        of_open("transfer", "payments_transfer_waiting", "payee", state="in_transit"),
    ]

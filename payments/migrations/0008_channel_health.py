"""The page of channel health lists every channel: a proxy, no table."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0007_merchant_rows'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChannelHealth',
            fields=[
            ],
            options={
                'verbose_name': 'channel health',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('payments.channel',),
        ),
    ]

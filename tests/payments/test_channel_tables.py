"""What the database itself refuses about channels, requests, cards and bindings."""

import pytest

from payments.cards.models import Bank, CardBin, CardLimit
from payments.channels.models import Channel, ErrorRule

pytestmark = pytest.mark.django_db


def test_the_first_rows_describe_the_sandbox_bank_and_leave_it_off() -> None:
    channel = Channel.objects.get(code="sandbox_bank")
    assert (channel.enabled, channel.connect_timeout_ms, channel.total_timeout_ms) == (False, 2000, 7000)
    assert Bank.objects.filter(supported=True).count() == 12
    assert CardBin.objects.get(bin="990110").number_length == 19
    assert CardLimit.objects.count() == 48
    assert ErrorRule.objects.get(code="SYSTEM_ERROR").definite is False

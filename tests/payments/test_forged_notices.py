"""Whoever forges notices grows no table and heats no row."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.clock import queries as clock
from payments.channels import refused
from payments.channels.models import ChannelNotice, RefusedNotices
from payments.channels.refused import BURST, Tally
from tests.payments.world import AT

FORGED = 200


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    refused.TALLY.waiting.clear()
    yield
    refused.TALLY.waiting.clear()


def counts() -> dict[str, int]:
    return dict(RefusedNotices.objects.values_list("reason", "count"))


@pytest.mark.django_db
def test_a_flood_of_forged_notices_costs_a_bounded_number_of_writes_and_is_counted_by_the_next() -> None:
    tally = Tally()
    with CaptureQueriesContext(connection) as captured:
        for _ in range(FORGED):
            refused.count("sandbox_bank", "signature", b"forged", AT, tally)
    writes = len([query for query in captured if "payments_refusednotices" in query["sql"]])
    assert BURST <= writes <= BURST + 5
    waiting = tally.waiting["sandbox_bank", "signature"]
    assert counts() == {"signature": FORGED - waiting.number}
    waiting.filled_at -= 1
    refused.count("sandbox_bank", "signature", b"forged", AT, tally)
    assert (counts(), waiting.number) == ({"signature": FORGED + 1}, 0)


@pytest.mark.django_db
def test_channels_and_reasons_are_counted_apart_and_a_quiet_one_is_written_at_once() -> None:
    tally = Tally()
    for _ in range(BURST * 2):
        refused.count("sandbox_bank", "signature", b"forged", AT, tally)
    refused.count("sandbox_bank", "timestamp", b"old", AT + timedelta(seconds=1), tally)
    assert counts()["timestamp"] == 1


def test_over_http_a_flood_is_answered_alike_and_leaves_one_row(connected: object, client: Client) -> None:
    answers = {
        client.generic("POST", "/v1/payments/notices/sandbox_bank", b'{"n": 1}', content_type="application/json").status_code
        for _ in range(BURST * 2)
    }
    assert (answers, RefusedNotices.objects.count(), ChannelNotice.objects.count()) == ({401}, 1, 0)
    row = RefusedNotices.objects.get()
    assert 0 < row.count <= BURST * 2
    assert row.day == clock.local_day(clock.now())

"""The measurements of reading a whole portfolio, behind `platform/bench/portfolio.py`."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from django.db import connection
from rest_framework.test import APIRequestFactory

from accounts.ledger.accounts import customer_account
from bench import _overview_sql as baseline
from bench._overview_ground import FUNDS, LOTS, Reader, ground
from bench._rows import Row, against, plain
from bench._wealth_rounds import timed
from core.clock import queries as clock
from core.clock.queries import local_day
from core.ids import SHARDS, parse_public_id, shard_of
from tests.query_counts import queries_of
from wealth.portfolio.api.views import Overviews
from wealth.portfolio.models import PARTS
from wealth.portfolio.words import LABELS

PEOPLE, FEW = 300, 5
READS, FEW_READS = 200, 5
RATIO, STATEMENTS = 0.15, 12
IDS = ("product_id", "holding_id")


def run(rounds: int, *, small: bool) -> list[Row]:
    """The endpoint's handler, with its login and its answer written as JSON, against one prepared statement of the same answer."""
    reader = ground(FEW if small else PEOPLE)
    view, request = Overviews.as_view(), APIRequestFactory().get("/", headers={"Authorization": f"Bearer {reader.token}"})
    ask = partial(endpoint, view, request)
    tell = prepared(reader)
    assert_alike(ask(), tell())
    number = FEW_READS if small else READS
    endpoints, statements = [], []
    for _ in range(rounds):
        endpoints.append(number / timed(lambda: repeat(ask, number)))
        statements.append(number / timed(lambda: repeat(tell, number)))
    name = f"the endpoint of a portfolio of {FUNDS + LOTS} holdings / one prepared statement"
    return [
        against(name, endpoints, "/s", statements, None if small else (">=", RATIO)),
        plain("its statements, the login's among them", len(queries_of(ask)), "statements", STATEMENTS),
    ]


def endpoint(view: Callable[[Any], Any], request: Any) -> bytes:
    answer = view(request)
    answer.render()
    assert answer.status_code == 200, answer.content
    return bytes(answer.content)


def prepared(reader: Reader) -> Callable[[], str]:
    """The baseline, prepared on this connection."""
    who, today = reader.customer.pk, local_day(clock.now())
    account = customer_account(who).id
    statement = baseline.statement({key: label.en for key, label in LABELS.items()} | {"wallet": "Wallet"})
    values = {"who": who, "part": shard_of(who) * PARTS // SHARDS, "account": account, "today": today}
    with connection.cursor() as cursor:
        cursor.execute(baseline.PRODUCT)

    def answer() -> str:
        [(text,)] = connection.connection.execute(statement, values, prepare=True).fetchall()
        return str(text)

    return answer


def assert_alike(asked: bytes, told: str) -> None:
    """The same answer, but for the yearly return and how ids are written."""
    ours, theirs = orjson.loads(asked), orjson.loads(told)
    assert ours["returns"].pop("money_weighted")["value"] is not None
    for ours_line, theirs_line in zip(ours["items"], theirs["items"], strict=True):
        for name in IDS:
            prefix, _, plain_id = theirs_line[name].partition("_")
            assert parse_public_id(prefix, ours_line[name]) == uuid.UUID(plain_id)
            ours_line[name] = theirs_line[name]
    for name in theirs:
        assert ours.pop(name) == theirs[name], name
    assert not ours, ours


def repeat(act: Callable[[], object], times: int) -> None:
    for _ in range(times):
        act()

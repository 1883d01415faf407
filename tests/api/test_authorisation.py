"""The authorisation matrix: every operation of the schema x everyone who might call it.

An operation is walked as soon as it is in the schema; one whose path parameter or body no world can fill fails here.
"""

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from core.ids import new_id, public_id
from tests.api.operations import Operation, operations
from tests.api.world import PREFIXES, World, build_world

pytestmark = pytest.mark.django_db

EVERY = [pytest.param(operation, id=operation.name) for operation in operations()]
GUARDED = [pytest.param(operation, id=operation.name) for operation in operations() if not operation.open]
WITH_ID = [pytest.param(operation, id=operation.name) for operation in operations() if operation.path_parameters and not operation.open]


@pytest.fixture
def world() -> World:
    return build_world()


def call(client: APIClient, operation: Operation, values: dict[str, str], body: Any) -> Any:
    headers = {"Idempotency-Key": str(uuid.uuid4())} if operation.takes_key else {}
    data = body if operation.takes_body else None
    return getattr(client, operation.method)(operation.url(values), data=data, format="json", headers=headers)


def bearer(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_every_path_parameter_has_a_sample() -> None:
    named = {parameter for operation in operations() for parameter in operation.path_parameters}
    assert named - set(PREFIXES) == set(), "tests/api/world.py needs a sample of each path parameter"


@pytest.mark.parametrize("operation", GUARDED)
def test_nobody_without_a_login_gets_in(operation: Operation) -> None:
    values = {name: public_id(PREFIXES[name], new_id()) for name in operation.path_parameters}
    answer = call(APIClient(), operation, values, operation.example() if operation.takes_body else None)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("operation", GUARDED)
@pytest.mark.parametrize("kind", ["never issued", "expired", "revoked", "closed"])
def test_a_token_that_is_not_good_any_more_gets_nothing(operation: Operation, kind: str, world: World) -> None:
    values = {name: world.samples[name] for name in operation.path_parameters}
    answer = call(bearer(world.bad_tokens[kind]), operation, values, operation.example() if operation.takes_body else None)
    assert answer.status_code == 401
    assert answer.json()["code"] == "authentication_failed"


@pytest.mark.parametrize("operation", WITH_ID)
def test_anothers_id_answers_exactly_as_an_unknown_one(operation: Operation, world: World) -> None:
    body = world.body(operation)
    unknown = {name: public_id(PREFIXES[name], new_id()) for name in operation.path_parameters}
    foreign = {name: world.samples[name] for name in operation.path_parameters}
    answers = [call(bearer(world.stranger_token), operation, values, body) for values in (unknown, foreign)]
    assert [answer.status_code for answer in answers] == [404, 404]
    bodies = [{name: value for name, value in answer.json().items() if name != "trace_id"} for answer in answers]
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("operation", WITH_ID)
def test_the_owners_id_is_found_by_the_owner(operation: Operation, world: World) -> None:
    values = {name: world.samples[name] for name in operation.path_parameters}
    answer = call(bearer(world.owner_token), operation, values, world.body(operation))
    assert answer.status_code != 404, answer.content
    assert answer.status_code < 500


@pytest.mark.parametrize("operation", WITH_ID)
@pytest.mark.parametrize("bad", ["x", "cus_0", "../../etc/passwd", "%00", "crd_" + "z" * 26])
def test_a_malformed_id_is_not_found_and_breaks_nothing(operation: Operation, bad: str, world: World) -> None:
    values = dict.fromkeys(operation.path_parameters, bad)
    answer = call(bearer(world.owner_token), operation, values, world.body(operation))
    assert answer.status_code == 404


@pytest.mark.parametrize("operation", GUARDED)
def test_a_staff_login_is_no_customers_login(operation: Operation, world: World) -> None:
    client = APIClient()
    client.force_login(world.staff)
    answer = call(client, operation, {name: world.samples[name] for name in operation.path_parameters}, world.body(operation))
    assert answer.status_code == 401

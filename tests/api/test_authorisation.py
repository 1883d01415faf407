"""The authorisation matrix: every operation of the schema x everyone who might call it.

An operation is walked as soon as it is in the schema; one whose path parameter or body the world cannot fill fails here.
Each test builds the world once and walks every operation, so that a failure names all operations that break the rule.
"""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.identity import services as identity
from accounts.ledger.models import Journal
from accounts.privacy.models import Consent
from core.clock import queries as clock
from core.ids import new_id, public_id
from tests import factories
from tests.api.operations import Operation, operations
from tests.api.world import NOBODYS, PREFIXES, World, build_world
from tests.sandbox_bank import SandboxBank

pytestmark = pytest.mark.django_db(transaction=True)

GUARDED = [operation for operation in operations() if not operation.open and not operation.signed]
WITH_ID = [operation for operation in GUARDED if operation.path_parameters]
OWNED = [operation for operation in WITH_ID if not set(operation.path_parameters) <= NOBODYS]
PUBLIC = [operation for operation in WITH_ID if set(operation.path_parameters) <= NOBODYS]
OF_THE_CALLER = {"wealth_suitability_fit"}  # says of what is nobody's how it fits whoever asks
NOT_EVEN_READ = {("frozen", "accounts_exports_archive_download")}  # all there is on a customer, for whoever holds a stolen phone
LAST = ("unbind", "closure", "sessions")
MALFORMED = ["x", "cus_0", "..", "%00", "crd_" + "z" * 26, "1' OR '1'='1"]


@pytest.fixture
def world(connected: SandboxBank) -> World:
    return build_world(connected)


def call(client: APIClient, operation: Operation, values: dict[str, str], body: Any) -> Any:
    headers = {"Idempotency-Key": str(uuid.uuid4())} if operation.takes_key else {}
    data = body if operation.takes_body else None
    return getattr(client, operation.method)(operation.url(values), data=data, format="json", headers=headers)


def walk(chosen: list[Operation], right: Callable[[Operation], str | None]) -> None:
    """Run `right` on every operation; it returns what is wrong, or None."""
    wrong = [f"{operation}: {words}" for operation in chosen if (words := right(operation))]
    assert wrong == []


def client_of(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def bare(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "trace_id"}


def unknown_ids(operation: Operation) -> dict[str, str]:
    return {name: public_id(PREFIXES[name], new_id()) for name in operation.path_parameters}


def test_every_path_parameter_has_a_sample() -> None:
    named = {parameter for operation in operations() for parameter in operation.path_parameters}
    assert named - set(PREFIXES) == set(), "tests/api/world.py needs a sample of each path parameter"


def test_nobody_without_a_login_gets_in(world: World) -> None:
    def right(operation: Operation) -> str | None:
        answer = call(APIClient(), operation, world.owned_ids(operation), world.body(operation))
        good = answer.status_code == 401 and answer.json()["code"] == "not_authenticated"
        return None if good else f"{answer.status_code} {answer.content[:200]!r}"

    walk(GUARDED, right)


def test_a_token_that_is_not_good_any_more_gets_nothing(world: World) -> None:
    clients = {kind: client_of(token) for kind, token in world.bad_tokens.items()}

    def right(operation: Operation) -> str | None:
        for kind, client in clients.items():
            answer = call(client, operation, world.owned_ids(operation), world.body(operation))
            if answer.status_code != 401 or answer.json()["code"] != "authentication_failed":
                return f"{kind}: {answer.status_code} {answer.content[:200]!r}"
        return None

    walk(GUARDED, right)


def test_anothers_id_answers_exactly_as_an_unknown_one(world: World) -> None:
    client = client_of(world.stranger_token)

    def right(operation: Operation) -> str | None:
        bodies = []
        for values in (unknown_ids(operation), world.owned_ids(operation)):
            answer = call(client, operation, values, world.body(operation))
            bodies.append((answer.status_code, {name: value for name, value in answer.json().items() if name != "trace_id"}))
        good = bodies[0] == bodies[1] and bodies[0][0] == 404
        return None if good else f"{bodies}"

    walk(OWNED, right)


def other_kinds() -> dict[str, APIClient]:
    """A customer of every type who owns nothing here."""
    made = {"unverified": factories.customer(verified_class=None), "lacks consents": factories.customer(consents=False)}
    made |= {f"class {rank}": factories.customer(verified_class=rank) for rank in (1, 3)}
    clients = {kind: client_of(factories.login(one)) for kind, one in made.items()}
    frozen = factories.customer()
    clients["frozen"] = client_of(factories.login(frozen))
    identity.freeze(customer_id=frozen.id, reason="test", at=clock.now())
    return clients


def test_anothers_id_is_unknown_to_every_type_of_customer(world: World) -> None:
    """What a type may not do at all is refused before any id is looked at, and so alike."""
    clients = other_kinds()

    def right(operation: Operation) -> str | None:
        for kind, client in clients.items():
            answers = [
                call(client, operation, values, world.body(operation)) for values in (unknown_ids(operation), world.owned_ids(operation))
            ]
            told = [{name: value for name, value in answer.json().items() if name != "trace_id"} for answer in answers]
            if told[0] != told[1] or answers[0].status_code not in (403, 404):
                return f"{kind}: {told}"
        return None

    walk(OWNED, right)


def test_what_is_nobodys_answers_every_type_of_customer_alike_and_an_unknown_one_nobody(world: World) -> None:
    clients = other_kinds() | {"stranger": client_of(world.stranger_token)}
    owner = client_of(world.owner_token)

    def right(operation: Operation) -> str | None:
        own, unknown = world.owned_ids(operation), unknown_ids(operation)
        told = call(owner, operation, own, world.body(operation))
        for kind, client in clients.items():
            answer = call(client, operation, own, world.body(operation))
            alike = operation.name in OF_THE_CALLER or bare(answer) == bare(told)
            if answer.status_code != told.status_code or not alike:
                return f"{kind}: {answer.status_code} {answer.content[:200]!r}"
            if call(client, operation, unknown, world.body(operation)).status_code != 404:
                return f"{kind}: an unknown id is answered"
        return None

    assert all(operation.method == "get" for operation in PUBLIC), "an effect on what is nobody's needs a walk of its own"
    walk(PUBLIC, right)


@pytest.mark.parametrize(
    ("kind", "code", "mark"), [("frozen", "account_frozen", "frozen_may_act"), ("lacks", "consents_required", "before_consent")]
)
def test_who_may_only_look_looks_at_their_own_and_does_nothing(world: World, kind: str, code: str, mark: str) -> None:
    """Frozen, or without the consents: every read answers, every effect is refused, but for those whose view says otherwise."""
    if kind == "frozen":
        identity.freeze(customer_id=world.owner.id, reason="test", at=clock.now())
    else:
        Consent.objects.filter(customer=world.owner).delete()
    client, before = client_of(world.owner_token), Journal.objects.count()

    def right(operation: Operation) -> str | None:
        answer = call(client, operation, world.owned_ids(operation), world.body(operation))
        refused = answer.status_code == 403 and answer.json()["code"] == code
        reads = operation.method == "get" and (kind, operation.name) not in NOT_EVEN_READ
        may = reads or getattr(answer.resolver_match.func.view_class, mark, False)
        return None if refused != may and answer.status_code < 500 else f"{answer.status_code} {answer.content[:200]!r}"

    walk(sorted(GUARDED, key=how_late), right)
    assert kind != "frozen" or Journal.objects.count() == before, "who takes back the consents may still take the money home"


def test_the_owners_id_is_found_by_the_owner(world: World) -> None:
    client = client_of(world.owner_token)

    def right(operation: Operation) -> str | None:
        answer = call(client, operation, world.owned_ids(operation), world.body(operation))
        return (
            None if answer.status_code not in (401, 404) and answer.status_code < 500 else f"{answer.status_code} {answer.content[:200]!r}"
        )

    walk(sorted(WITH_ID, key=how_late), right)


def how_late(operation: Operation) -> tuple[bool, int]:
    """Reads first, then acts, then what takes things or the login away."""
    return operation.method != "get", max((place + 1 for place, word in enumerate(LAST) if word in operation.path), default=0)


def test_a_malformed_id_is_not_found_and_breaks_nothing(world: World) -> None:
    client = client_of(world.owner_token)

    def right(operation: Operation) -> str | None:
        for bad in MALFORMED:
            answer = call(client, operation, dict.fromkeys(operation.path_parameters, bad), world.body(operation))
            if answer.status_code != 404:
                return f"{bad}: {answer.status_code} {answer.content[:200]!r}"
        return None

    walk(WITH_ID, right)


def test_a_staff_login_is_no_customers_login(world: World) -> None:
    client = APIClient()
    client.force_login(world.staff)

    def right(operation: Operation) -> str | None:
        answer = call(client, operation, world.owned_ids(operation), world.body(operation))
        return None if answer.status_code == 401 else f"{answer.status_code} {answer.content[:200]!r}"

    walk(GUARDED, right)

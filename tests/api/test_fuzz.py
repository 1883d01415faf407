"""Requests drawn from the schema itself, right and wrong ones, sent to the live server as every type of customer.

No answer is a fault, and none has a status that its operation does not document. BANYAN_FUZZ_EXAMPLES draws more of each operation.
"""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from accounts.identity import services as identity
from core.clock import queries as clock
from core.errors import Invalid
from payments.disputes.api.merchant import content_of
from tests import factories
from tests.api.operations import operations, schema
from tests.api.test_authorisation import how_late
from tests.api.world import World, build_world
from tests.sandbox_bank import SandboxBank

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(3600)]
EXAMPLES = int(os.environ.get("BANYAN_FUZZ_EXAMPLES", "1"))
SEED = int(os.environ.get("BANYAN_FUZZ_SEED", "20261122"))
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
PATIENCE_S = 60


def tokens(world: World) -> dict[str, str]:
    """By type, a login of a customer of it; the owner is of class II and has one of everything."""
    made = {"unverified": factories.customer(verified_class=None), "lacks consents": factories.customer(consents=False)}
    made |= {f"class {rank}": factories.customer(verified_class=rank) for rank in (1, 3)} | {"frozen": factories.customer()}
    found = {kind: factories.login(one) for kind, one in made.items()}
    identity.freeze(customer_id=made["frozen"].id, reason="test", at=clock.now())
    return {"nobody": "", "owner": world.owner_token} | found


def drawn(operation: Any, number: int) -> list[Any]:
    """So many requests of an operation, right ones of one and wrong ones of the next; one that takes nothing cannot be asked wrongly."""
    try:
        return of_mode(operation, number, MODES[number % 2])
    except Unsatisfiable:
        return of_mode(operation, number, GenerationMode.POSITIVE)


def of_mode(operation: Any, number: int, mode: GenerationMode) -> list[Any]:
    """The plainest request, which is always drawn first, is left out where there is another."""
    found: list[Any] = []

    @seed(SEED + number)
    @settings(max_examples=EXAMPLES + 1, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def draw(case: Any) -> None:
        found.append(case)

    draw()
    return found[-EXAMPLES:]


def sent(case: Any, url: str, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return case.call(base_url=url, headers=headers, timeout=PATIENCE_S)


def test_no_request_of_any_customer_meets_a_fault_or_a_status_that_is_not_documented(connected: SandboxBank, live_server: Any) -> None:
    world = build_world(connected)
    who = tokens(world)
    described = {
        found.ok().definition.raw["operationId"]: found.ok() for found in schemathesis.openapi.from_dict(schema()).get_all_operations()
    }
    wrong = []
    for number, operation in enumerate(sorted(operations(), key=how_late)):
        for case in drawn(described[operation.name], number):
            for kind, token in who.items():
                if kind == "owner":
                    case.path_parameters = {name: world.samples.get(name, value) for name, value in (case.path_parameters or {}).items()}
                answer = sent(case, live_server.url, token)
                if answer.status_code >= 500 or str(answer.status_code) not in operation.spec["responses"]:
                    wrong.append(
                        f"{operation} as {kind}: {answer.status_code} {answer.text[:200]} for {case.path_parameters} {case.body!r:.200}"
                    )
    assert wrong == []


@pytest.mark.parametrize("cursor", ["x", "%C3%B9", "a=b"])
def test_what_is_no_cursor_is_a_request_that_cannot_be_read(cursor: str) -> None:
    answer = factories.api(factories.customer()).get(f"/v1/accounts/sessions?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("text", ["ù", "a", "===="])
def test_a_file_that_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        content_of(text)

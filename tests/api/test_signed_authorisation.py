"""The authorisation matrix of the merchants' signed server API: every operation of it x every program that might call it.

An operation is walked as soon as it is in the schema; one whose path parameter the world cannot fill fails in test_authorisation.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.test import Client

from accounts.verification.sockets import VERIFIERS
from core.ids import new_id, public_id
from payments.channels.sandbox_bank.sidelines import BankVerifier
from tests.api.operations import Operation, operations
from tests.api.test_authorisation import MALFORMED
from tests.api.world import PREFIXES, World, build_world
from tests.factories import plugged
from tests.payments.merchants.world import Program, answer_is_signed, program
from tests.sandbox_bank import SandboxBank

pytestmark = pytest.mark.django_db(transaction=True)
SIGNED = [operation for operation in operations() if operation.signed]
WITH_ID = [operation for operation in SIGNED if operation.path_parameters]


@dataclass
class Programs:
    world: World
    owner: Program
    other: Program

    def call(
        self, who: Program | None, operation: Operation, values: dict[str, str], *, header: str | None = None, body: Any = None
    ) -> Any:
        """A call signed by `who`, or with another header, or with none; the world's body unless another is given."""
        path, said = operation.url(values), body if body is not None else self.world.body(operation)
        return self.send(who, operation, path, json.dumps(said).encode() if operation.takes_body else b"", header)

    def send(self, who: Program | None, operation: Operation, path: str, body: bytes, header: str | None) -> Any:
        headers = {"Idempotency-Key": str(new_id())} if operation.takes_key else {}
        said = header if header is not None else who.signed(operation.method.upper(), path, body) if who else ""
        return Client().generic(
            operation.method.upper(), path, body, content_type="application/json", headers=headers | {"Authorization": said}
        )

    def owned(self, operation: Operation) -> dict[str, str]:
        return {name: self.world.samples[name] for name in operation.path_parameters}


@pytest.fixture
def programs(connected: SandboxBank) -> Iterator[Programs]:
    world = build_world(connected)
    with plugged(VERIFIERS, BankVerifier()):
        yield Programs(world, world.program, program())


def walk(right: Callable[[Operation], str | None], chosen: list[Operation] = SIGNED) -> None:
    """Run `right` on every operation; it returns what is wrong, or None."""
    assert [f"{operation}: {words}" for operation in chosen if (words := right(operation))] == []


def told(answer: Any) -> str:
    return f"{answer.status_code} {answer.content[:200]!r}"


def test_nobody_without_a_good_signature_gets_in(programs: Programs) -> None:
    tokens = {"nothing": "", "a customer's login": f"Bearer {programs.world.owner_token}"}

    def right(operation: Operation) -> str | None:
        values = programs.owned(operation)
        answers = {name: programs.call(None, operation, values, header=header) for name, header in tokens.items()}
        answers["another's key"] = programs.call(replace(programs.owner, private=programs.other.private), operation, values)
        answers["another's app"] = programs.call(replace(programs.owner, app=programs.other.app), operation, values)
        good = all(answer.status_code == 401 and answer.json()["code"] == "signature_refused" for answer in answers.values())
        return None if good else str({name: told(answer) for name, answer in answers.items()})

    walk(right)


def test_anothers_id_answers_exactly_as_an_unknown_one(programs: Programs) -> None:
    def right(operation: Operation) -> str | None:
        bodies = []
        for values in ({name: public_id(PREFIXES[name], new_id()) for name in operation.path_parameters}, programs.owned(operation)):
            answer = programs.call(programs.other, operation, values)
            bodies.append((answer.status_code, {name: value for name, value in answer.json().items() if name != "trace_id"}))
        return None if bodies[0] == bodies[1] and bodies[0][0] == 404 else f"{bodies}"

    walk(right, WITH_ID)


def test_the_owners_program_is_answered_and_every_answer_is_signed(programs: Programs) -> None:
    def right(operation: Operation) -> str | None:
        answer = programs.call(programs.owner, operation, programs.owned(operation))
        return None if answer.status_code not in (401, 404) and answer.status_code < 500 and answer_is_signed(answer) else told(answer)

    walk(right, sorted(SIGNED, key=lambda operation: operation.method != "get"))


def test_a_malformed_id_is_not_found_and_breaks_nothing(programs: Programs) -> None:
    def right(operation: Operation) -> str | None:
        for bad in MALFORMED:
            path_values = dict.fromkeys(operation.path_parameters, bad)
            answer = programs.call(programs.owner, operation, path_values)
            if answer.status_code not in (401, 404):
                return f"{bad}: {told(answer)}"
        return None

    walk(right, WITH_ID)

"""The real sandbox bank, which also answers for people's names."""

from collections.abc import Iterator

import pytest

from accounts.verification.sockets import VERIFIERS
from payments.channels.sandbox_bank.sidelines import BankVerifier
from tests.factories import plugged
from tests.sandbox_bank import SandboxBank


@pytest.fixture
def bank(connected: SandboxBank) -> Iterator[SandboxBank]:
    with plugged(VERIFIERS, BankVerifier()):
        yield connected

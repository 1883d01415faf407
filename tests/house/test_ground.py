"""The tests' own ground: rows that migrations load are there before and after a test that empties the database."""

import pytest

from accounts.verification.models import ClassRule
from tests.rules import unguarded


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_transactional_test_finds_the_loaded_rows(turn: int) -> None:
    assert ClassRule.objects.count() == 3
    with unguarded():
        ClassRule.objects.filter(account_class=turn).delete()

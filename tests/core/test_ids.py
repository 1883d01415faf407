"""Ids: ordered inside, typed outside, and a wrong one looks like an unknown one."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFound
from core.ids import new_id, parse_public_id, public_id, shard_of
from tests.together import together

UUIDS = st.uuids()


def test_new_ids_are_version_seven_and_grow_within_a_process() -> None:
    made = [new_id() for _ in range(20_000)]
    assert {one.version for one in made} == {7}
    assert made == sorted(made)
    assert len(set(made)) == 20_000


def test_threads_never_get_the_same_id() -> None:
    made = together(lambda _: [new_id() for _ in range(500)], 20)
    assert len({one for batch in made for one in batch}) == 10_000


@given(UUIDS)
def test_a_public_id_leads_back_to_its_row(row_id: uuid.UUID) -> None:
    assert parse_public_id("pay", public_id("pay", row_id)) == row_id


def test_a_public_id_has_a_fixed_form() -> None:
    assert public_id("cus", uuid.UUID("01933f6e-0000-7000-8000-00000000002a")) == "cus_01jczpw000e00800000000001a"


@given(st.lists(UUIDS, min_size=2, max_size=5))
def test_public_ids_sort_as_their_rows_do(rows: list[uuid.UUID]) -> None:
    assert sorted(public_id("x", row) for row in rows) == [public_id("x", row) for row in sorted(rows)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cus",
        "cus_",
        "cus_01jczps000e00800000000001",
        "cus_01jczps000e008000000000011aa",
        "pay_01jczps000e0080000000000001a",
        "cus_01JCZPS000E008000000000001",
        "cus_01jczps000e00800000000000l",
        "cus_zzzzzzzzzzzzzzzzzzzzzzzzzz",
        "01933f6e-0000-7000-8000-00000000002a",
        "cus_01jczps000e00800000000001a\n",
    ],
)
def test_anything_that_is_no_such_id_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        parse_public_id("cus", text)


def test_shards_are_even_and_belong_to_the_owner() -> None:
    owners = [new_id() for _ in range(12_800)]
    counts = [0] * 64
    for owner in owners:
        assert shard_of(owner) == shard_of(uuid.UUID(str(owner)))
        counts[shard_of(owner)] += 1
    assert min(counts) > 120
    assert max(counts) < 290

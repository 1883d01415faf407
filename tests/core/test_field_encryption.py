"""Encrypted columns: bound to their row, closed to filters and updates, found by a blind index, rotated to a new key."""

from contextlib import suppress
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from accounts.identity.models import Customer
from core.crypto import rotation
from core.crypto.blind_index import blind_index
from core.crypto.keyring import CannotDecrypt, key_id_of
from core.crypto.owner_keys import opened, owner_of
from core.ids import new_id, shard_of
from tests.query_counts import queries_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, tzinfo=UTC)
OLD = "k1:ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE="
NEW = "k2:ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDI="


def customer(number: int) -> Customer:
    row_id, phone = new_id(), f"+8613800{number:06d}"
    return Customer.objects.create(
        id=row_id,
        shard=shard_of(row_id),
        phone=phone,
        phone_index=blind_index(phone, purpose="t"),
        registered_at=AT,
        created_at=AT,
        changed_at=AT,
    )


def stored(row: Customer) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM accounts_customer WHERE id = %s", [row.id])
        return bytes(cursor.fetchone()[0])


def wrapped(row: Customer) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wrapped FROM accounts_customerkey WHERE customer_id = %s", [row.id])
        return bytes(cursor.fetchone()[0])


def column(name: str = "accounts_customerkey.wrapped") -> rotation.Column:
    return next(one for one in rotation.columns() if one.name == name)


def test_the_database_never_holds_the_text_and_the_same_text_never_looks_the_same() -> None:
    one, other = customer(1), customer(2)
    Customer.objects.filter(pk=other.pk)
    assert b"13800" not in stored(one)
    same = Customer.objects.get(pk=one.pk)
    same.save()
    assert same.phone == "+8613800000001"
    assert stored(one) != stored(other)


def test_a_ciphertext_moved_to_another_row_does_not_open() -> None:
    one, other = customer(1), customer(2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_customer SET phone = %s WHERE id = %s", [stored(one), other.id])
    with pytest.raises(CannotDecrypt):
        str(Customer.objects.get(pk=other.pk).phone)


def test_a_changed_ciphertext_does_not_open() -> None:
    one = customer(1)
    sealed = bytearray(stored(one))
    sealed[-1] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_customer SET phone = %s WHERE id = %s", [bytes(sealed), one.id])
    with pytest.raises(CannotDecrypt):
        str(Customer.objects.get(pk=one.pk).phone)


def test_update_and_filter_by_the_text_are_refused_since_they_would_store_or_compare_it_in_clear() -> None:
    one = customer(1)
    with pytest.raises(TypeError), transaction.atomic():
        Customer.objects.filter(pk=one.pk).update(phone="+8613900000000")
    with pytest.raises(TypeError):
        list(Customer.objects.filter(phone="+8613800000001"))
    assert Customer.objects.get(pk=one.pk).phone == "+8613800000001"


def test_a_blind_index_finds_by_equality_is_keyed_and_differs_by_purpose() -> None:
    one = customer(1)
    assert Customer.objects.get(phone_index=blind_index("+8613800000001", purpose="t")).pk == one.pk
    assert blind_index("x", purpose="phone") != blind_index("x", purpose="id")
    with override_settings(BLIND_INDEX_KEY="another-key-of-more-than-32-characters-000"):
        assert blind_index("x", purpose="phone") != blind_index("x", purpose="t")


def test_every_encrypted_column_of_the_project_is_found() -> None:
    names = {one.name for one in rotation.columns()}
    assert {"accounts_customer.phone", "accounts_realname.name", "accounts_realname.id_number", "payments_card.token"} <= names


def test_rotation_moves_every_customers_key_in_batches_touches_no_value_and_twice_changes_nothing() -> None:
    with override_settings(FIELD_KEYS=OLD):
        rows = [customer(number) for number in range(5)]
    values = [stored(row) for row in rows]
    with override_settings(FIELD_KEYS=f"{NEW},{OLD}"):
        assert rotation.waiting(column()) == 5
        assert rotation.rotate_batch(column(), batch=2).rotated == 2
        assert rotation.waiting(column()) == 3
        assert rotation.rotate(column(), batch=2) == 3
        sealed = wrapped(rows[0])
        assert rotation.rotate(column(), batch=2) == 0
        assert wrapped(rows[0]) == sealed
    opened.forget_all()
    with override_settings(FIELD_KEYS=NEW):
        assert [Customer.objects.get(pk=row.pk).phone for row in rows] == [f"+8613800{number:06d}" for number in range(5)]
        assert {key_id_of(wrapped(row)) for row in rows} == {"k2"}
    assert [stored(row) for row in rows] == values


def test_a_key_whose_master_key_is_gone_stops_the_batch_and_changes_nothing() -> None:
    with override_settings(FIELD_KEYS=OLD):
        one = customer(1)
    sealed = wrapped(one)
    with override_settings(FIELD_KEYS=NEW), pytest.raises(CannotDecrypt):
        rotation.rotate(column())
    assert wrapped(one) == sealed


def test_a_value_still_under_a_master_key_opens_and_is_moved_under_its_owners_and_back() -> None:
    one = customer(1)
    phones, master = column("accounts_customer.phone"), rotation.Column("accounts_customer", "phone")
    assert rotation.rotate(master) == 1
    assert (owner_of(stored(one)), Customer.objects.get(pk=one.pk).phone) == (None, "+8613800000001")
    assert (rotation.waiting(phones), rotation.rotate(phones), rotation.waiting(phones)) == (1, 1, 0)
    assert (owner_of(stored(one)), Customer.objects.get(pk=one.pk).phone) == (one.id, "+8613800000001")


def test_the_keys_of_all_rows_loaded_together_are_read_in_one_query_and_kept_for_a_while() -> None:
    for number in range(20):
        customer(number)

    def read() -> list[str]:
        return [row.phone for row in Customer.objects.order_by("id")]

    sent = queries_of(read)
    assert [word in query for query, word in zip(sent, ("accounts_customer", "accounts_customerkey"), strict=True)] == [True, True]
    with CaptureQueriesContext(connection) as captured:
        assert len(read()) == 20
    assert len(captured.captured_queries) == 1


def test_a_key_of_a_transaction_that_was_rolled_back_harms_nothing() -> None:
    one = customer(1)
    with suppress(RuntimeError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DELETE FROM accounts_customerkey")
        one.phone = "+8613800000002"
        one.save()
        assert Customer.objects.get(pk=one.pk).phone == "+8613800000002"
        raise RuntimeError
    assert opened.get(one.id) is not None, "the other key is at hand"
    assert Customer.objects.get(pk=one.pk).phone == "+8613800000001"


def test_the_command_counts_rotates_and_says_what_it_did() -> None:
    with override_settings(FIELD_KEYS=OLD):
        customer(1)
    out = StringIO()
    with override_settings(FIELD_KEYS=f"{NEW},{OLD}"):
        with pytest.raises(CommandError, match="values are under older keys"):
            call_command("rotate_field_keys", "--check", stdout=out)
        call_command("rotate_field_keys", "--batch", "1", stdout=out)
        call_command("rotate_field_keys", "--check", stdout=out)
    assert "Every encrypted value is under the key 'k2'" in out.getvalue()

"""Encrypted columns: closed in the database, open in Python, bound to their row."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from core.crypto.keyring import CannotDecrypt
from payments.channels.models import ChannelCredential

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def credential(secret: str, *, retired: bool = False) -> ChannelCredential:
    return ChannelCredential.objects.create(
        channel_id="sandbox_bank", merchant="m", private_key_pem=secret, bank_public_key_pem="", bank_key_id="", created_at=AT,
        retired_at=AT if retired else None,
    )  # fmt: skip


def test_a_loaded_row_reads_in_clear_what_the_database_keeps_closed() -> None:
    made = credential("a secret of ours")
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key_pem FROM payments_channelcredential WHERE id = %s", [made.id])
        assert b"a secret" not in bytes(cursor.fetchone()[0])
    assert ChannelCredential.objects.get(pk=made.pk).private_key_pem == "a secret of ours"


def test_a_loaded_row_saved_again_keeps_its_secret() -> None:
    loaded = ChannelCredential.objects.get(pk=credential("kept").pk)
    loaded.merchant = "n"
    loaded.save()
    assert ChannelCredential.objects.get(pk=loaded.pk).private_key_pem == "kept"


def test_a_ciphertext_moved_to_another_row_does_not_open() -> None:
    one, other = credential("one", retired=True), credential("other")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_channelcredential SET private_key_pem ="
            " (SELECT private_key_pem FROM payments_channelcredential WHERE id = %s) WHERE id = %s",
            [one.id, other.id],
        )
    moved = ChannelCredential.objects.get(pk=other.pk)
    with pytest.raises(CannotDecrypt):
        _ = moved.private_key_pem

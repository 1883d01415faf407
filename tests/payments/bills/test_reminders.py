"""Reminders: set by set, and not for who is known to owe nothing."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.identity.models import Customer
from core.clock import queries as clock
from core.outbox.models import OutboxEvent
from payments.bills import outbound, services
from payments.bills.models import BillAccount, Biller, BillPayment
from tests.payments.bills.test_bills import api
from tests.payments.bills.world import a_biller, an_account, begun, paid, sandbox_billers
from tests.payments.cashier.world import holder
from tests.query_counts import queries_of
from tests.sandbox_bank import SandboxBank
from tests.together import behind, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank(connected: SandboxBank) -> Iterator[SandboxBank]:
    with sandbox_billers():
        yield connected


@pytest.fixture
def water(bank: SandboxBank) -> Biller:
    return a_biller(code="water")


def this_month() -> date:
    return clock.local_day(clock.now()).replace(day=1)


def save(who: Customer, biller: Biller, number: str) -> BillAccount:
    return services.save_account(customer_id=who.id, biller=biller, account_no=number, nickname="", remind=True, at=clock.now())


def reminded(account: BillAccount, month: date) -> bool:
    """Whether this account's owner is reminded; all of its shard are gone through."""
    services.remind(shard=account.shard, month=month, at=clock.now())
    account.refresh_from_db()
    assert account.reminded_on == month
    return bool(OutboxEvent.objects.filter(topic="bill.reminder", key=account.public_id, payload__month=f"{month:%Y-%m}").count())


def test_two_hundred_are_reminded_by_as_many_statements_as_one(water: Biller) -> None:
    who = holder()
    months = [this_month() + timedelta(days=31 * number) for number in range(1, 4)]
    one = save(who, water, an_account())

    def remind(month: date) -> None:
        services.remind(shard=one.shard, month=month.replace(day=1), at=clock.now())

    few = queries_of(lambda: remind(months[0]))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_billaccount (id, customer_id, shard, biller_id, account_no, account_index, nickname, remind,"
            " created_at, changed_at) SELECT gen_random_uuid(), customer_id, shard, biller_id, account_no,"
            " decode(lpad(n::text, 64, '0'), 'hex'), '', true, created_at, changed_at"
            " FROM payments_billaccount, generate_series(1, 250) AS n"
        )
    many = queries_of(lambda: remind(months[1]))
    assert len(many) == len(few)
    assert OutboxEvent.objects.filter(topic="bill.reminder").count() == 1 + 200
    remind(months[1])
    assert OutboxEvent.objects.filter(topic="bill.reminder").count() == 1 + 251


def test_who_was_told_this_month_that_nothing_is_owed_is_reminded_next_month(bank: SandboxBank, water: Biller) -> None:
    who, number = holder(), an_account("000")
    account = save(who, water, number)
    look = {"biller_id": water.public_id, "account_no": number}
    assert api(who, "post", "bills/look", look).json()["items"] == []
    account.refresh_from_db()
    assert account.clear_on == clock.local_day(clock.now())
    assert not reminded(account, this_month())
    assert reminded(account, (this_month() + timedelta(days=31)).replace(day=1))


def test_who_paid_all_that_was_owed_is_not_reminded_whenever_the_account_is_saved(bank: SandboxBank, water: Biller) -> None:
    accounts = []
    for saved_first in (True, False):
        who, number = holder(100_000, pin=True), an_account()
        account = save(who, water, number) if saved_first else None
        look = {"biller_id": water.public_id, "account_no": number}
        [owed] = api(who, "post", "bills/look", look).json()["items"]
        assert api(who, "post", "bills", look | {"bill_no": owed["bill_no"]}).status_code == 201
        bill = BillPayment.objects.get(customer_id=who.id)
        assert bill.last
        paid(who, bill)
        outbound.step(payment_id=bill.pk, at=clock.now())
        accounts.append(account or save(who, water, number))
    assert [reminded(account, this_month()) for account in accounts] == [False, False]


def test_who_still_owes_something_is_reminded(bank: SandboxBank, water: Biller) -> None:
    who, number = holder(100_000, pin=True), an_account()
    account = save(who, water, number)
    services.note_look(customer_id=who.id, biller=water, account_no=number, owes=False, at=clock.now())
    api(who, "post", "bills/look", {"biller_id": water.public_id, "account_no": number})
    bill = paid(who, begun(who, water, number))
    outbound.step(payment_id=bill.pk, at=clock.now())
    assert (BillPayment.objects.get().state, BillPayment.objects.get().last) == ("settled", False)
    assert reminded(account, this_month())


def test_two_workers_at_once_remind_of_every_account_once(water: Biller) -> None:
    who, month = holder(), this_month()
    saved = [save(who, water, an_account()) for _ in range(6)]
    remind = {"shard": saved[0].shard, "month": month, "at": clock.now()}
    assert behind(lambda: services.remind(**remind, batch=2), lambda: services.remind(**remind, batch=3)) == (2, 3)
    assert sum(together(lambda _: services.remind(**remind), 3)) == 1
    told = OutboxEvent.objects.filter(topic="bill.reminder").values_list("key", flat=True)
    assert sorted(told) == sorted(row.public_id for row in saved)

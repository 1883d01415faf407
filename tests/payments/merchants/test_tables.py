"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.clock import queries as clock
from core.ids import new_id
from payments.merchants.models import (
    ApiNonce,
    AppKey,
    Merchant,
    MerchantApp,
    MerchantCategory,
    MerchantRate,
    MerchantTerms,
    PlatformKey,
    Store,
)
from payments.merchants.services import platform_keys
from tests.payments.merchants.world import Program, applied, opened, program, reviewer, suspend
from tests.payments.wallet.world import open_day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def day() -> None:
    open_day()


def refused(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        act()
    assert name in str(raised.value)


def rows(merchant: Merchant) -> Any:
    return Merchant.objects.filter(pk=merchant.pk)


def test_a_merchant_is_what_its_state_says() -> None:
    merchant = applied()
    refused("payments_merchant_kind", lambda: rows(merchant).update(kind="other"))
    refused("payments_merchant_named", lambda: rows(merchant).update(short_name=""))
    refused("payments_merchant_shard", lambda: rows(merchant).update(shard=64))
    refused("payments_merchant_licence", lambda: rows(merchant).update(licence_index=None))
    refused("payments_merchant_opened", lambda: rows(merchant).update(opened_at=clock.now()))
    refused("payments_merchant_reviewed", lambda: rows(merchant).update(reviewer=reviewer()))
    refused("payments_merchant_reason", lambda: rows(merchant).update(reason="because"))
    refused("payments_merchant_reviewed", lambda: rows(merchant).update(state="under_review"))
    sold = suspend(opened())
    refused("payments_merchant_reason", lambda: rows(sold).update(reason=""))


def test_a_company_has_a_licence_and_an_individual_may_have_none() -> None:
    alone = applied(kind="individual", licence_number="")
    assert alone.licence_number is None
    refused("payments_merchant_licence", lambda: rows(alone).update(kind="company"))
    refused("payments_merchant_licence", lambda: rows(alone).update(licence_index=b"x" * 32))


def test_a_merchant_moves_as_its_table_says() -> None:
    merchant = applied()
    refused("payments_merchant_moves", lambda: rows(merchant).update(state="active", opened_at=clock.now(), reviewer=reviewer()))
    copy = {field.attname: getattr(merchant, field.attname) for field in Merchant._meta.concrete_fields}
    born = copy | {"id": new_id(), "state": "active", "opened_at": clock.now(), "reviewer_id": reviewer().pk}
    refused("payments_merchant_moves", lambda: Merchant(**born).save(force_insert=True))
    sold = opened()
    refused("payments_merchant_moves", lambda: rows(sold).update(state="under_review", opened_at=None))
    assert rows(sold).update(state="closed") == 1
    refused("payments_merchant_moves", lambda: rows(sold).update(state="active"))


def test_stores_apps_and_categories_are_named_and_move_as_their_tables_say() -> None:
    merchant, at = opened(), clock.now()
    made = {"merchant": merchant, "created_at": at, "changed_at": at}
    refused("payments_store_named", lambda: Store.objects.create(**made, name="", address="x"))
    refused("payments_store_moves", lambda: Store.objects.create(**made, name="x", address="x", state="closed"))
    refused("payments_app_named", lambda: MerchantApp.objects.create(**made, name=""))
    refused("payments_app_moves", lambda: MerchantApp.objects.create(**made, name="x", state="stopped"))
    refused("payments_app_notify", lambda: MerchantApp.objects.create(**made, name="x", notify_url="ftp://x"))
    refused("payments_category_digits", lambda: MerchantCategory.objects.create(code="x1", name_en="x", name_zh="x"))


def second(caller: Program, **changes: Any) -> AppKey:
    at = clock.now()
    facts = {"app": caller.app, "serial_no": "B" * 40, "public_key_pem": "x", "slot": 2, "expires_at": at + timedelta(days=1)}
    return AppKey.objects.create(**(facts | {"created_at": at, "changed_at": at} | changes))


def test_an_app_has_two_active_keys_at_most_and_a_key_is_one_apps() -> None:
    caller = program(number=0)
    refused("payments_appkey_two", lambda: second(caller, slot=1))
    refused("payments_appkey_state", lambda: second(caller, slot=3))
    refused("payments_appkey_state", lambda: second(caller, slot=None))
    refused("payments_appkey_state", lambda: second(caller, ended_at=clock.now()))
    refused("payments_appkey_serial", lambda: second(caller, serial_no="b" * 40))
    refused("payments_appkey_life", lambda: second(caller, expires_at=clock.now() - timedelta(days=1)))
    refused("serial_no", lambda: second(caller, serial_no=caller.key.serial_no))
    refused("payments_appkey_moves", lambda: second(caller, state="revoked", slot=None, ended_at=clock.now()))
    made = second(caller)
    mine = AppKey.objects.filter(pk=made.pk)
    assert mine.update(state="revoked", slot=None, ended_at=clock.now()) == 1
    refused("payments_appkey_moves", lambda: mine.update(state="active", slot=2, ended_at=None))


def test_a_nonce_is_an_apps_once() -> None:
    app = program(number=0).app
    ApiNonce.objects.create(app=app, nonce="n", created_at=clock.wall())
    refused("payments_apinonce_once", lambda: ApiNonce.objects.create(app=app, nonce="n", created_at=clock.wall()))


def test_one_platform_key_is_the_last() -> None:
    at = clock.now()
    platform_keys.signer(at)
    refused("payments_platformkey_last", lambda: platform_keys.fresh(signs_from=at, at=at).save(force_insert=True))
    refused("payments_platformkey_life", lambda: PlatformKey.objects.update(ends_at=at - timedelta(days=1)))


def test_rates_and_terms_are_whole_one_a_day_and_stay_once_in_force() -> None:
    first, terms, day = MerchantRate.objects.get(), MerchantTerms.objects.get(), clock.local_day(clock.now())
    later: dict[str, Any] = {"effective_on": day + timedelta(days=1)}
    refused("payments_rate_dated", lambda: MerchantRate.objects.create(rate_ppm=1, effective_on=first.effective_on))
    refused("payments_rate_ppm", lambda: MerchantRate.objects.create(rate_ppm=1_000_001, **later))
    refused("payments_rate_bounds", lambda: MerchantRate.objects.create(rate_ppm=1, floor_fen=2, cap_fen=1, **later))
    refused("payments_rate_scene", lambda: MerchantRate.objects.create(rate_ppm=1, scene="x", **later))
    refused("payments_rate_stays", lambda: MerchantRate.objects.filter(pk=first.pk).update(rate_ppm=1))
    refused("payments_rate_stays", lambda: first.delete())
    refused("payments_merchantterms_dated", lambda: MerchantTerms.objects.create(effective_on=terms.effective_on))
    refused("payments_merchantterms_settling", lambda: MerchantTerms.objects.create(settlement_delay_days=31, **later))
    refused("payments_merchantterms_shares", lambda: MerchantTerms.objects.create(split_cap_bp=10_001, **later))
    refused("payments_merchantterms_refunds", lambda: MerchantTerms.objects.create(refunds_most=1001, **later))
    refused("payments_merchantterms_stays", lambda: MerchantTerms.objects.filter(pk=terms.pk).update(effective_on=date(2017, 1, 1)))

"""External wallets at the cashier: which are shown, up to how much, why one cannot be used now, and what may be said beside it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.clock import queries as clock
from core.errors import DomainError
from payments.cashier.api.payer import Pays
from payments.cashier.legs import MethodUnavailable, NotCovered, OneOutside, OverMethodLimit, PartyUnfit
from payments.cashier.models import MethodOrder, PaymentOrder
from payments.cashier.services import funding, preferring
from payments.cashier.services.funding import Pick
from payments.cashier.sockets import own_refusals
from payments.channels import services as channels
from payments.channels.models import Breaker, Channel, ChannelCredential, ChannelRequest, MaintenanceWindow
from payments.channels.services import ChannelNotConnected
from payments.external_wallets.wallets import DAY, NAME, SINGLE, DayUsedUp
from tests.factories import api
from tests.payments.agreements.world import proposed, sign
from tests.payments.cashier.world import assert_settled, card, card_holder, new_order, pay, pending, shop
from tests.payments.external_wallets.world import StripeWallet, Wallet, WechatWallet, asked, counted, number_of, read, waiting
from tests.payments.qr.world import read as terminal_reads
from tests.payments.qr.world import show, wanted
from tests.payments.wallet.world import holder, open_day
from tests.query_counts import queries_of
from tests.rules import capped

pytestmark = pytest.mark.django_db(transaction=True)


def shown(who: Any, order: PaymentOrder, language: str = "en") -> dict[str, Any]:
    answer: Any = api(who).get(f"/v1/payments/cashier/orders/{order.public_id}/methods", headers={"Accept-Language": language}).json()
    return {row["ref"]: row for row in answer["items"] if row["method"] == NAME}


def test_none_is_shown_where_none_is_connected() -> None:
    open_day()
    assert shown(holder(), new_order(shop(), 10_000)) == {}


def test_each_connected_one_is_shown_with_its_limit_and_what_may_be_said_beside_it(pay: Any, gateway: Any, local: Any) -> None:
    order, who = new_order(shop(), 10_000), holder()
    rows = shown(who, order)
    told = ("limit", "fee", "available", "external", "attended", "party")
    assert {ref: tuple(row[name] for name in told) for ref, row in rows.items()} == {
        "alipay": (5_000_000, 0, True, True, True, "optional"),
        "stripe": (5_000_000, 0, True, True, True, "needed"),
        "wechat_v3": (5_000_000, 0, True, True, True, "optional"),
    }
    assert (rows["wechat_v3"]["title"], shown(who, order, "zh-Hans")["wechat_v3"]["title"]) == ("WeChat Pay", "微信支付")
    assert "openid" in rows["wechat_v3"]["party_help"]
    assert shown(who, order, "zh-Hans")["alipay"]["party_help"].startswith("留空为扫码支付")


def closed(channel: str) -> None:
    begun, ends = clock.now() - timedelta(hours=1), clock.now() + timedelta(hours=1)
    MaintenanceWindow.objects.create(
        channel_id=channel, starts_at=begun, ends_at=ends, words_en="planned work", words_zh="计划维护", created_at=begun
    )


def resting(channel: str) -> None:
    now = clock.now()
    Breaker.objects.get_or_create(channel_id=channel, defaults={"changed_at": now})
    Breaker.objects.filter(channel_id=channel).update(state="open", retry_at=now + timedelta(seconds=20), opened_at=now)


SHUT: dict[str, Callable[[str], Any]] = {
    "channel_off": lambda channel: Channel.objects.filter(code=channel).update(enabled=False),
    "channel_under_maintenance": closed,
    "channel_resting": resting,
}


@pytest.mark.parametrize("why", SHUT)
def test_one_that_is_shut_says_why_and_what_to_do_and_takes_nothing(wallet: Wallet, why: str) -> None:
    order, who = new_order(shop(), 10_000), holder(3_000)
    SHUT[why](wallet.channel)
    row = shown(who, order)[wallet.channel]
    assert (row["available"], row["code"], row["limit"], row["proposed"], bool(row["message"])) == (False, why, 0, 0, True)
    assert any("一" <= letter <= "鿿" for letter in shown(who, order, "zh-Hans")[wallet.channel]["message"])
    with pytest.raises(MethodUnavailable):
        pay(who, order, [wallet.pick()])
    assert (ChannelRequest.objects.count(), read(order.id).state, counted(who)) == (0, "created", 0)
    assert_settled(expected={who: 3_000})


def test_one_whose_address_is_missing_is_refused_before_anything_is_written(wechat: WechatWallet, settings: Any) -> None:
    order, who = new_order(shop(), 10_000), holder()
    settings.WECHAT_PAY_URL = ""
    with pytest.raises(ChannelNotConnected):
        pay(who, order, [wechat.pick()])
    ChannelCredential.objects.update(retired_at=clock.now())
    with pytest.raises(funding.UnknownMethod):
        pay(who, order, [wechat.pick()])
    assert (ChannelRequest.objects.count(), counted(who)) == (0, 0)


def test_limits_are_of_one_payment_and_of_the_payers_day_whichever_wallet_pays(wechat: WechatWallet, alipay: Wallet) -> None:
    capped(SINGLE, 8_000)
    capped(DAY, 10_000)
    where, who = shop(), holder()
    with pytest.raises(OverMethodLimit):
        pay(who, new_order(where, 9_000), [wechat.pick(9_000)])
    with pytest.raises(NotCovered):
        pay(who, new_order(where, 9_000), [wechat.pick()])
    first = waiting(wechat, who, where, 8_000)
    left = shown(who, new_order(where, 10_000))["alipay"]
    assert (left["limit"], left["available"]) == (2_000, True)
    second = waiting(alipay, who, where, 2_000)
    spent = shown(who, new_order(where, 10_000))["alipay"]
    assert (spent["available"], spent["code"]) == (False, "external_wallet_day_limit")
    assert counted(who) == 10_000
    assert shown(holder(), new_order(where, 10_000))["alipay"]["limit"] == 8_000
    for wallet, attempt in ((wechat, first), (alipay, second)):
        wallet.acts(number_of(attempt))
        assert asked(attempt).state == "success"
    assert pending(where) == 10_000 - 48 - 12
    assert_settled()


GOOD = {
    "wechat_v3": {"jsapi:oUpF8uMuAJO_M2pxb1Q9zNjWeS6o": "invoke", "app": "invoke", "": "scan"},
    "alipay": {"user:2088102169481999": "invoke", "openid:074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5": "invoke", "": "scan"},
}


@pytest.mark.parametrize("channel", GOOD)
def test_the_party_decides_how_the_payer_takes_it_up_and_is_kept_encrypted(request: Any, channel: str) -> None:
    wallet: Wallet = request.getfixturevalue("wechat" if channel == "wechat_v3" else channel)
    for party, kind in GOOD[channel].items():
        who = holder()
        body = {"methods": [{"method": NAME, "ref": channel, "party": party}]}
        paid = api(who).post(f"/v1/payments/cashier/orders/{new_order(shop(), 10_000).public_id}/pay", body).json()
        assert (paid["result"], paid["action"]["kind"], bool(paid["action"]["value"])) == ("pending", kind, True)
        row = ChannelRequest.objects.get(customer_id=who.id)
        assert row.party == party
        wallet.acts(row.request_no)
        shown_again = api(who).get(f"/v1/payments/cashier/attempts/{paid['id']}").json()
        assert shown_again["action"]["kind"] == kind
        channels.query(request_id=row.id, at=clock.now())
        done = api(who).get(f"/v1/payments/cashier/attempts/{paid['id']}").json()
        assert (done["result"], done["action"]) == ("paid", None)
    assert_settled()


BAD = {
    "wechat_v3": (
        "jsapi:",
        "jsapi:a b",
        "jsapi:4111111111111111",
        "jsapi:4111-1111-1111-1111",
        "app ",
        "APP",
        "user:2088102169481999",
        "jsapi:oUpF8uMuAJO_M2pxb1Q9zNjWeS6o\n",
        "x" * 160,
    ),
    "alipay": (
        "user:20881021694819990",
        "user:1088102169481999",
        "user:２０８８102169481999",
        "openid:",
        "openid:4111111111111111",
        "2088102169481999",
    ),
    "stripe": ("", "cus_123456789/pm_123456789", "pm_", "pm_card/visa", "pm_4111111111111111", "4242424242424242", "src_123456789"),
}


def test_a_party_of_another_form_is_refused_and_nothing_is_written(wallet: Wallet) -> None:
    order, who = new_order(shop(), 10_000), holder()
    for party in BAD[wallet.channel]:
        with pytest.raises(PartyUnfit) as refused:
            pay(who, order, [Pick(NAME, wallet.channel, party=party)])
        assert refused.value.text("zh") != refused.value.text("en")
    assert (ChannelRequest.objects.count(), read(order.id).state) == (0, "created")


def test_a_quote_needs_no_party_yet_and_other_methods_take_none(stripe: StripeWallet) -> None:
    order, who = new_order(shop(), 10_000), holder(20_000)
    url = f"/v1/payments/cashier/orders/{order.public_id}"
    quoted = api(who).post(f"{url}/quote", {"methods": [{"method": NAME, "ref": "stripe"}]})
    assert (quoted.status_code, quoted.json()["to_pay"], quoted.json()["fee"]) == (200, 10_000, 0)
    for what in ("quote", "pay"):
        refused = api(who).post(f"{url}/{what}", {"methods": [{"method": "balance", "party": "app"}]})
        assert (refused.status_code, refused.json()["code"]) == (422, "funding_party_unfit"), what
    refused = api(who).post(f"{url}/pay", {"methods": [{"method": NAME, "ref": "stripe"}]})
    assert (refused.status_code, refused.json()["code"]) == (422, "funding_party_unfit")
    assert "pm_" in refused.json()["detail"]


def test_one_payment_has_one_of_them_and_no_card_beside_it(wechat: WechatWallet, alipay: Wallet) -> None:
    with pytest.raises(OneOutside):
        pay(holder(), new_order(shop(), 10_000), [wechat.pick(5_000), alipay.pick()])


def test_nobody_pays_anothers_order(wallet: Wallet) -> None:
    where, ann, ben = shop(), holder(), holder()
    attempt = waiting(wallet, ann, where, 10_000)
    order = read(attempt.order_id)
    body = {"methods": [wallet.chosen()]}
    for what in ("pay", "quote"):
        answer = api(ben).post(f"/v1/payments/cashier/orders/{order.public_id}/{what}", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), what
    assert api(ben).get(f"/v1/payments/cashier/attempts/{attempt.public_id}").status_code == 404
    assert api(ben).post(f"/v1/payments/cashier/attempts/{attempt.public_id}/cancel", {}).status_code == 404
    assert ChannelRequest.objects.count() == 1


def test_where_nobody_asks_the_payer_none_is_chosen_and_none_can_be_named(wallet: Wallet) -> None:
    where, who = shop(), holder(pin=True)
    order = new_order(where, 10_000)
    with pytest.raises(NotCovered):
        preferring.automatic(order=order, customer_id=who.id, at=clock.now())
    for ref in (wallet.channel, ""):
        with pytest.raises(funding.UnknownMethod):
            preferring.put(customer_id=who.id, methods=[(NAME, ref)], at=clock.now())
        with pytest.raises(funding.UnknownMethod):
            sign(who, proposed(where), ((NAME, ref),))
        MethodOrder.objects.update_or_create(customer_id=who.id, defaults={"methods": [f"{NAME} {ref}".strip()], "changed_at": clock.now()})
        with pytest.raises(NotCovered):
            preferring.automatic(order=order, customer_id=who.id, at=clock.now())
        with pytest.raises(DomainError):
            preferring.automatic(order=order, customer_id=who.id, at=clock.now(), only=[(NAME, ref)])
    code = terminal_reads(where.app, show(who), wanted(10_000))
    assert (code.state, ChannelRequest.objects.count()) == ("refused", 0)


def test_offers_take_a_fixed_number_of_queries(pay: Any, gateway: Any) -> None:
    order, who = new_order(shop(), 10_000), holder()
    Channel.objects.exclude(code="wechat_v3").update(adapter="none")
    one = len(queries_of(lambda: funding.methods(order=order, customer_id=who.id, at=clock.now())))
    Channel.objects.filter(code="alipay").update(adapter="alipay")
    two = len(queries_of(lambda: funding.methods(order=order, customer_id=who.id, at=clock.now())))
    ChannelCredential.objects.update(retired_at=clock.now())
    none = len(queries_of(lambda: funding.methods(order=order, customer_id=who.id, at=clock.now())))
    assert (one, two, one - none) == (one, one, 6)


def test_a_card_goes_before_a_wallet_in_what_the_cashier_proposes(connected: Any, wechat: WechatWallet) -> None:
    who, order = card_holder(connected, fen=3_000), new_order(shop(), 10_000)
    rows = api(who.customer).get(f"/v1/payments/cashier/orders/{order.public_id}/methods").json()["items"]
    assert [(row["method"], row["proposed"]) for row in rows] == [("balance", 3_000), ("card", 7_000), (NAME, 0)]
    with pytest.raises(OneOutside):
        pay(who.customer, order, [card(who, 5_000), wechat.pick()])


def test_the_payers_api_promises_the_refusals_that_only_this_source_has() -> None:
    assert DayUsedUp in own_refusals()
    assert DayUsedUp in Pays.refusals

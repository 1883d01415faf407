"""Each external wallet at its loopback peer, connected and switched on."""

from typing import Any

import pytest

from tests.payments.external_wallets.world import AlipayWallet, StripeWallet, Wallet, WechatWallet
from tests.payments.reconciliation.conftest import gateway, local, pay, running

__all__ = ["gateway", "local", "pay", "running"]
SIDES: dict[str, tuple[str, Any]] = {
    "wechat_v3": ("pay", WechatWallet),
    "alipay": ("gateway", AlipayWallet),
    "stripe": ("local", StripeWallet),
}


@pytest.fixture(params=SIDES)
def wallet(request: Any) -> Wallet:
    peer, made = SIDES[request.param]
    found: Wallet = made(request.getfixturevalue(peer))
    return found


@pytest.fixture
def wechat(pay: Any) -> WechatWallet:
    return WechatWallet(pay)


@pytest.fixture
def alipay(gateway: Any) -> AlipayWallet:
    return AlipayWallet(gateway)


@pytest.fixture
def stripe(local: Any) -> StripeWallet:
    return StripeWallet(local)

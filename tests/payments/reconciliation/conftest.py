"""The channels beside the sandbox bank, each with its loopback peer and the platform connected to it."""

from tests.payments.test_alipay_platform import gateway
from tests.payments.test_stripe_platform import local, running
from tests.payments.test_wechat_v3_platform import pay

__all__ = ["gateway", "local", "pay", "running"]

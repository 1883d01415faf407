"""What channels plugs in: its adapters, and the sandbox bank as verifier, SMS operator and follower of the clock."""

from django.conf import settings

from accounts.identity.sockets import SMS
from accounts.privacy.sockets import ERASERS
from accounts.verification.sockets import VERIFIERS
from core.clock.sockets import FOLLOWERS
from core.tallies.sockets import COUNTS
from payments.channels.alipay.adapter import AlipayMaker
from payments.channels.alipay.credentials import AlipayCredentials
from payments.channels.daily import SOURCE, BreaksOfDay
from payments.channels.forgetting import Parties
from payments.channels.sandbox_bank.adapter import SandboxBankMaker
from payments.channels.sandbox_bank.sidelines import BankClock, BankSms, BankVerifier
from payments.channels.sockets import ADAPTERS, CREDENTIALS
from payments.channels.stripe.adapter import StripeMaker
from payments.channels.stripe.credentials import StripeCredentials
from payments.channels.wechat_v3.adapter import WechatV3Maker
from payments.channels.wechat_v3.credentials import WechatV3Credentials

ERASERS.plug("payments.channels", Parties())
ADAPTERS.plug("sandbox_bank", SandboxBankMaker())
ADAPTERS.plug("wechat_v3", WechatV3Maker())
ADAPTERS.plug("alipay", AlipayMaker())
ADAPTERS.plug("stripe", StripeMaker())
CREDENTIALS.plug("stripe", StripeCredentials())
CREDENTIALS.plug("wechat_v3", WechatV3Credentials())
CREDENTIALS.plug("alipay", AlipayCredentials())
if settings.SANDBOX_BANK_URL:
    VERIFIERS.plug("sandbox_bank", BankVerifier())
    SMS.plug("sandbox_bank", BankSms())
    FOLLOWERS.plug("sandbox_bank", BankClock())
COUNTS.plug(SOURCE, BreaksOfDay())

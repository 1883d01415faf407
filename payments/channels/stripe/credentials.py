"""What Stripe needs to be connected, and what it looks like there."""

from dataclasses import replace

from core.errors import Invalid
from payments.channels.typed import Typed, like


class StripeCredentials:
    """The rules of what two people enter (docs/channels.md says where each is found)."""

    def checked(self, typed: Typed) -> Typed:
        """In order, or Invalid with the field at fault."""
        return replace(
            Typed(""),
            merchant=like(
                r"acct_[0-9A-Za-z]{8,40}",
                typed.merchant,
                "merchant",
                "The account's id begins with acct_.",
                "账户 ID 以 acct_ 开头。",
            ),
            private_key_pem=like(
                r"[sr]k_(live|test)_[0-9A-Za-z_]{8,240}",
                typed.private_key_pem,
                "private_key_pem",
                "Paste the secret key (sk_...) or a restricted key (rk_...), not the publishable one.",
                "请粘贴密钥(sk_ 开头)或受限密钥(rk_ 开头),而非可公开密钥。",
            ),
            api_key=notice_secret(typed.api_key),
        )


def notice_secret(value: str) -> str:
    """Raises Invalid."""
    if not value.strip().startswith("whsec_"):
        raise Invalid(
            "api_key",
            "The signing secret of the webhook endpoint begins with whsec_.",
            "Webhook 端点的签名密钥以 whsec_ 开头。",
        )
    return value.strip()

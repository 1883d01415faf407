"""What a person types in to connect a channel, and the refusals every adapter's rules share. Pure."""

import re
from dataclasses import dataclass, field

from core.errors import Invalid
from payments.channels import rsa


@dataclass(frozen=True)
class Typed:
    """A connection as typed, or as an adapter's rules have put it in order. Secrets stay out of the repr."""

    merchant: str
    app_id: str = ""
    private_key_pem: str = field(default="", repr=False)
    own_key_id: str = ""
    bank_public_key_pem: str = field(default="", repr=False)
    bank_key_id: str = ""
    root_key_id: str = ""
    api_key: str = field(default="", repr=False)
    payout_scene: str = ""
    payout_report: dict[str, str] = field(default_factory=dict)


def like(form: str, value: str, name: str, en: str, zh: str) -> str:
    """The value without spaces around it. Raises Invalid unless it has the form (a regular expression)."""
    found = value.strip()
    if not re.fullmatch(form, found):
        raise Invalid(name, en, zh)
    return found


def private(pem: str) -> str:
    """Raises Invalid."""
    try:
        return rsa.private_pem(pem)
    except rsa.BadKey as problem:
        raise Invalid(
            "private_key_pem",
            "Paste our private key as PEM, without a password: RSA, at least 2048 bits.",
            "请粘贴无密码保护的 PEM 格式商户私钥(RSA,至少 2048 位)。",
        ) from problem


def public(pem: str) -> str:
    """The channel's key as a public key's PEM, also from its certificate. Raises Invalid."""
    try:
        return rsa.public_pem(rsa.public_key(pem))
    except rsa.BadKey as problem:
        raise Invalid(
            "bank_public_key_pem",
            "Paste the channel's public key or certificate as PEM: RSA, at least 2048 bits. It is not our own key.",
            "请粘贴渠道方的 PEM 格式公钥或证书(RSA,至少 2048 位),而非我方密钥。",
        ) from problem


def not_ours(typed: Typed) -> None:
    """Raises Invalid when the pasted public key is the other half of our own."""
    if rsa.public_pem(rsa.private_key(typed.private_key_pem).public_key()) == typed.bank_public_key_pem:
        raise Invalid(
            "bank_public_key_pem",
            "This is the public half of our own key. Paste the channel's, from its console.",
            "这是我方密钥的公钥,请粘贴渠道方后台提供的公钥。",
        )

"""What WeChat Pay needs to be connected, and what it looks like there."""

from dataclasses import replace

from cryptography import x509

from core.errors import Invalid
from payments.channels.rsa import CERTIFICATE
from payments.channels.typed import Typed, like, not_ours, private, public

SERIAL = r"[0-9A-Fa-f]{16,40}"
KEY_ID = rf"PUB_KEY_ID_[0-9A-Za-z]{{1,53}}|{SERIAL}"
TYPE_LENGTH, CONTENT_LENGTH = 15, 32


class WechatV3Credentials:
    """The rules of what two people enter (docs/channels.md says where each is found)."""

    def checked(self, typed: Typed) -> Typed:
        """In order, or Invalid with the field at fault."""
        kept = replace(
            typed,
            merchant=like(
                r"\d{8,12}", typed.merchant, "merchant", "The merchant number (mchid) is 8 to 12 digits.", "商户号为 8 至 12 位数字。"
            ),
            app_id=like(
                r"wx[0-9a-zA-Z]{8,30}",
                typed.app_id,
                "app_id",
                "The app id begins with wx. Take the one bound to this merchant.",
                "AppID 以 wx 开头,须为该商户号绑定的 AppID。",
            ),
            own_key_id=like(
                SERIAL,
                typed.own_key_id,
                "own_key_id",
                "The serial number of our API certificate: hexadecimal digits.",
                "请填写商户 API 证书序列号(十六进制)。",
            ).upper(),
            private_key_pem=private(typed.private_key_pem),
            bank_public_key_pem=public(typed.bank_public_key_pem),
            bank_key_id=key_id(typed),
            api_key=api_key(typed.api_key),
            root_key_id="",
            payout_scene=like(
                r"\d{0,36}",
                typed.payout_scene,
                "payout_scene",
                "The transfer scene is a number, like 1005; empty: no payouts.",
                "转账场景 ID 为数字,如 1005;留空表示不支持付款。",
            ),
            payout_report=report(typed),
        )
        not_ours(kept)
        return kept


def key_id(typed: Typed) -> str:
    """The name of WeChat Pay's key: that of its public key, or the serial number of its certificate, which a pasted certificate tells."""
    en = "The id of WeChat Pay's public key (PUB_KEY_ID_...), or the serial number of its certificate."
    named = like(KEY_ID, typed.bank_key_id, "bank_key_id", en, "请填写微信支付公钥 ID(PUB_KEY_ID_ 开头)或平台证书序列号。")
    if not typed.bank_public_key_pem.strip().startswith(CERTIFICATE):
        return named
    serial = f"{x509.load_pem_x509_certificate(typed.bank_public_key_pem.strip().encode()).serial_number:X}"
    if named.upper().lstrip("0") != serial:
        raise Invalid("bank_key_id", f"The pasted certificate's serial number is {serial}.", f"所粘贴证书的序列号为 {serial}。")
    return named.upper()


def api_key(value: str) -> str:
    """The APIv3 key as it is; one with other letters than ASCII's has not 32 bytes. Raises Invalid."""
    if len(value.strip()) != 32 or not value.strip().isascii():
        raise Invalid("api_key", "The APIv3 key is 32 letters and digits.", "APIv3 密钥为 32 位字母和数字。")
    return value.strip()


def report(typed: Typed) -> dict[str, str]:
    """What WeChat Pay wants told of every transfer of a scene. Raises Invalid."""
    if bool(typed.payout_scene.strip()) != bool(typed.payout_report):
        raise Invalid(
            "payout_report",
            "A transfer scene and its report go together: enter both, or neither.",
            "转账场景与报备信息须同时填写或同时留空。",
        )
    if any(len(kind) > TYPE_LENGTH or not 0 < len(told) <= CONTENT_LENGTH for kind, told in typed.payout_report.items()):
        raise Invalid(
            "payout_report",
            f"A report is lines of type=content: at most {TYPE_LENGTH} and {CONTENT_LENGTH} characters.",
            f"报备信息每行为“类型=内容”,分别不超过 {TYPE_LENGTH} 和 {CONTENT_LENGTH} 个字符。",
        )
    return typed.payout_report

"""What Alipay needs to be connected, and what it looks like there."""

from dataclasses import replace
from hashlib import md5

from cryptography import x509
from cryptography.x509.oid import NameOID

from core.errors import Invalid
from payments.channels.rsa import CERTIFICATE
from payments.channels.typed import Typed, like, not_ours, private, public

SERIAL = r"[0-9a-f]{32}"
RSA_SIGNED = "1.2.840.113549.1.1."
END = "-----END CERTIFICATE-----"
ISSUER = (
    ("CN", NameOID.COMMON_NAME),
    ("OU", NameOID.ORGANIZATIONAL_UNIT_NAME),
    ("O", NameOID.ORGANIZATION_NAME),
    ("C", NameOID.COUNTRY_NAME),
)


class AlipayCredentials:
    """The rules of what two people enter (docs/channels.md says where each is found)."""

    def checked(self, typed: Typed) -> Typed:
        """In order, or Invalid with the field at fault."""
        kept = replace(
            typed,
            merchant=like(
                r"2088\d{12}",
                typed.merchant,
                "merchant",
                "The merchant number (PID) is 16 digits that begin with 2088.",
                "商户号(PID)为 2088 开头的 16 位数字。",
            ),
            app_id=like(
                r"\d{16,20}",
                typed.app_id,
                "app_id",
                "The app id is 16 digits, from the open platform.",
                "请填写开放平台的 16 位应用 APPID。",
            ),
            private_key_pem=private(typed.private_key_pem),
            bank_public_key_pem=public(typed.bank_public_key_pem),
            own_key_id=serial(typed.own_key_id, "own_key_id"),
            root_key_id=like(
                rf"|{SERIAL}(_{SERIAL})*",
                typed.root_key_id,
                "root_key_id",
                "Serials of the root certificates: 32 hexadecimal digits each, joined by _ (manage.py alipay_serials).",
                "根证书序列号为若干 32 位十六进制数,以下划线连接(见 manage.py alipay_serials)。",
            ),
            bank_key_id=channel_serial(typed),
            api_key="",
            payout_scene="",
            payout_report={},
        )
        if len({bool(kept.own_key_id), bool(kept.root_key_id), bool(kept.bank_key_id)}) != 1:
            raise Invalid(
                "own_key_id",
                "In certificate mode enter the serials of our certificate, of the roots and of Alipay's; in key mode none of them.",
                "证书模式须同时填写应用证书、根证书和支付宝证书序列号;密钥模式均留空。",
            )
        not_ours(kept)
        return kept


def serial(value: str, name: str) -> str:
    en = "A certificate's serial is 32 hexadecimal digits as Alipay counts them (manage.py alipay_serials); empty in key mode."
    return like(rf"|{SERIAL}", value, name, en, "证书序列号为支付宝算法的 32 位十六进制数(见 manage.py alipay_serials);密钥模式留空。")


def channel_serial(typed: Typed) -> str:
    """The serial of Alipay's certificate, which a pasted certificate tells itself. Raises Invalid."""
    named = serial(typed.bank_key_id, "bank_key_id")
    if not typed.bank_public_key_pem.strip().startswith(CERTIFICATE):
        return named
    told = serial_of(x509.load_pem_x509_certificate(typed.bank_public_key_pem.strip().encode()))
    if named not in ("", told):
        raise Invalid("bank_key_id", f"The pasted certificate's serial is {told}.", f"所粘贴证书的序列号为 {told}。")
    return told


def serial_of(certificate: x509.Certificate) -> str:
    """A certificate's serial as Alipay counts it: MD5 of its issuer and its number."""
    issuer = ",".join(f"{short}={first(certificate, oid)}" for short, oid in ISSUER)
    return md5(f"{issuer}{certificate.serial_number}".encode(), usedforsecurity=False).hexdigest()


def first(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.issuer.get_attributes_for_oid(oid)
    return str(found[0].value) if found else "None"


def root_serials(pem: str) -> str:
    """The serials of the roots in a file that RSA signed, joined by _; the others (SM2) are not counted."""
    parts = [part.strip() + f"\n{END}\n" for part in pem.split(END) if part.strip()]
    roots = [x509.load_pem_x509_certificate(part.encode()) for part in parts]
    return "_".join(serial_of(root) for root in roots if root.signature_algorithm_oid.dotted_string.startswith(RSA_SIGNED))

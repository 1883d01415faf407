"""What issuers refuse."""

from core.errors import DomainError


class IssuerOff(DomainError):
    code = "issuer_off"
    en = "The maker of this product takes no orders now. Try again later or choose another product."
    zh = "该产品的发行机构暂不受理委托,请稍后再试或选择其他产品。"


class IssuerNotConnected(DomainError):
    code = "issuer_not_connected"
    en = "This issuer has no live credential yet. Connect it first (sandbox: manage.py sandbox_issuer_connect)."
    zh = "该发行机构尚未接入,请先接入(沙箱:manage.py sandbox_issuer_connect)。"

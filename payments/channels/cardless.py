"""What every adapter of a channel without cards has: nothing to sign."""

from typing import NoReturn

from payments.channels.port import Capability, Elements, NotCapable, Result, SignConfirmResult, SignStartResult, UnsignResult


class Cardless:
    """The port's operations on cards, each of which raises NotCapable."""

    capabilities: frozenset[Capability]

    def require(self, capability: Capability) -> None:
        if capability not in self.capabilities:
            raise NotCapable(capability)

    def no_cards(self) -> NoReturn:
        raise NotCapable(Capability.SIGN)

    def sign_start(self, *, request_no: str, elements: Elements) -> SignStartResult:
        self.no_cards()

    def sign_confirm(self, *, request_no: str, sign_ref: str, sms_code: str) -> SignConfirmResult:
        self.no_cards()

    def resend(self, *, request_no: str, sign_ref: str) -> SignStartResult:
        self.no_cards()

    def unsign(self, *, request_no: str, token: str) -> UnsignResult:
        self.no_cards()

    def query_sign(self, *, request_no: str, operation: str, sign_ref: str) -> Result:
        self.no_cards()

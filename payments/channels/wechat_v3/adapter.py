"""WeChat Pay, API v3, as a channel (docs/channels.md): orders the payer takes up by scanning or in WeChat, refunds, transfers, bills."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from core.clock import queries as clock
from payments.channels.addresses import notice_url
from payments.channels.cardless import Cardless
from payments.channels.empty_days import nothing
from payments.channels.models import ChannelCredential
from payments.channels.port import (
    JSON_RECEIPT,
    ActionRequired,
    Capability,
    ChannelUnreachable,
    Failed,
    NotCapable,
    Notice,
    OrderResult,
    StatementBroken,
    StatementFile,
    Success,
    Unknown,
    about,
)
from payments.channels.services import ChannelNotConnected
from payments.channels.transport import Answer, NoAnswer, NotDelivered, Patience
from payments.channels.wechat_v3 import answers, bills, notices, signing
from payments.channels.wechat_v3.client import Account, document, exchange, sent

TRADES, REFUNDS, TRANSFERS = "/v3/pay/transactions", "/v3/refund/domestic/refunds", "/v3/fund-app/mch-transfer/transfer-bills"
BILLS = {"payments": "tradebill?bill_date={day}&bill_type=ALL", "account": "fundflowbill?bill_date={day}&account_type=BASIC"}
TAKEN = frozenset({"OUT_TRADE_NO_USED", "ORDERPAID", "ORDER_PAID", "ORDERCLOSED", "ORDER_CLOSED", "INVALID_REQUEST"})
"""Codes by which an order is refused whose number is known already: what became of it is asked."""
JSAPI, APP = "jsapi:", "app"
DESCRIPTION_LENGTH = 127
STATEMENTS = frozenset({Capability.STATEMENT_CSV, Capability.STATEMENT_ACCOUNT})
WITHOUT_CARDS = STATEMENTS | {Capability.PAY, Capability.CLOSE, Capability.REFUND, Capability.NOTICES}


class WechatV3(Cardless):
    """The port, opened with one merchant's keys. `token` says how the payer takes an order up: empty = whoever scans the code,
    `jsapi:<openid>` = that user, in WeChat, `app` = an app of ours; of a payout it is the payee's openid."""

    receipt = JSON_RECEIPT

    def __init__(self, account: Account) -> None:
        self.account = account
        self.capabilities = WITHOUT_CARDS | ({Capability.PAYOUT} if account.payout_scene else frozenset())

    def ask(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> tuple[Answer, dict[str, Any]]:
        answer = exchange(self.account, method, path, content)
        return answer, document(answer)

    def pay(self, *, request_no: str, token: str, amount_fen: int, currency: str, subject: str) -> OrderResult:
        content: dict[str, Any] = {
            "appid": self.account.app_id,
            "mchid": self.account.merchant,
            "description": subject[:DESCRIPTION_LENGTH],
            "out_trade_no": request_no,
            "notify_url": self.account.notify_url,
            "amount": {"total": amount_fen, "currency": currency},
        }
        path = f"{TRADES}/native"
        if token.startswith(JSAPI):
            path, content["payer"] = f"{TRADES}/jsapi", {"openid": token.removeprefix(JSAPI)}
        elif token == APP:
            path = f"{TRADES}/app"
        result = answers.acted(lambda: self.ask("POST", path, content), lambda found: self.to_take_up(token, found))
        if isinstance(result, Failed) and result.code in TAKEN:
            return self.taken(request_no, amount_fen, otherwise=result)
        return result

    def to_take_up(self, token: str, found: dict[str, Any]) -> ActionRequired:
        account = self.account
        if not token:
            return ActionRequired(answers.SCAN, answers.text(found, "code_url"))
        prepay_id, key, wall = answers.text(found, "prepay_id"), account.private_key_pem, clock.wall()
        if token == APP:
            url = signing.for_app(app_id=account.app_id, merchant=account.merchant, prepay_id=prepay_id, key_pem=key, wall=wall)
        else:
            url = signing.for_page(app_id=account.app_id, prepay_id=prepay_id, key_pem=key, wall=wall)
        return ActionRequired(answers.INVOKE, url)

    def taken(self, request_no: str, amount_fen: int, *, otherwise: Failed) -> OrderResult:
        """What became of a number that is refused as known: its end, if it has one and is ours; else the refusal."""
        known = self.query(request_no=request_no)
        if isinstance(known, Success) and known.facts.amount_fen == amount_fen:
            return known
        if isinstance(known, Failed):
            return known
        return Unknown(otherwise.code) if isinstance(known, Unknown) and known.seen else otherwise

    def query(self, *, request_no: str) -> OrderResult:
        path = f"{TRADES}/out-trade-no/{request_no}?mchid={self.account.merchant}"
        return about(request_no, answers.asked(lambda: self.ask("GET", path), answers.trade))

    def close(self, *, request_no: str, operation: str) -> OrderResult:
        """Closing is answered alike for every number, so what became of it is asked. An order that WeChat Pay has not seen will never be
        paid, for its code was in an answer that nobody got."""
        if operation == "payout":
            return self.cancel(request_no)
        content = {"mchid": self.account.merchant}
        try:
            answer, found = self.ask("POST", f"{TRADES}/out-trade-no/{request_no}/close", content)
        except (NotDelivered, NoAnswer) as problem:
            return Unknown(problem.reason)
        result = self.query(request_no=request_no)
        if isinstance(result, Unknown) and not result.seen and answers.done(answer):
            return Failed(result.code, decided=True)
        return Unknown(answers.code_of(answer, found)) if isinstance(result, ActionRequired) else result

    def cancel(self, request_no: str) -> OrderResult:
        """Take a transfer back that its payee has not accepted."""
        try:
            self.ask("POST", f"{TRANSFERS}/out-bill-no/{answers.bill_no(request_no)}/cancel", {})
        except (NotDelivered, NoAnswer) as problem:
            return Unknown(problem.reason)
        return self.query_payout(request_no=request_no)

    def refund(self, *, request_no: str, payment_request_no: str, amount_fen: int, currency: str, reason: str) -> OrderResult:
        """A refund names what was paid in all, so the payment is asked for first; without it nothing is sent."""
        paid = self.query(request_no=payment_request_no)
        if not isinstance(paid, Success):
            return Failed("original_not_known", retryable=not isinstance(paid, Failed))
        content = {
            "out_trade_no": payment_request_no,
            "out_refund_no": request_no,
            "reason": reason,
            "notify_url": self.account.notify_url,
            "amount": {"refund": amount_fen, "total": paid.facts.amount_fen, "currency": currency},
        }
        return answers.acted(lambda: self.ask("POST", REFUNDS, content), answers.refund)

    def query_refund(self, *, request_no: str, payment_request_no: str) -> OrderResult:
        return about(request_no, answers.asked(lambda: self.ask("GET", f"{REFUNDS}/{request_no}"), answers.refund))

    def payout(self, *, request_no: str, token: str, amount_fen: int, currency: str, remark: str) -> OrderResult:
        """A transfer whose answer tells an end is asked for, since the answer does not name the amount."""
        self.require(Capability.PAYOUT)
        report = [{"info_type": kind, "info_content": told} for kind, told in self.account.payout_report.items()]
        content = {
            "appid": self.account.app_id,
            "out_bill_no": answers.bill_no(request_no),
            "transfer_scene_id": self.account.payout_scene,
            "openid": token,
            "transfer_amount": amount_fen,
            "transfer_remark": remark,
            "notify_url": self.account.notify_url,
            "transfer_scene_report_infos": report,
        }
        result = answers.acted(lambda: self.ask("POST", TRANSFERS, content), lambda found: answers.transfer({"transfer_amount": 0} | found))
        return self.query_payout(request_no=request_no) if isinstance(result, Success) else result

    def query_payout(self, *, request_no: str) -> OrderResult:
        path = f"{TRANSFERS}/out-bill-no/{answers.bill_no(request_no)}"
        return about(request_no, answers.asked(lambda: self.ask("GET", path), answers.transfer))

    def fetch_statement(self, *, day: date, kind: str, format: str) -> StatementFile:
        """The bill's address and digest are in a signed answer, the bill itself comes without a signature."""
        if format != "csv":
            raise NotCapable(format)
        try:
            told = bills.address(*self.ask("GET", f"/v3/bill/{BILLS[kind].format(day=day.isoformat())}"))
            if told is None:
                return nothing(day=day, kind=kind, wall=clock.wall())
            if not told.url.startswith(f"{self.account.base_url}/"):
                raise StatementBroken("download_url")
            where = urlsplit(told.url)
            answer = sent(self.account, "GET", f"{where.path}?{where.query}")
        except (NotDelivered, NoAnswer) as problem:
            raise ChannelUnreachable(problem.reason) from problem
        return bills.read(answer, told, day=day, kind=kind)

    def parse_notice(self, *, path: str, headers: Mapping[str, str], raw_body: bytes, wall: datetime) -> Notice:
        """The signature says nothing of `path`."""
        notices.verify(self.account, headers=headers, raw_body=raw_body, wall=wall)
        return notices.read(self.account, raw_body)

    def read_notice(self, *, raw_body: bytes) -> Notice:
        return notices.read(self.account, raw_body)


class WechatV3Maker:
    """Opens WeChat Pay with the channel's live credential and timeouts."""

    def open(self, *, channel: str) -> WechatV3:
        """Raises ChannelNotConnected when there is no live credential, or no address of WeChat Pay (WECHAT_PAY_URL)."""
        live = ChannelCredential.objects.select_related("channel").filter(channel_id=channel, retired_at=None).first()
        if live is None or not settings.WECHAT_PAY_URL:
            raise ChannelNotConnected()
        return WechatV3(
            Account(
                base_url=settings.WECHAT_PAY_URL,
                merchant=live.merchant,
                app_id=live.app_id,
                serial=live.own_key_id,
                private_key_pem=live.private_key_pem,
                api_key=live.api_key or "",
                public_key_id=live.bank_key_id,
                public_key_pem=live.bank_public_key_pem,
                notify_url=notice_url(channel),
                payout_scene=live.payout_scene,
                payout_report=live.payout_report,
                patience=Patience(live.channel.connect_timeout_ms / 1000, live.channel.total_timeout_ms / 1000),
            )
        )

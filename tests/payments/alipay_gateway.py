"""Alipay's gateway on loopback: a small server of our own that keeps to the public documentation of the OpenAPI, with a store and keys
of its own.

It checks RSA2 signatures over the sorted fields, signs the raw node of its answers, is idempotent by out_trade_no, out_request_no and
out_biz_no, knows a scanned order only from when it is scanned, and writes zipped GBK bills. Signatures are written down here a second
time on purpose: the tests are the referee. `fault(name)` makes the next call go wrong.
"""

import base64
import io
import json
import secrets
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from tests.payments.wechat_pay import key

SHANGHAI = timezone(timedelta(hours=8))
WHEN = "%Y-%m-%d %H:%M:%S"
MERCHANT, APP_ID = "2088102169481075", "2021000117652045"
APP_SERIAL, ROOT_SERIAL, SERIAL = "a" * 32, f"{'b' * 32}_{'c' * 32}", "d" * 32
Body = dict[str, Any]
TRADE_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额(元),商家实收(元),支付宝红包(元),集分宝(元),"
    "支付宝优惠(元),商家优惠(元),券核销金额(元),券名称,商家红包消费金额(元),卡消费金额(元),退款批次号/请求号,服务费(元),分润(元),备注"
)
FLOW_HEAD = "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额(+元),支出金额(-元),账户余额(元),交易渠道,业务类型,备注"


class Refusal(Exception):
    def __init__(self, sub_code: str, code: str = "40004") -> None:
        self.sub_code, self.code = sub_code, code


class GbkInfo(zipfile.ZipInfo):
    """A file in an archive whose name is GBK and does not say so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  (its base's name)
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen >= 0 else f"-{yuan(-fen)}"


def fen_of(text: str) -> int:
    whole, _, rest = text.partition(".")
    assert len(rest) == 2, text
    return int(whole) * 100 + int(rest)


def wide(text: str) -> str:
    """With the full-width brackets and colons that the bills have."""
    return text.replace("(", "\uff08").replace(")", "\uff09").replace("合计:", "合计\uff1a").replace("笔,", "笔\uff0c")


@dataclass
class AlipayGateway:
    """A running peer. `ours` is the key it signs with, `theirs` the application's public key's pair."""

    ours: RSAPrivateKey = field(default_factory=lambda: key("the peer's"))
    theirs: RSAPrivateKey = field(default_factory=lambda: key("the merchant's"))
    with_certificates: bool = True
    placed: dict[str, Body] = field(default_factory=dict)
    trades: dict[str, Body] = field(default_factory=dict)
    refunds: dict[str, Body] = field(default_factory=dict)
    transfers: dict[str, Body] = field(default_factory=dict)
    fees_back: dict[str, int] = field(default_factory=dict)
    flows: list[list[Any]] = field(default_factory=list)
    notices: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    transfers_end_as: str = "SUCCESS"
    rewritten: Callable[[str], str] = lambda text: text
    days_gone: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def start(self) -> None:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path.startswith("/gateway.do"):
                    return peer.serve(self)
                return peer.send(self, peer.files[urlsplit(self.path).query.removeprefix("file=")])

            def do_POST(self) -> None:
                peer.serve(self)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.origin}/gateway.do"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        self.faults = [name]
        yield
        self.faults = []

    def now(self) -> datetime:
        return datetime.now(SHANGHAI).replace(microsecond=0) + timedelta(days=self.days_gone)

    def next_day(self) -> date:
        ended = self.now().date()
        self.days_gone += 1
        return ended

    # --- the wire

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        query = parse_qsl(urlsplit(handler.path).query)
        given = dict([*query, *parse_qsl(body.decode())])
        fault = self.faults.pop() if self.faults else ""
        node = {
            "error_before": {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "aop.ACQ.SYSTEM_ERROR"},
            "busy": {"code": "40005", "msg": "Call Limited", "sub_code": "isv.app-call-limited"},
            "declined": {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TOTAL_FEE_EXCEED"},
        }.get(fault)
        if node is None and fault != "timeout_before":
            node = self.answered(given)
        if fault == "pending":
            self.scan(json.loads(given["biz_content"])["out_trade_no"])
        if fault == "error_after":
            node = {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "aop.ACQ.SYSTEM_ERROR"}
        if fault in ("timeout_before", "timeout_after"):
            handler.close_connection = True
            return
        assert node is not None
        self.send(handler, self.signed(given["method"], node, forged=fault == "forged_answer"))

    def send(self, handler: BaseHTTPRequestHandler, raw: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html;charset=utf-8")
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    def signed(self, method: str, node: Body, *, forged: bool = False) -> bytes:
        raw = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
        serial = f'"alipay_cert_sn":"{SERIAL}",' if self.with_certificates else ""
        signature = self.signature(raw, self.theirs if forged else self.ours)
        return f'{{"{method.replace(".", "_")}_response":{raw},{serial}"sign":"{signature}"}}'.encode()

    def signature(self, text: str, by: RSAPrivateKey) -> str:
        return base64.b64encode(by.sign(text.encode(), PKCS1v15(), SHA256())).decode()

    def answered(self, given: dict[str, str]) -> Body:
        try:
            self.check_signature(dict(given))
            with self.lock:
                act: Callable[[Body], Body] = getattr(self, given["method"].replace("alipay.", "").replace(".", "_"))
                return {"code": "10000", "msg": "Success"} | act(json.loads(given["biz_content"]))
        except Refusal as refused:
            return {"code": refused.code, "msg": "Business Failed", "sub_code": refused.sub_code, "sub_msg": refused.sub_code}

    def check_signature(self, given: dict[str, str]) -> None:
        signature = base64.b64decode(given.pop("sign", ""))
        text = "&".join(f"{name}={value}" for name, value in sorted(given.items()))
        try:
            self.theirs.public_key().verify(signature, text.encode(), PKCS1v15(), SHA256())
        except InvalidSignature as problem:
            raise Refusal("isv.invalid-signature", "40002") from problem
        sent_at = datetime.strptime(given["timestamp"], WHEN).replace(tzinfo=SHANGHAI)
        serials = given.get("app_cert_sn"), given.get("alipay_root_cert_sn")
        if given["app_id"] != APP_ID or abs((sent_at - datetime.now(SHANGHAI)).total_seconds()) > 900:
            raise Refusal("isv.invalid-app-id", "40002")
        if self.with_certificates and serials != (APP_SERIAL, ROOT_SERIAL):
            raise Refusal("isv.missing-app-cert-sn", "40002")

    # --- what it does

    def trade_precreate(self, content: Body) -> Body:
        number = content["out_trade_no"]
        self.refuse_known(number, content)
        self.placed[number] = content
        return {"out_trade_no": number, "qr_code": f"https://qr.alipay.com/bax{number[-18:]}"}

    def trade_create(self, content: Body) -> Body:
        number = content["out_trade_no"]
        self.refuse_known(number, content)
        self.placed[number] = content
        self.scan(number)
        return {"out_trade_no": number, "trade_no": self.trades[number]["trade_no"]}

    def refuse_known(self, number: str, content: Body) -> None:
        held = self.trades.get(number)
        if held is None:
            return
        if held["trade_status"] != "WAIT_BUYER_PAY":
            raise Refusal("ACQ.TRADE_HAS_CLOSE" if held["trade_status"] == "TRADE_CLOSED" else "ACQ.TRADE_HAS_SUCCESS")
        if held["total_amount"] != content["total_amount"]:
            raise Refusal("ACQ.CONTEXT_INCONSISTENT")

    def scan(self, number: str) -> None:
        told = {"out_trade_no": number, "trade_no": f"{self.now():%Y%m%d}22001{secrets.randbelow(10**15):015d}"}
        amount = self.placed[number]["total_amount"]
        self.trades.setdefault(number, told | {"trade_status": "WAIT_BUYER_PAY", "total_amount": amount, "_left": fen_of(amount)})

    def trade_query(self, content: Body) -> Body:
        held = known(self.trades, content["out_trade_no"], "ACQ.TRADE_NOT_EXIST")
        return {name: value for name, value in held.items() if not name.startswith("_")}

    def trade_close(self, content: Body) -> Body:
        held = known(self.trades, content["out_trade_no"], "ACQ.TRADE_NOT_EXIST")
        if held["trade_status"] != "WAIT_BUYER_PAY":
            raise Refusal("ACQ.REASON_TRADE_STATUS_INVALID")
        held["trade_status"] = "TRADE_CLOSED"
        return {"out_trade_no": held["out_trade_no"], "trade_no": held["trade_no"]}

    def trade_refund(self, content: Body) -> Body:
        paid = known(self.trades, content["out_trade_no"], "ACQ.TRADE_NOT_EXIST")
        number, fen = content["out_request_no"], fen_of(content["refund_amount"])
        held = self.refunds.get(number)
        if held is not None and held["refund_amount"] != content["refund_amount"]:
            raise Refusal("ACQ.DISCORDANT_REPEAT_REQUEST")
        if held is None:
            if fen > paid["_left"] or "send_pay_date" not in paid:
                raise Refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
            paid["_left"] -= fen
            if not paid["_left"]:
                paid["trade_status"] = "TRADE_CLOSED"
            self.refunds[number] = {
                "trade_no": paid["trade_no"],
                "out_trade_no": paid["out_trade_no"],
                "out_request_no": number,
                "total_amount": paid["total_amount"],
                "refund_amount": content["refund_amount"],
                "refund_status": "REFUND_SUCCESS",
                "gmt_refund_pay": self.now().strftime(WHEN),
            }
            back = self.fees_back[number] = (fen * 60 + 5_000) // 10_000
            self.flows.append([self.now(), paid["trade_no"], "退款", -fen, number])
            self.flows.append([self.now(), paid["trade_no"], "退费", back, number])
        given_back = fen_of(paid["total_amount"]) - paid["_left"]
        told = {"trade_no": paid["trade_no"], "out_trade_no": paid["out_trade_no"], "refund_fee": yuan(given_back)}
        return told | {"fund_change": "Y" if held is None else "N"}

    def trade_fastpay_refund_query(self, content: Body) -> Body:
        return self.refunds.get(content["out_request_no"], {})

    def fund_trans_uni_transfer(self, content: Body) -> Body:
        if not self.with_certificates:
            raise Refusal("isv.insufficient-isv-permissions", "40006")
        number = content["out_biz_no"]
        told = {"out_biz_no": number, "trans_amount": content["trans_amount"], "_payee": content["payee_info"]}
        held = self.transfers.get(number)
        if held is not None and any(held[name] != value for name, value in told.items()):
            raise Refusal("PAYMENT_INFO_INCONSISTENCY")
        if held is None:
            paid = {"order_id": f"{self.now():%Y%m%d}11007{secrets.randbelow(10**15):015d}", "pay_date": self.now().strftime(WHEN)}
            held = self.transfers[number] = told | paid | {"status": self.transfers_end_as}
            if self.transfers_end_as == "SUCCESS":
                self.flows.append([self.now(), held["order_id"], "转账", -fen_of(content["trans_amount"]), number])
        return {name: held[name] for name in ("out_biz_no", "order_id", "status")} | {"trans_date": held["pay_date"]}

    def give_back(self, number: str) -> None:
        """A transfer that was done comes back."""
        held = self.transfers[number]
        held["status"] = "REFUND"
        self.flows.append([self.now(), held["order_id"], "转账", fen_of(held["trans_amount"]), number])

    def fund_trans_common_query(self, content: Body) -> Body:
        held = known(self.transfers, content["out_biz_no"], "ORDER_NOT_EXIST")
        return {name: value for name, value in held.items() if not name.startswith("_")}

    def payer_acts(self, number: str) -> None:
        with self.lock:
            self.scan(number)
            held = self.trades[number]
            assert held["trade_status"] == "WAIT_BUYER_PAY"
            fen, fee = fen_of(held["total_amount"]), (fen_of(held["total_amount"]) * 60 + 5_000) // 10_000
            held |= {
                "trade_status": "TRADE_SUCCESS",
                "send_pay_date": self.now().strftime(WHEN),
                "buyer_user_id": "2088102169481999",
                "_fee": fee,
            }
            self.flows.append([self.now(), held["trade_no"], "在线支付", fen, number])
            self.flows.append([self.now(), held["trade_no"], "收费", -fee, number])
            told = {name: held[name] for name in ("trade_no", "out_trade_no", "trade_status", "total_amount")}
            self.notify("trade_status_sync", told | {"seller_id": MERCHANT, "gmt_payment": held["send_pay_date"]})

    def notify(self, kind: str, told: dict[str, str], **changes: str) -> None:
        """Keep a notice as it would be sent."""
        given = {
            "notify_id": secrets.token_hex(50),
            "notify_type": kind,
            "notify_time": datetime.now(SHANGHAI).strftime(WHEN),
            "app_id": APP_ID,
            "auth_app_id": APP_ID,
            "charset": "utf-8",
            "version": "1.0",
            "subject": "茶 & 一杯",
            "body": "",
        }
        given |= told | changes
        text = "&".join(f"{name}={value}" for name, value in sorted(given.items()))
        raw = urlencode(given | {"sign_type": "RSA2", "sign": self.signature(text, self.ours)}).encode()
        self.notices.append(("/v1/payments/notices/alipay", {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, raw))

    # --- bills

    def data_dataservice_bill_downloadurl_query(self, content: Body) -> Body:
        day = date.fromisoformat(content["bill_date"])
        if day >= self.now().date() or not any(at.date() == day for at, *_ in self.flows):
            raise Refusal("isp.bill_not_exist")
        name, written = {"trade": ("业务明细", self.trade_bill), "signcustomer": ("账务明细", self.flow_bill)}[content["bill_type"]]
        stem = f"{MERCHANT}0156_{day:%Y%m%d}_{name}"
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for title, text in ((f"{stem}.csv", self.rewritten(written(day))), (f"{stem}(汇总).csv", "#汇总\r\n")):
                archive.writestr(GbkInfo(title), text.encode("gbk"))
        token = secrets.token_hex(8)
        self.files[token] = packed.getvalue()
        return {"bill_download_url": f"{self.origin}/downloadBillFile.resource?file={token}"}

    def trade_bill(self, day: date) -> str:
        rows, sums = [], {"交易": [0, 0], "退款": [0, 0]}
        for held in self.trades.values():
            if held.get("send_pay_date", "")[:10] == day.isoformat():
                rows.append(self.trade_row(held, "交易", held["total_amount"], "", yuan(-held["_fee"]), held["send_pay_date"]))
                sums["交易"] = [sums["交易"][0] + 1, sums["交易"][1] + fen_of(held["total_amount"])]
        for held in self.refunds.values():
            if held["gmt_refund_pay"][:10] == day.isoformat():
                number = held["out_request_no"]
                back = yuan(self.fees_back[number])
                rows.append(self.trade_row(held, "退款", f"-{held['refund_amount']}", number, back, held["gmt_refund_pay"]))
                sums["退款"] = [sums["退款"][0] + 1, sums["退款"][1] - fen_of(held["refund_amount"])]
        totals = [
            f"#交易合计:{sums['交易'][0]}笔,商家实收共{yuan(sums['交易'][1])}元,商家优惠共0.00元",
            f"#退款合计:{sums['退款'][0]}笔,商家实收退款共{yuan(sums['退款'][1])}元,商家优惠退款共0.00元",
        ]
        return self.file("业务", TRADE_HEAD, rows, totals)

    def trade_row(self, held: Body, kind: str, amount: str, refund_no: str, fee: str, at: str) -> str:
        order = [
            f"{held['trade_no']}\t",
            f"{held['out_trade_no']}\t",
            f"{kind}\t",
            '"茶,一杯"',
            at,
            at,
            "\t",
            "\t",
            "\t",
            "\t",
            "**小(139****1234)\t",
        ]
        money = [amount, amount, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00\t", "0.00", f"{refund_no}\t", fee, "0.00", ""]
        return ",".join([*order, *money])

    def flow_bill(self, day: date) -> str:
        rows, balance, sums = [], 0, {"收入": [0, 0], "支出": [0, 0]}
        for at, number, kind, fen, ours in self.flows:
            balance += fen
            if at.date() == day:
                direction = "收入" if fen >= 0 else "支出"
                sums[direction] = [sums[direction][0] + 1, sums[direction][1] + abs(fen)]
                money = [yuan(max(fen, 0)), yuan(min(fen, 0)), yuan(balance), "支付宝\t", f"{kind}\t", ""]
                rows.append(",".join([f"{secrets.token_hex(8)}\t", f"{number}\t", f"{ours}\t", "茶\t", at.strftime(WHEN), "x\t", *money]))
        totals = [f"#{name}合计:{number}笔,共{yuan(fen)}元" for name, (number, fen) in sums.items()]
        return self.file("账务", FLOW_HEAD, rows[::-1], totals)

    def file(self, name: str, head: str, rows: list[str], totals: list[str]) -> str:
        line = "-" * 40
        lines = [f"#支付宝{name}明细查询", f"#账号:[{MERCHANT}0156]", f"#{line}{name}明细列表{line}", wide(head), *rows]
        return "\r\n".join([*lines, f"#{line}{name}明细列表结束{line}", *(wide(total) for total in totals)]) + "\r\n"


def known(held: dict[str, Body], number: str, otherwise: str) -> Body:
    if number not in held:
        raise Refusal(otherwise)
    return held[number]


def changed(raw: bytes, **fields: str) -> bytes:
    """A notice with other fields under its old signature."""
    return urlencode(dict(parse_qsl(raw.decode(), keep_blank_values=True)) | fields).encode()


def stamp_of(raw: bytes) -> datetime:
    return datetime.strptime(dict(parse_qsl(raw.decode()))["notify_time"], WHEN).replace(tzinfo=SHANGHAI)

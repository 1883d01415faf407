"""WeChat Pay on loopback: a small server of our own that keeps to the public documentation of API v3, with a store and keys of its own.

It checks signatures, signs its answers, is idempotent by out_trade_no, out_refund_no and out_bill_no, seals notices and writes bills. The
signatures are written down here a second time on purpose: the tests are the referee. `fault(name)` makes the next call of a kind go wrong.
"""

import base64
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

SHANGHAI = timezone(timedelta(hours=8))
MERCHANT, APP_ID, SERIAL, KEY_ID = (
    "1900000109",
    "wxd678efh567hg6787",
    "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    "PUB_KEY_ID_0119000001092026",
)
API_KEY = "0123456789abcdef0123456789ABCDEF"
Body = dict[str, Any]
Reply = tuple[int, Body | None]
TRADE_HEAD = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"  # noqa: E501
TRADE_TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FLOW_HEAD = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号"
FLOW_TOTALS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


class Refusal(Exception):
    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code


@cache
def key(whose: str) -> RSAPrivateKey:
    """One key for each name: making one is slow."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen >= 0 else f"-{yuan(-fen)}"


def written(head: str, rows: list[list[str]], totals: str, sums: list[str]) -> bytes:
    lines = [head, *(",".join(f"`{value}" for value in row) for row in rows), totals, ",".join(f"`{value}" for value in sums)]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


@dataclass
class WechatPay:
    """A running peer. `ours` is the key it signs with, `theirs` the merchant's public key's pair."""

    ours: RSAPrivateKey = field(default_factory=lambda: key("the peer's"))
    theirs: RSAPrivateKey = field(default_factory=lambda: key("the merchant's"))
    trades: dict[str, Body] = field(default_factory=dict)
    refunds: dict[str, Body] = field(default_factory=dict)
    transfers: dict[str, Body] = field(default_factory=dict)
    fees_back: dict[str, int] = field(default_factory=dict)
    flows: list[list[Any]] = field(default_factory=list)
    notices: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    refunds_begin_as: str = "SUCCESS"
    sent_wrong: Callable[[bytes], bytes] = lambda raw: raw
    days_gone: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def start(self) -> None:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                peer.serve(self)

            def do_POST(self) -> None:
                peer.serve(self)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
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
        fault = self.faults.pop() if self.faults else ""
        if fault in ("timeout_before", "error_before", "busy", "declined"):
            reply: Reply = {
                "timeout_before": (0, None),
                "error_before": (500, {"code": "SYSTEM_ERROR", "message": "系统异常"}),
                "busy": (429, {"code": "FREQUENCY_LIMITED", "message": "频率超限"}),
                "declined": (403, {"code": "RULE_LIMIT", "message": "业务规则限制"}),
            }[fault]
        else:
            reply = self.answered(handler, body)
        if fault == "error_after":
            reply = (500, {"code": "SYSTEM_ERROR", "message": "系统异常"})
        if fault in ("timeout_before", "timeout_after"):
            handler.close_connection = True
            return
        self.answer(handler, reply, forged=fault == "forged_answer")

    def answered(self, handler: BaseHTTPRequestHandler, body: bytes) -> Reply:
        try:
            self.check_signature(handler, body)
            where = urlsplit(handler.path)
            if where.path == "/v3/billdownload/file":
                return 200, {"": self.files[parse_qs(where.query)["token"][0]]}
            with self.lock:
                return self.route(handler.command, where.path, parse_qs(where.query), json.loads(body) if body else {})
        except Refusal as refused:
            return refused.status, {"code": refused.code, "message": refused.code}

    def answer(self, handler: BaseHTTPRequestHandler, reply: Reply, *, forged: bool) -> None:
        status, content = reply
        file = content is not None and "" in content
        raw = content[""] if file else b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        handler.send_response(status)
        for name, value in {} if file else self.signed(raw, forged=forged).items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", "text/plain" if file else "application/json")
        if status != 204:
            handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    def signed(self, raw: bytes, *, forged: bool = False) -> dict[str, str]:
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)
        key = self.theirs if forged else self.ours
        signature = key.sign(f"{stamp}\n{nonce}\n".encode() + raw + b"\n", PKCS1v15(), SHA256())
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": KEY_ID,
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
        }

    def check_signature(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        scheme, _, rest = handler.headers.get("Authorization", "").partition(" ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        if scheme != "WECHATPAY2-SHA256-RSA2048" or (given.get("mchid"), given.get("serial_no")) != (MERCHANT, SERIAL):
            raise Refusal(401, "SIGN_ERROR")
        text = f"{handler.command}\n{handler.path}\n{given['timestamp']}\n{given['nonce_str']}\n".encode() + body + b"\n"
        try:
            self.theirs.public_key().verify(base64.b64decode(given["signature"]), text, PKCS1v15(), SHA256())
        except InvalidSignature as problem:
            raise Refusal(401, "SIGN_ERROR") from problem
        if abs(int(given["timestamp"]) - time.time()) > 300 or handler.headers.get("Wechatpay-Serial") != KEY_ID:
            raise Refusal(401, "SIGN_ERROR")

    def route(self, method: str, path: str, query: dict[str, list[str]], body: Body) -> Reply:
        routes: list[tuple[str, str, Callable[..., Reply]]] = [
            ("POST", r"/v3/pay/transactions/(native|jsapi|app)", lambda kind: self.place(kind, body)),
            ("GET", r"/v3/pay/transactions/out-trade-no/([^/]+)", lambda number: (200, self.trade(number))),
            ("POST", r"/v3/pay/transactions/out-trade-no/([^/]+)/close", self.close),
            ("POST", r"/v3/refund/domestic/refunds", lambda: self.refund(body)),
            ("GET", r"/v3/refund/domestic/refunds/([^/]+)", lambda number: (200, known(self.refunds, number, "RESOURCE_NOT_EXISTS"))),
            ("POST", r"/v3/fund-app/mch-transfer/transfer-bills", lambda: self.transfer(body)),
            (
                "GET",
                r"/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/([^/]+)",
                lambda number: (200, known(self.transfers, number, "NOT_FOUND")),
            ),
            ("POST", r"/v3/fund-app/mch-transfer/transfer-bills/out-bill-no/([^/]+)/cancel", self.cancel_transfer),
            ("GET", r"/v3/bill/(tradebill|fundflowbill)", lambda kind: self.bill(kind, query["bill_date"][0])),
        ]
        for wanted, form, act in routes:
            found = re.fullmatch(form, path)
            if found and wanted == method:
                return act(*found.groups())
        raise Refusal(404, "PATH_NOT_FOUND")

    # --- what it does

    def place(self, kind: str, body: Body) -> Reply:
        if (body["mchid"], body["appid"]) != (MERCHANT, APP_ID) or body["amount"]["currency"] != "CNY":
            raise Refusal(400, "PARAM_ERROR")
        number = body["out_trade_no"]
        held = self.trades.get(number)
        if held is not None and held["trade_state"] != "NOTPAY":
            raise Refusal(400, "ORDERPAID" if held["trade_state"] == "SUCCESS" else "ORDER_CLOSED")
        if held is not None and held["_as"] != body:
            raise Refusal(403, "OUT_TRADE_NO_USED")
        told = {"mchid": MERCHANT, "appid": APP_ID, "out_trade_no": number, "trade_type": kind.upper(), "trade_state": "NOTPAY"}
        self.trades.setdefault(number, told | {"_as": body, "_left": body["amount"]["total"]})
        if kind == "native":
            return 200, {"code_url": f"weixin://wxpay/bizpayurl?pr={number[-10:]}"}
        return 200, {"prepay_id": f"wx{number}"}

    def trade(self, number: str) -> Body:
        held = known(self.trades, number, "ORDER_NOT_EXIST")
        return {name: value for name, value in held.items() if not name.startswith("_")}

    def close(self, number: str) -> Reply:
        held = self.trades.get(number)
        if held is not None and held["trade_state"] == "SUCCESS":
            raise Refusal(400, "ORDERPAID")
        if held is not None:
            held["trade_state"] = "CLOSED"
        return 204, None

    def refund(self, body: Body) -> Reply:
        paid = known(self.trades, body["out_trade_no"], "RESOURCE_NOT_EXISTS")
        number, fen = body["out_refund_no"], body["amount"]["refund"]
        held = self.refunds.get(number)
        if held is not None and held["amount"]["refund"] == fen:
            return 200, held
        if held is not None or body["amount"]["total"] != paid["amount"]["total"] or fen > paid["_left"]:
            raise Refusal(400, "INVALID_REQUEST")
        paid["_left"] -= fen
        told = {
            "refund_id": f"5030{secrets.randbelow(10**16):016d}",
            "out_refund_no": number,
            "transaction_id": paid["transaction_id"],
            "out_trade_no": body["out_trade_no"],
            "channel": "ORIGINAL",
            "user_received_account": "招商银行信用卡0403",
            "create_time": self.now().isoformat(),
            "status": self.refunds_begin_as,
            "amount": {"total": paid["amount"]["total"], "refund": fen, "currency": "CNY"},
        }
        if self.refunds_begin_as == "SUCCESS":
            told["success_time"] = self.now().isoformat()
        self.refunds[number] = told
        back = self.fees_back[number] = (fen * 60 + 5_000) // 10_000
        said = f"退款总金额{yuan(fen)}元;含手续费{yuan(back)}元"
        self.flows.append([self.now(), told["refund_id"], "退款", "支出", fen - back, number, said])
        return 200, told

    def transfer(self, body: Body) -> Reply:
        number = body["out_bill_no"]
        if not re.fullmatch(r"[0-9A-Za-z]{1,32}", number) or not body["transfer_scene_report_infos"]:
            raise Refusal(400, "PARAM_ERROR")
        told = {"out_bill_no": number, "openid": body["openid"], "transfer_amount": body["transfer_amount"], "mch_id": MERCHANT}
        held = self.transfers.setdefault(
            number, told | {"transfer_bill_no": f"1330{secrets.randbelow(10**16):016d}", "state": "WAIT_USER_CONFIRM"}
        )
        if told.items() - held.items():
            raise Refusal(400, "ALREADY_EXISTS")
        shown = {name: held[name] for name in ("out_bill_no", "transfer_bill_no", "state")} | {"create_time": self.now().isoformat()}
        return 200, shown | ({"package_info": "affffddafdfafddffda=="} if held["state"] == "WAIT_USER_CONFIRM" else {})

    def cancel_transfer(self, number: str) -> Reply:
        held = known(self.transfers, number, "NOT_FOUND")
        if held["state"] == "SUCCESS":
            raise Refusal(400, "INVALID_REQUEST")
        held["state"] = "CANCELLED"
        return 200, {"out_bill_no": number, "state": "CANCELING"}

    def payer_acts(self, number: str) -> None:
        with self.lock:
            bill = self.transfers.get(number.replace("_", ""))
            if bill is not None:
                bill |= {"state": "SUCCESS", "update_time": self.now().isoformat()}
                self.flows.append([self.now(), bill["transfer_bill_no"], "商家转账", "支出", bill["transfer_amount"], bill["out_bill_no"]])
                return self.notify("MCHTRANSFER.BILL.FINISHED", bill)
            held = self.trades[number]
            assert held["trade_state"] == "NOTPAY"
            fen, openid = held["_as"]["amount"]["total"], held["_as"].get("payer", {}).get("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
            held |= {
                "transaction_id": f"4200{secrets.randbelow(10**24):024d}",
                "trade_state": "SUCCESS",
                "bank_type": "CMC",
                "success_time": self.now().isoformat(),
                "payer": {"openid": openid},
                "amount": {"total": fen, "payer_total": fen, "currency": "CNY", "payer_currency": "CNY"},
                "_fee": (fen * 60 + 5_000) // 10_000,
            }
            self.flows.append([self.now(), held["transaction_id"], "交易", "收入", fen, number])
            self.flows.append([self.now(), held["transaction_id"], "扣除交易手续费", "支出", held["_fee"], number])
            return self.notify("TRANSACTION.SUCCESS", self.trade(number))

    def notify(self, event: str, told: Body) -> None:
        """Keep a notice as it would be sent."""
        nonce, associated = secrets.token_hex(6), event.split(".")[0].lower()
        sealed = AESGCM(API_KEY.encode()).encrypt(nonce.encode(), json.dumps(told, ensure_ascii=False).encode(), associated.encode())
        resource = {"algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(sealed).decode(), "nonce": nonce}
        content = {
            "id": secrets.token_hex(18),
            "create_time": self.now().isoformat(),
            "resource_type": "encrypt-resource",
            "event_type": event,
            "summary": "通知",
            "resource": resource | {"associated_data": associated, "original_type": associated},
        }
        raw = json.dumps(content, ensure_ascii=False).encode()
        self.notices.append(("/v1/payments/notices/wechat_v3", self.signed(raw), raw))

    # --- bills

    def bill(self, kind: str, day: str) -> Reply:
        if date.fromisoformat(day) >= self.now().date():
            raise Refusal(400, "STATEMENT_CREATING")
        if not any(flow[0].date() == date.fromisoformat(day) for flow in self.flows):
            raise Refusal(400, "NO_STATEMENT_EXIST")
        raw = {"tradebill": self.trade_bill, "fundflowbill": self.flow_bill}[kind](date.fromisoformat(day))
        token = secrets.token_hex(16)
        self.files[token] = self.sent_wrong(raw)
        return 200, {
            "hash_type": "SHA1",
            "hash_value": sha1(raw, usedforsecurity=False).hexdigest(),
            "download_url": f"{self.url}/v3/billdownload/file?token={token}",
        }

    def trade_bill(self, day: date) -> bytes:
        rows, paid, fees, returned = [], 0, 0, 0
        for held in self.trades.values():
            if held["trade_state"] == "SUCCESS" and datetime.fromisoformat(held["success_time"]).date() == day:
                when, fen = f"{datetime.fromisoformat(held['success_time']):%Y-%m-%d %H:%M:%S}", held["amount"]["total"]
                order = [when, APP_ID, MERCHANT, "0", "", held["transaction_id"], held["out_trade_no"], held["payer"]["openid"]]
                money = [yuan(fen), "0.00", "0", "0", "0.00", "0.00", "", ""]
                rest = ["茶,一杯", "", f"{held['_fee'] / 100:.5f}", "0.60%", yuan(fen), "0.00", ""]
                rows.append([*order, held["trade_type"], "SUCCESS", "CMC", "CNY", *money, *rest])
                paid, fees = paid + fen, fees + held["_fee"]
        for held in self.refunds.values():
            taken_in, back = datetime.fromisoformat(held["create_time"]), self.fees_back[held["out_refund_no"]]
            if held["status"] != "CLOSED" and taken_in.date() == day:
                when, fen = f"{taken_in:%Y-%m-%d %H:%M:%S}", held["amount"]["refund"]
                order = [when, APP_ID, MERCHANT, "0", "", held["transaction_id"], held["out_trade_no"], "o"]
                money = ["0.00", "0.00", held["refund_id"], held["out_refund_no"], yuan(fen), "0.00", "ORIGINAL", held["status"]]
                fee = f"{-back / 100:.5f}"
                rows.append([*order, "NATIVE", "REFUND", "CMC", "CNY", *money, "茶", "", fee, "0.60%", "0.00", yuan(fen), ""])
                returned, fees = returned + fen, fees - back
        sums = [f"{len(rows)}.0", yuan(paid), yuan(returned), "0.00", f"{fees / 100:.5f}", yuan(paid), yuan(returned)]
        return written(TRADE_HEAD, rows, TRADE_TOTALS, sums)

    def flow_bill(self, day: date) -> bytes:
        rows, balance, counts, sums = [], 0, {"收入": 0, "支出": 0}, {"收入": 0, "支出": 0}
        for at, number, kind, direction, fen, ours, *said in self.flows:
            balance += fen if direction == "收入" else -fen
            if at.date() == day:
                counts[direction], sums[direction] = counts[direction] + 1, sums[direction] + fen
                flow_no = secrets.token_hex(10)
                rows.append(
                    [
                        f"{at:%Y-%m-%d %H:%M:%S}",
                        number,
                        flow_no,
                        kind,
                        kind,
                        direction,
                        yuan(fen),
                        yuan(balance),
                        "system",
                        *(said or [""]),
                        ours,
                    ]
                )
        totals = [f"{len(rows)}.0", f"{counts['收入']}.0", yuan(sums["收入"]), f"{counts['支出']}.0", yuan(sums["支出"])]
        return written(FLOW_HEAD.replace("(", "\uff08").replace(")", "\uff09"), rows, FLOW_TOTALS, totals)


def known(held: dict[str, Body], number: str, otherwise: str) -> Body:
    if number not in held:
        raise Refusal(404, otherwise)
    return held[number]


def stamp_of(headers: dict[str, str]) -> datetime:
    return datetime.fromtimestamp(int(headers["Wechatpay-Timestamp"]), UTC)

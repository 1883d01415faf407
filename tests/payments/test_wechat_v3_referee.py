"""The public SDK wechatpayv3 as referee: it believes what we and our peer sign, we believe what it signs, and it opens what we open."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from wechatpayv3 import SignType, WeChatPay, WeChatPayType, utils

from payments.channels import rsa
from payments.channels.sandbox_bank.signing import public_pem
from payments.channels.wechat_v3 import notices, signing
from tests.payments.channel_contract import number
from tests.payments.pems import private_pem
from tests.payments.test_wechat_v3_contract import TERMS, opened
from tests.payments.wechat_pay import API_KEY, APP_ID, KEY_ID, MERCHANT, SERIAL, WechatPay

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PATH = "/v3/pay/transactions/native?x=1"


@pytest.fixture
def pay(monkeypatch: pytest.MonkeyPatch) -> Iterator[WechatPay]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    peer = WechatPay()
    peer.start()
    yield peer
    peer.stop()


@pytest.fixture
def sdk(pay: WechatPay) -> WeChatPay:
    """The SDK as the same merchant, sent to the peer."""
    made = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=MERCHANT,
        private_key=private_pem(pay.theirs),
        cert_serial_no=SERIAL,
        apiv3_key=API_KEY,
        appid=APP_ID,
        notify_url="https://banyan.example/v1/payments/notices/wechat_v3",
        public_key=public_pem(private_pem(pay.ours)),
        public_key_id=KEY_ID,
    )
    made._core._gate_way = pay.url
    return made


def header_fields(header: str) -> dict[str, str]:
    return dict(re.findall(r'(\w+)="([^"]*)"', header))


@pytest.mark.parametrize("body", [b"", '{"description":"茶"}'.encode()])
def test_the_sdk_believes_our_requests_signature_and_writes_the_same(pay: WechatPay, body: bytes) -> None:
    pem = private_pem(pay.theirs)
    ours = signing.authorization(merchant=MERCHANT, serial=SERIAL, key_pem=pem, method="POST", path=PATH, body=body, wall=AT)
    given = header_fields(ours)
    assert utils.rsa_verify(
        f"POST\n{PATH}\n{given['timestamp']}", given["nonce_str"], body.decode(), given["signature"], pay.theirs.public_key()
    )
    theirs = utils.build_authorization(PATH, "POST", MERCHANT, SERIAL, pay.theirs, data=body.decode() or None)
    told = header_fields(theirs)
    text = f"POST\n{PATH}\n{told['timestamp']}\n{told['nonce_str']}\n".encode() + body + b"\n"
    assert rsa.sign(pem, text) == told["signature"]
    assert (ours.split(" ")[0], sorted(given)) == (theirs.split(" ")[0], sorted(told))


def test_the_sdk_and_our_adapter_see_the_same_orders_at_the_peer(pay: WechatPay, sdk: WeChatPay) -> None:
    request_no = number()
    status, answer = sdk.pay(description="test", out_trade_no=request_no, amount={"total": 10_000, "currency": "CNY"})
    assert (status, "code_url" in json.loads(answer)) == (200, True)
    pay.payer_acts(request_no)
    status, answer = sdk.query(out_trade_no=request_no)
    result = opened(pay).query(request_no=request_no)
    assert (status, json.loads(answer)["transaction_id"]) == (200, result.facts.channel_no)
    ours = number()
    opened(pay).pay(request_no=ours, **TERMS)
    assert sdk.close(ours)[0] == 204
    assert json.loads(sdk.query(out_trade_no=ours)[1])["trade_state"] == "CLOSED"


def test_the_sdk_believes_and_opens_the_peers_notice_as_we_do(pay: WechatPay, sdk: WeChatPay) -> None:
    request_no = number()
    opened(pay).pay(request_no=request_no, **TERMS)
    pay.payer_acts(request_no)
    _, headers, raw = pay.notices[0]
    theirs = sdk.callback(headers, raw)
    ours = notices.opened(opened(pay).account, json.loads(raw)["resource"])
    assert theirs["resource"] == ours
    assert sdk.callback(headers | {"Wechatpay-Nonce": "x"}, raw) is None
    resource = json.loads(raw)["resource"]
    assert (
        utils.aes_decrypt(resource["nonce"], resource["ciphertext"], resource["associated_data"], API_KEY)
        == signing.unseal(
            api_key=API_KEY, nonce=resource["nonce"], associated=resource["associated_data"], ciphertext=resource["ciphertext"]
        ).decode()
    )


def test_the_sdk_signs_what_a_page_hands_to_wechat_as_we_do(pay: WechatPay, sdk: WeChatPay) -> None:
    parts = [APP_ID, "1414561699", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS", "prepay_id=wx201410272009395522657"]
    assert rsa.sign(private_pem(pay.theirs), signing.lines(*parts)) == sdk.sign(parts, SignType.RSA_SHA256)

"""The public SDK python-alipay-sdk as referee: it believes what we and our peer sign, we believe what it signs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from alipay import AliPay, DCAliPay
from alipay.exceptions import AliPayValidationError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command

from payments.channels import rsa
from payments.channels.alipay import client, signing
from payments.channels.alipay.credentials import root_serials, serial_of
from payments.channels.sandbox_bank.signing import public_pem
from tests.payments.alipay_gateway import APP_ID, AlipayGateway
from tests.payments.channel_contract import number
from tests.payments.pems import private_pem
from tests.payments.test_alipay_contract import TERMS, opened
from tests.payments.wechat_pay import key

FIELDS = {
    "app_id": APP_ID,
    "method": "alipay.trade.query",
    "charset": "utf-8",
    "sign_type": "RSA2",
    "biz_content": '{"subject":"茶 & =一杯"}',
}


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[AlipayGateway]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    peer = AlipayGateway(with_certificates=False)
    peer.start()
    yield peer
    peer.stop()


@pytest.fixture
def sdk(gateway: AlipayGateway) -> AliPay:
    """The SDK as the same application, sent to the peer."""
    made = AliPay(
        appid=APP_ID,
        app_private_key_string=private_pem(gateway.theirs),
        alipay_public_key_string=public_pem(private_pem(gateway.ours)),
        sign_type="RSA2",
    )
    made._gateway = gateway.url
    return made


def test_the_sdk_signs_a_request_as_we_do_and_believes_ours(gateway: AlipayGateway) -> None:
    pem = private_pem(gateway.theirs)
    ours = rsa.sign(pem, signing.base_string(FIELDS))
    theirs = dict(parse_qsl(AliPay(APP_ID, None, pem, public_pem(pem)).sign_data(dict(FIELDS))))
    assert theirs["sign"] == ours
    referee = AliPay(APP_ID, None, pem, public_pem(pem))
    assert referee._verify(signing.base_string(FIELDS).decode(), ours)
    assert rsa.signed_by(public_pem(pem), signing.base_string(FIELDS), theirs["sign"])


def test_the_sdk_and_our_adapter_see_the_same_orders_at_the_peer(gateway: AlipayGateway, sdk: AliPay) -> None:
    request_no, ours = number(), number()
    told = sdk.api_alipay_trade_precreate(subject="test", out_trade_no=request_no, total_amount="100.00")
    assert told["qr_code"].startswith("https://qr.alipay.com/")
    gateway.payer_acts(request_no)
    theirs = sdk.api_alipay_trade_query(out_trade_no=request_no)
    result = opened(gateway).query(request_no=request_no)
    assert (theirs["trade_status"], theirs["trade_no"]) == ("TRADE_SUCCESS", result.facts.channel_no)
    opened(gateway).pay(request_no=ours, **TERMS)
    gateway.scan(ours)
    assert sdk.api_alipay_trade_close(out_trade_no=ours)["code"] == "10000"
    refund_no = number()
    sdk.api_alipay_trade_refund(refund_amount="1.00", out_trade_no=request_no, out_request_no=refund_no)
    assert opened(gateway).query_refund(request_no=refund_no, payment_request_no=request_no).facts.amount_fen == 100


def test_the_sdk_and_we_believe_the_same_answers(gateway: AlipayGateway, sdk: AliPay) -> None:
    for node, forged in (({"code": "10000", "a": {"b": "}"}}, False), ({"code": "10000"}, True)):
        raw = gateway.signed("alipay.trade.query", node, forged=forged)
        if forged:
            with pytest.raises(AliPayValidationError):
                sdk._verify_and_return_sync_response(raw.decode(), "alipay_trade_query_response")
            with pytest.raises(client.Forged):
                client.believed(opened(gateway).account, "alipay.trade.query", raw)
        else:
            nodes = signing.nodes(raw.decode())
            assert sdk._verify(nodes["alipay_trade_query_response"], signing.value(nodes["sign"]))
            assert client.believed(opened(gateway).account, "alipay.trade.query", raw) == node


def test_the_sdk_believes_the_peers_notices_and_not_a_changed_one(gateway: AlipayGateway, sdk: AliPay) -> None:
    request_no = number()
    opened(gateway).pay(request_no=request_no, **TERMS)
    gateway.payer_acts(request_no)
    given = dict(parse_qsl(gateway.notices[0][2].decode(), keep_blank_values=True))
    signature = given.pop("sign")
    assert sdk.verify(dict(given), signature) is True
    assert sdk.verify(given | {"total_amount": "100.01"}, signature) is False


def certificate(common_name: str, *, by: object) -> x509.Certificate:
    names = [(NameOID.COMMON_NAME, common_name), (NameOID.ORGANIZATIONAL_UNIT_NAME, "Certification Authority")]
    names += [(NameOID.ORGANIZATION_NAME, "Ant Financial"), (NameOID.COUNTRY_NAME, "CN")]
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in names])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).serial_number(x509.random_serial_number())
    builder = builder.public_key(by.public_key()).not_valid_before(begins).not_valid_after(begins + timedelta(days=3650))
    return builder.sign(by, SHA256())


def pem(made: x509.Certificate) -> str:
    return made.public_bytes(Encoding.PEM).decode()


def test_the_sdk_counts_certificates_serials_as_we_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app, first, second = (certificate(name, by=key("the peer's")) for name in ("App", "Root R1", "Root R2"))
    roots = "\n".join([pem(first), pem(certificate("Root SM2", by=ec.generate_private_key(ec.SECP256R1()))), pem(second)])
    assert serial_of(app) == DCAliPay.get_cert_sn(pem(app))
    assert root_serials(roots) == DCAliPay.get_root_cert_sn(roots) == f"{serial_of(first)}_{serial_of(second)}"
    (tmp_path / "app.crt").write_text(pem(app))
    (tmp_path / "root.crt").write_text(roots)
    call_command("alipay_serials", tmp_path / "app.crt", tmp_path / "root.crt")
    assert capsys.readouterr().out.split()[-1] == root_serials(roots)
    with pytest.raises(CommandError, match="Not a certificate"):
        call_command("alipay_serials", tmp_path / "none.crt", tmp_path / "root.crt")

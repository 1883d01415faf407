"""The signatures: what is signed, which keys are taken, which headers are read."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from payments.merchants import licences, signing
from tests.payments.merchants.world import private_pem

HEADER = signing.SCHEME + ' app_id="app_1",serial_no="' + "A" * 40 + '",nonce_str="0123456789abcdef",timestamp="1",signature="c2ln"'


def pem(key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def test_what_is_signed_is_lines_that_each_end_in_a_newline() -> None:
    assert signing.text("POST", "/v1/x?a=b", "1700000000", "n", body=b'{"a":1}') == b'POST\n/v1/x?a=b\n1700000000\nn\n{"a":1}\n'
    assert signing.text("1700000000", "n", body=b"") == b"1700000000\nn\n\n"


def test_openssl_agrees_on_a_signature(tmp_path: Path) -> None:
    private, signed = private_pem(), signing.text("GET", "/v1/x", "1", "n", body=b"")
    (tmp_path / "key.pem").write_text(private)
    (tmp_path / "text").write_bytes(signed)
    command = ["openssl", "dgst", "-sha256", "-sign", str(tmp_path / "key.pem"), str(tmp_path / "text")]
    theirs = subprocess.run(command, capture_output=True, check=True).stdout
    assert signing.base64.b64decode(signing.sign(private, signed)) == theirs


def test_a_changed_byte_a_foreign_key_and_no_base64_are_not_verified() -> None:
    private, signed = private_pem(), b"text\n"
    public, signature = signing.public_half(private), signing.sign(private, signed)
    assert signing.verified(public, signed, signature)
    assert not signing.verified(public, b"text\r\n", signature)
    assert not signing.verified(signing.public_half(private_pem(1)), signed, signature)
    assert not signing.verified(public, signed, "***")
    assert not signing.verified(public, signed, "")


def test_only_an_rsa_public_key_of_2048_bits_or_more_is_taken() -> None:
    public = signing.public_half(private_pem())
    assert signing.checked_key(f"\n  {public}  \n") == public
    small, odd = rsa.generate_private_key(65537, 1024), rsa.generate_private_key(3, 2048)  # noqa: S505  # the weak key is the point
    for bad in (pem(small.public_key()), pem(odd.public_key()), pem(ec.generate_private_key(ec.SECP256R1()).public_key()), "x", "", "钥"):
        with pytest.raises(signing.BadKey) as raised:
            signing.checked_key(bad)
        assert not raised.value.private
    with pytest.raises(signing.BadKey) as raised:
        signing.checked_key(private_pem())
    assert raised.value.private


def test_a_serial_number_follows_from_the_key_alone() -> None:
    public = signing.public_half(private_pem())
    assert signing.serial_of(public) == signing.serial_of(public.replace("\n", "\n"))
    assert len(signing.serial_of(public)) == 40
    assert signing.serial_of(public) != signing.serial_of(signing.public_half(private_pem(1)))


def test_a_header_is_read_in_any_order_and_with_spaces_after_commas() -> None:
    said = signing.parse(HEADER)
    assert said is not None
    assert (said.app_id, said.timestamp, said.signature) == ("app_1", "1", "c2ln")
    scheme, rest = HEADER.split(" ", 1)
    assert signing.parse(f"{scheme} {', '.join(reversed(rest.split(',')))}") == said


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "Bearer x",
        HEADER.replace("BANYAN", "WECHAT"),
        HEADER.replace(',timestamp="1"', ""),
        HEADER + ',timestamp="2"',
        HEADER.replace('timestamp="1"', 'timestamp="1",timestamp="1"').replace(',nonce_str="0123456789abcdef"', ""),
        HEADER.replace("0123456789abcdef", "short"),
        HEADER.replace('timestamp="1"', 'timestamp="-1"'),
        HEADER.replace('timestamp="1"', 'timestamp="١"'),
        HEADER.replace('timestamp="1"', 'timestamp="9999999999999"'),
        HEADER.replace("A" * 40, "a" * 40),
        HEADER.replace('"c2ln"', '"c2 ln"'),
        HEADER.replace('"c2ln"', "c2ln"),
    ],
)
def test_any_other_header_says_nothing(bad: str) -> None:
    assert signing.parse(bad) is None


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    assert signing.parse(text) is None
    assert signing.parse(f"{signing.SCHEME} {text}") is None


def test_a_licence_number_checks_itself() -> None:
    assert licences.normal("91350100M000100Y43") == "91350100M000100Y43"
    assert licences.normal(" 9135 0100 m000 100y43 ") == "91350100M000100Y43"
    for bad in ("91350100M000100Y44", "91350100M000100Y4", "91350100I000100Y43", ""):
        assert licences.normal(bad) is None


@given(st.text(alphabet=licences.ALPHABET, min_size=17, max_size=17), st.integers(0, 16))
def test_one_changed_character_is_noticed(first: str, place: int) -> None:
    code = first + licences.check_letter(first)
    for other in licences.ALPHABET:
        changed = code[:place] + other + code[place + 1 :]
        assert (licences.normal(changed) == changed) is (changed == code)

"""The receipt as a PDF, read back by another engine: its words in both languages, the embedded font, and whose it is."""

import logging

import pypdfium2
import pytest

from accounts.identity.models import Customer
from core.clock import queries as clock
from payments.wallet.receipts import LABELS
from payments.wallet.services import transfers
from tests.factories import api
from tests.payments.wallet.world import holder, intent, open_day

pytestmark = pytest.mark.django_db
ROOT = "/v1/payments/wallet"
REMARK = "午饭和打车,谢谢你 龘靐齉"


@pytest.fixture
def ann() -> Customer:
    open_day()
    return holder(10_000)


def pay(payer: Customer, remark: str) -> tuple[str, str, Customer]:
    """A transfer of 32.10: the journal's and the order's number, and the payee."""
    payee = holder()
    sent = transfers.send(intent=intent(payer), payee_id=payee.id, amount_fen=3_210, remark=remark, at=clock.now())
    return api(payer).get(f"{ROOT}/movements").json()["items"][0]["id"], sent.public_id, payee


def text_of(raw: bytes) -> str:
    """The words of a file of one page."""
    document = pypdfium2.PdfDocument(raw)
    assert len(document) == 1
    return str(document[0].get_textpage().get_text_bounded())


def ink(raw: bytes) -> int:
    """How many pixels of the drawn page are dark."""
    drawn = pypdfium2.PdfDocument(raw)[0].render(scale=1, grayscale=True)
    return sum(shade < 128 for shade in bytes(drawn.buffer))


def test_the_chinese_receipt_says_what_moved_between_whom_and_when(ann: Customer) -> None:
    journal, order, bob = pay(ann, REMARK)
    client = api(ann)
    answer = client.get(f"{ROOT}/receipts/{journal}/pdf", headers={"Accept-Language": "zh-hans"})
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "application/pdf", "no-store")
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{journal}.pdf"'
    assert answer.content.startswith(b"%PDF-")
    said = text_of(answer.content)
    movement = client.get(f"{ROOT}/receipts/{journal}").json()
    for words in ("电子回单", "−32.10 CNY", "67.90 CNY", REMARK, journal, order, movement["counterparty"]["phone"], "Asia/Shanghai"):
        assert words in said
    assert f"{clock.local(clock.now()):%Y-%m-%d}" in said
    assert said.count("**满") == 2
    assert "林小满" not in said
    assert bob.phone not in said
    assert ann.phone not in said
    assert bob.phone.removeprefix("+86") not in said


def test_the_english_receipt_has_english_labels_and_the_payees_side_a_plus(ann: Customer) -> None:
    journal, _, bob = pay(ann, "lunch")
    mine = text_of(api(ann).get(f"{ROOT}/receipts/{journal}/pdf", headers={"Accept-Language": "en"}).content)
    assert "Receipt" in mine
    assert "Account holder" in mine
    assert "−32.10 CNY" in mine
    assert "电子回单" not in mine
    theirs = text_of(api(bob).get(f"{ROOT}/receipts/{journal}/pdf", headers={"Accept-Language": "en"}).content)
    assert "+32.10 CNY" in theirs
    assert "32.10 CNY" in theirs.split("Balance after")[1]


def test_the_font_is_in_the_file_so_that_chinese_shows_where_none_is_installed(ann: Customer) -> None:
    journal, _, _ = pay(ann, REMARK)
    raw = api(ann).get(f"{ROOT}/receipts/{journal}/pdf", headers={"Accept-Language": "zh-hans"}).content
    assert b"/FontFile3" in raw
    assert len(raw) < 100_000
    assert ink(raw) > 2_000


def test_anothers_receipt_and_one_that_is_none_are_not_found(ann: Customer) -> None:
    journal, _, _ = pay(ann, "")
    mine, eve = api(ann), api(holder())
    for client, number in ((eve, journal), (mine, "jrn_00000000000000000000000000"), (mine, "nonsense")):
        answer = client.get(f"{ROOT}/receipts/{number}/pdf", headers={"Accept": "application/pdf"})
        assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (404, "application/problem+json", "not_found")


@pytest.mark.parametrize(("form", "media"), [("/pdf", "application/pdf"), ("/print", "text/html")])
def test_a_client_may_ask_for_the_very_type(ann: Customer, form: str, media: str) -> None:
    journal, _, _ = pay(ann, "")
    answer = api(ann).get(f"{ROOT}/receipts/{journal}{form}", headers={"Accept": media})
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, media)


def test_letters_the_font_has_not_show_as_boxes_and_are_not_logged(ann: Customer, caplog: pytest.LogCaptureFixture) -> None:
    journal, _, _ = pay(ann, "生日快乐🎂👨\u200d👩")
    with caplog.at_level(logging.DEBUG):
        raw = api(ann).get(f"{ROOT}/receipts/{journal}/pdf").content
    assert "生日快乐" in text_of(raw)
    assert "🎂" not in caplog.text


def test_a_remark_is_text_and_a_long_one_wraps_on_the_same_page(ann: Customer) -> None:
    remark = "**粗** [x](http://a.example) " + "长" * 30
    journal, _, _ = pay(ann, remark)
    said = text_of(api(ann).get(f"{ROOT}/receipts/{journal}/pdf").content)
    assert remark.replace(" ", "") in said.replace("\r\n", "").replace(" ", "")


def test_both_languages_have_the_same_lines() -> None:
    assert LABELS["en"].keys() == LABELS["zh"].keys()

"""Nothing personal and nothing secret is logged, however it got into the event."""

import io
import json
import logging

import pytest
import structlog

from core.observe import logs
from core.observe.redaction import REDACTED, clean, clean_text, passes_luhn

PHONE, ID_NUMBER, CARD, TOKEN = "13812345678", "11010519491231002X", "6222021234567894", "Bearer 9fJ2kd8sK1mZpQ0aXcVb"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"call {PHONE} now", f"call {REDACTED} now"),
        (f"+86{PHONE}", REDACTED),
        (f"Key (phone)=({PHONE}) already exists", f"Key (phone)=({REDACTED}) already exists"),
        (f"id {ID_NUMBER}.", f"id {REDACTED}."),
        (f"card {CARD}!", f"card {REDACTED}!"),
        ("4111 1111 1111 1111", REDACTED),
        ("4111-1111-1111-1111", REDACTED),
        ("138 1234 5678 or 138-1234-5678", f"{REDACTED} or {REDACTED}"),
        ("9901 1000 0000 0000 017", REDACTED),
        ("GET /admin/x/?q=%E6%AC%A7&o=1 HTTP/1.1", f"GET /admin/x/?{REDACTED} HTTP/1.1"),
        ("<WSGIRequest: GET '/admin/x/?q=a'>", f"<WSGIRequest: GET '/admin/x/?{REDACTED}'>"),
        ("why? because x = 1", "why? because x = 1"),
        (f"Authorization: {TOKEN}", f"Authorization: Bearer {REDACTED}"),
        ("order 4111111111111112 of yesterday", "order 4111111111111112 of yesterday"),
        ("01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000001"),
        ("600000 fen at 2026-11-22T03:00:00", "600000 fen at 2026-11-22T03:00:00"),
    ],
)
def test_numbers_and_tokens_go_by_their_shape(text: str, kept: str) -> None:
    assert clean_text(text) == kept


def test_secrets_go_by_name_at_any_depth_and_numbers_as_integers_too() -> None:
    event = {
        "data": [{"Password": "x", "sms_code": 1, "n": int(PHONE), "amount_fen": 1234}],
        "HTTP_COOKIE": "a",
        PHONE: "key",
        "raw": b"ab",
    }
    cleaned = {"data": [{"Password": REDACTED, "sms_code": REDACTED, "n": REDACTED, "amount_fen": 1234}]}
    assert clean(event) == cleaned | {"HTTP_COOKIE": REDACTED, REDACTED: "key", "raw": "<2 bytes>"}


def test_what_is_nested_too_deep_is_left_out() -> None:
    nested: object = PHONE
    for _ in range(20):
        nested = [nested]
    assert PHONE not in str(clean(nested))


@pytest.mark.parametrize(("digits", "fits"), [("4111111111111111", True), ("6222021234567894", True), ("4111111111111112", False)])
def test_the_check_digit_tells_card_numbers_from_others(digits: str, fits: bool) -> None:
    assert passes_luhn(digits) is fits


@pytest.fixture
def lines() -> "object":
    """The root logger as configured for production, writing into a buffer; the test session's own configuration is put back."""
    root, held, level = logging.getLogger(), logging.getLogger().handlers, logging.getLogger().level
    config = structlog.get_config()
    logs.configure({"level": "INFO", "json": True})
    buffer = io.StringIO()
    root.handlers[0].setStream(buffer)
    yield buffer
    structlog.configure(**config)
    root.handlers = held
    root.setLevel(level)


def test_no_canary_leaves_by_any_road_and_every_line_is_json(lines: io.StringIO) -> None:
    log = structlog.get_logger("banyan.test")
    structlog.contextvars.bind_contextvars(request_id="r-1", caller=f"cus {PHONE}")
    log.info("paid", phone=PHONE, note=f"{ID_NUMBER} {CARD}", headers={"Authorization": TOKEN}, pin="135790")
    logging.getLogger("a.library").warning("no route for %s with %s", PHONE, CARD)
    try:
        raise ValueError(f"duplicate {PHONE} {CARD}")
    except ValueError:
        log.exception("broke", secret_in_a_local=1)
        logging.getLogger("a.library").exception("broke as well")
    structlog.contextvars.clear_contextvars()
    written = lines.getvalue()
    for canary in (PHONE, ID_NUMBER, CARD, TOKEN.split()[1], "135790"):
        assert canary not in written
    parsed = [json.loads(line) for line in written.splitlines()]
    assert [line["event"].split(" for ")[0] for line in parsed] == ["paid", "no route", "broke", "broke as well"]
    assert parsed[0]["request_id"] == "r-1"
    assert "ValueError" in parsed[2]["exception"]

"""The published contract equals the code, the check digits are right, and the room stands alone."""

import ast
import sys
from pathlib import Path

import pytest

from sandbox.banks import BANKS
from sandbox.codes import CODES
from sandbox.fault_kinds import FAULT_KINDS, OPERATIONS
from sandbox.identifiers import id_check_digit, is_card_number, is_id_number, luhn_digit, mask_numbers
from sandbox.magic import AMOUNTS, CARDS, PEOPLE
from tests.sandbox_bank import PLATFORM, SandboxBank

ROOT = PLATFORM.parent
DOCUMENT = (ROOT / "docs" / "sandbox-bank.md").read_text(encoding="utf-8")


def test_the_document_lists_every_code_as_it_is() -> None:
    rows = [
        f"| `{code.name}` | {code.http} | {code.done} | `{code.action}` | {code.message} | {code.message_zh} |" for code in CODES.values()
    ]
    section = DOCUMENT.split("## 6. Codes")[1].split("## 7. ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == rows


def test_the_document_lists_every_magic_value_as_it_is() -> None:
    section = DOCUMENT.split("## 7. Magic values")[1].split("## 8. ")[0]
    people = [
        f"| {person.name} | `{person.id_number}` | `{person.mobile}` | `{person.debit_card}` | `{person.credit_card}`"
        f" | {person.verify_result} | {person.note} · {person.note_zh} |"
        for person in PEOPLE
    ]
    cards = [f"| `{card.number}` | {card.note} | {card.note_zh} |" for card in CARDS]
    amounts = [f"| `{fen}` | {note} | {note_zh} |" for fen, (_, note, note_zh) in AMOUNTS.items()]
    rows = [line for line in section.splitlines() if line.startswith("| ") and "---" not in line]
    headings = ("| name |", "| card number |", "| amount_fen |")
    assert [row for row in rows if not row.startswith(headings)] == people + cards + amounts


def test_the_document_names_every_fault_parameter_and_operation() -> None:
    section = DOCUMENT.split("## 8. Fault switches")[1].split("## 9. ")[0]
    rows = {line.split("`")[1]: line for line in section.splitlines() if line.startswith("| `")}
    assert list(rows) == list(FAULT_KINDS)
    common = {"date", "kind", "keep_summary"}
    for kind in FAULT_KINDS.values():
        for name in kind.defaults:
            assert f"`{name}`" in (section if name in common else rows[kind.name]), (kind.name, name)
    for operation in OPERATIONS:
        assert f"`{operation}`" in section


def test_the_pages_and_the_control_plane_publish_the_same(sandbox_bank: SandboxBank) -> None:
    assert [code["name"] for code in sandbox_bank.control("GET", "codes")["codes"]] == list(CODES)
    assert [fault["name"] for fault in sandbox_bank.control("GET", "fault-names")["faults"]] == list(FAULT_KINDS)
    magic = sandbox_bank.control("GET", "magic")
    assert [card["number"] for card in magic["cards"]] == [card.number for card in CARDS]
    page = sandbox_bank.http.get(sandbox_bank.base_url).text
    everything = [*CODES, *FAULT_KINDS, *(card.number for card in CARDS), *(person.id_number for person in PEOPLE), *map(str, AMOUNTS)]
    assert [text for text in everything if text not in page] == []


@pytest.mark.parametrize(("payload", "digit"), [("7992739871", "3"), ("411111111111111", "1"), ("990110000000000001", "7")])
def test_luhn_check_digits(payload: str, digit: str) -> None:
    assert luhn_digit(payload) == digit


@pytest.mark.parametrize(("first17", "digit"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_identity_number_check_digits(first17: str, digit: str) -> None:
    """The two examples of GB 11643-1999."""
    assert id_check_digit(first17) == digit
    assert is_id_number(first17 + digit)


def test_magic_cards_and_people_are_valid_unique_and_not_real() -> None:
    numbers = [card.number for card in CARDS] + [person.debit_card for person in PEOPLE] + [person.credit_card for person in PEOPLE]
    assert len(set(numbers)) == len(numbers)
    assert all(is_card_number(number) and number.startswith("99") for number in numbers)
    assert all(is_id_number(person.id_number) and person.id_number.startswith("110000") for person in PEOPLE)
    assert sum(bank.supported for bank in BANKS) == 12


def test_numbers_are_masked_in_text() -> None:
    text = 'card 9901100000000000017, id "11000019900307002X", amount 10000, at 20260301'
    assert mask_numbers(text) == 'card 990110******0017, id "110000******002X", amount 10000, at 20260301'


def test_the_room_imports_nothing_of_the_platform() -> None:
    allowed = {
        "sandbox",
        "flask",
        "werkzeug",
        "gunicorn",
        "httpx",
        "cryptography",
        "chinese_calendar",
        "_typeshed",
        *sys.stdlib_module_names,
    }
    for path in sorted((PLATFORM / "sandbox").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert {name.split(".")[0] for name in names} <= allowed, path


def test_files_and_functions_stay_small() -> None:
    for path in sorted((PLATFORM / "sandbox").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 300, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, (path, node.name)


def test_the_pages_ask_nothing_from_outside() -> None:
    for path in sorted((Path(PLATFORM) / "sandbox" / "templates").glob("*.html")):
        text = path.read_text(encoding="utf-8")
        assert "https://" not in text
        assert "<link" not in text
        assert " src=" not in text

"""The merchant guide's examples run as they stand, against a live server."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from payments.merchants import signing
from payments.merchants.models import Store
from payments.notices.bodies import TYPES
from tests.payments.merchants.world import Program, program
from tests.payments.wallet.world import open_day

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "merchant-guide.md").read_text()


def blocks(language: str) -> list[str]:
    """The code of a language, without the indentation of a list."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", GUIDE, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{indent}", "", code, flags=re.MULTILINE) for indent, code in found]


def example(language: str, words: str) -> str:
    [code] = [code for code in blocks(language) if words in code]
    return code


@pytest.fixture
def caller() -> Program:
    open_day()
    return program()


@pytest.fixture
def environment(caller: Program, live_server: Any, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "key.pem").write_text(caller.private)
    mine = {"BANYAN_APP_ID": caller.app.public_id, "BANYAN_SERIAL": caller.key.serial_no, "BANYAN_KEY": str(tmp_path / "key.pem")}
    return os.environ | mine | {"BANYAN_URL": live_server.url}


def run(command: list[str], environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_python_example_prints_what_the_guide_says(caller: Program, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(example("python", "def verify("))
    printed = run([sys.executable, "example.py"], environment, tmp_path)
    promised = re.search(r"It prints:\n\n```\n(.*?)```", GUIDE, re.DOTALL)
    assert promised is not None
    assert printed == promised[1].replace("app_06a1m5x9q0e7z8r2k4w6t1y3v5", caller.app.public_id)
    assert Store.objects.get().name == "Riverside shop"


def test_the_python_example_is_not_let_in_with_another_key(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(example("python", "def verify("))
    wrong = environment | {"BANYAN_SERIAL": "0" * 40}
    done = subprocess.run([sys.executable, "example.py"], env=wrong, cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False)
    assert (done.returncode, "signature_refused" in done.stderr) == (1, True)


def test_the_curl_example_verifies_every_answer(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "example.sh").write_text(example("bash", "banyan()"))
    printed = run(["bash", "example.sh"], environment, tmp_path)
    assert printed.count("Verified OK") == 3
    assert environment["BANYAN_APP_ID"] in printed
    assert Store.objects.get().name == "Lakeside shop"


def test_the_guides_way_to_make_a_key_makes_one_that_is_taken(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "make.sh").write_text(example("bash", "genpkey"))
    run(["bash", "-eu", "make.sh"], environment, tmp_path)
    assert signing.checked_key((tmp_path / "merchant_public.pem").read_text()).startswith("-----BEGIN PUBLIC KEY-----")


def test_sections_are_numbered_in_order_and_every_notice_there_is_is_named() -> None:
    numbers = re.findall(r"^## (\d+)\.", GUIDE, re.MULTILINE)
    assert numbers == [str(place) for place in range(1, len(numbers) + 1)]
    table = GUIDE.partition("| type | when |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines() for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", row.split("|")[1] if "|" in row else "")}
    assert named == set(TYPES)


@pytest.mark.parametrize("topic", sorted(TYPES))
def test_every_notice_there_is_is_published_by_somebody(topic: str) -> None:
    noun = topic.partition(".")[0]
    sources = "".join(file.read_text() for file in (ROOT / "payments").rglob("*.py") if file.parent.name != "notices")
    assert f'"{topic}"' in sources or f'f"{noun}.{{' in sources, topic

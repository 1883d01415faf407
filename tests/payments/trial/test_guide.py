"""The merchant guide's examples of everything a merchant can do: each runs as it stands, against a live server, the sandbox bank and the
workers, and prints what the guide says."""

import re
import sys
from pathlib import Path

import pytest

from tests.payments.merchants.test_guide import GUIDE, example, run

pytestmark = pytest.mark.django_db(transaction=True)
SECTION = GUIDE.partition("## 15.")[2]
TOPICS = re.findall(r"^### (.*)$", SECTION, re.MULTILINE)
TOPIC_WORDS = {"Disputes", "Notices sent again", "Bills and settlements", "Splits", "Payments by code", "Agreements and deductions"}


def of(topic: str, language: str) -> tuple[str, str]:
    """A topic's example in a language, and what it prints."""
    words = SECTION.partition(f"### {topic}\n")[2].partition("\n### ")[0]
    [found] = re.findall(rf"```{language}\n(.*?)```\n\nIt prints:\n\n```\n(.*?)```", words, re.DOTALL)
    code, printed = found
    return code, printed


def test_every_topic_there_is_has_its_examples() -> None:
    assert set(TOPICS) == TOPIC_WORDS


@pytest.mark.parametrize("topic", TOPICS)
def test_the_python_example_prints_what_the_guide_says(topic: str, workers: None, environment: dict[str, str], tmp_path: Path) -> None:
    code, printed = of(topic, "python")
    (tmp_path / "banyan.py").write_text(example("python", "def verify("))
    (tmp_path / "shop.py").write_text(example("python", "def paid_order("))
    (tmp_path / "example.py").write_text(code)
    assert run([sys.executable, "example.py"], environment, tmp_path) == printed


@pytest.mark.parametrize("topic", TOPICS)
def test_the_curl_example_prints_what_the_guide_says(topic: str, workers: None, environment: dict[str, str], tmp_path: Path) -> None:
    code, printed = of(topic, "bash")
    function = example("bash", "banyan()").split("banyan GET /v1/payments/merchant/self")[0]
    (tmp_path / "example.sh").write_text(function + example("bash", "paid_order()") + code)
    assert run(["bash", "example.sh"], environment, tmp_path) == printed

"""The desk speaks Chinese: every word is translated, the compiled file is current, pages are shown in it."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.desk.people import staff, verified

ROOT = Path(__file__).resolve().parents[2]


def test_every_word_is_translated_and_the_compiled_file_is_what_the_text_file_compiles_to() -> None:
    asked = subprocess.run([sys.executable, "platform/tools/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stdout + asked.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "words"), [("core_approval", "复核"), ("accounts_journal", "凭证"), ("payments_topup", "充值")])
def test_lists_are_in_chinese_for_a_chinese_browser_and_in_english_for_others(page: str, words: str) -> None:
    client = verified(staff("maker", "finance_maker"))
    address = reverse(f"admin:{page}_changelist")
    assert words in client.get(address, headers={"accept-language": "zh-CN"}).content.decode()
    assert words not in client.get(address, headers={"accept-language": "en"}).content.decode()


@pytest.mark.django_db
def test_the_language_can_be_chosen_and_stays() -> None:
    client = verified(staff("maker", "finance_maker"))
    assert client.post(reverse("admin:set_language"), {"language": "zh-hans", "next": "/admin/"}).status_code == 302
    assert "总览" in client.get("/admin/").content.decode()


@pytest.mark.django_db
def test_the_login_page_is_in_chinese_too() -> None:
    assert "用户名" in Client().get(reverse("admin:login"), headers={"accept-language": "zh-CN"}).content.decode()

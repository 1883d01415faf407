"""The desk speaks Chinese: every word is translated, the compiled file is current, pages are shown in it."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.identity.models import Customer
from core.desk.proposals import ProposedAdmin
from core.desk.site import desk
from tests.desk import matrix
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


class Labels(HTMLParser):
    """The words of a page that are the desk's own: not what stands in a table's cells, in fields, or as an id or JSON."""

    QUIET = frozenset({"script", "style", "td", "textarea", "code", "pre", "title"})
    SINGLE = frozenset({"img", "input", "br", "hr", "meta", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        classes = (held.get("class") or "").split()
        quiet = tag in self.QUIET or not {"readonly", "font-mono", "material-symbols-outlined"}.isdisjoint(classes) or "x-text" in held
        if tag not in self.SINGLE:
            self.open.append(quiet)
        if not any(self.open) and held.get("type") != "hidden":
            self.words += [text for name in ("placeholder", "title", "aria-label", "alt") if (text := held.get(name))]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.SINGLE:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self.open):
            self.words.append(" ".join(data.split()))


NAMES = {
    "Banyan", "English", "BIN", "CSV", "UUID", "SHA-256", "PIN", "SMS", "Stripe",
    "alipay", "docs", "stripe", "en", "esc", "ios", "test", "unreachable",
    *matrix.ROLES,
}  # fmt: skip
CODE = re.compile(r"[a-z0-9]+(?:[._:-][a-z0-9]+)+|[A-Z]{2,6}|[0-9a-f-]{36}")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9._:-]*")


def english(page: str) -> list[str]:
    """Labels of a page that hold an English word: neither one of NAMES nor a code (`wallet.top_up`, `ICBC`)."""
    labels = Labels()
    labels.feed(page)
    return [text for text in labels.words if any(word not in NAMES and not CODE.fullmatch(word) for word in LATIN.findall(text))]


def test_the_look_for_english_finds_it() -> None:
    page = '<h1>Banyan 总览</h1><th>Amount</th><td>Amount</td><label title="Save">保存</label><option>Ask User</option><a>wallet.top_up</a>'
    assert english(page) == ["Amount", "Save", "Ask User"]


@pytest.mark.django_db
def test_every_page_of_the_desk_has_no_english_label_in_chinese(busy: Customer) -> None:
    client = verified(staff("张", *matrix.ROLES, superuser=True))
    found: dict[str, list[str]] = {}
    addresses = [reverse("admin:index"), *(reverse(f"admin:{name}") for name in matrix.OWN_PAGES | matrix.SITE_PAGES)]
    for model, page in desk._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        addresses.append(reverse(f"{base}_changelist"))
        addresses += [reverse(f"{base}_export")] if page.exports else []
        addresses += [reverse(f"{base}_do_{act.name}") for act in page.list_acts]
        proposes = isinstance(page, ProposedAdmin) and page.may_add
        addresses += [reverse(f"{base}_add")] if proposes else []
        if row is not None:
            addresses.append(reverse(f"{base}_change", args=[row.pk]))
            addresses += [reverse(f"{base}_{act.name}", args=[row.pk]) for act in page.acts]
    for address in addresses:
        answer = client.get(address, headers={"accept-language": "zh-CN"})
        assert answer.status_code == 200, address
        if words := english(answer.content.decode()):
            found[address] = words
    assert found == {}


@pytest.mark.django_db
def test_a_page_that_proposes_says_so_on_its_button() -> None:
    address = reverse("admin:core_tradingday_add")
    client = verified(staff("max", "finance_maker"))
    assert "提交复核" in client.get(address, headers={"accept-language": "zh-CN"}).content.decode()
    text = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "Propose for approval" in text
    assert not re.search(r">\s*Save\s*<", text)


@pytest.mark.django_db
def test_every_choice_of_every_column_has_a_chinese_label() -> None:
    with translation.override("zh-hans"):
        labels = {
            f"{model._meta.label_lower}.{field.name}={value}": str(label)
            for model in desk._registry
            for field in model._meta.concrete_fields
            for value, label in field.flatchoices
        }
    assert labels["payments.card.kind=debit"] == "借记卡"
    assert {name: label for name, label in labels.items() if LATIN.search(label)} == {}

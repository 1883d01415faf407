"""The words customers and operators read keep to the glossary."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("platform", "accounts", "payments", "wealth", "credit", "growth", "docs")
KINDS = {".py", ".po", ".md", ".html"}
OTHER_WORD_FOR_CHANNEL = "\u901a\u9053"
"""A channel is `渠道` everywhere: a second word reads as a second thing."""


def written() -> list[Path]:
    files = (file for folder in FOLDERS for file in (ROOT / folder).rglob("*"))
    return [*ROOT.glob("*.md"), *(file for file in files if file.suffix in KINDS)]


def test_a_channel_has_one_name_in_chinese() -> None:
    files = written()
    assert any(file.suffix == ".po" for file in files)
    assert [str(file.relative_to(ROOT)) for file in files if OTHER_WORD_FOR_CHANNEL in file.read_text()] == []

"""`python platform/tools/messages.py [--check]`: gather the desk's English words, keep django.po in step, compile django.mo.

Words come from `_()` in Python and `{% translate %}` in templates, of this project and of the admin theme, which ships no
Chinese. Django's own words come with Django. `--check` only says whether everything is translated and compiled.
"""

import ast
import gettext
import os
import re
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import django
import unfold
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.db.models import Model
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "platform" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
SOURCES = ("platform/core", "accounts", "payments", "wealth", "credit", "growth")
KEYWORDS = {"_", "gettext", "gettext_lazy"}
TRANSLATE = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"([^"]+)"|'([^']+)')""")
FIRST = datetime(2026, 11, 22, tzinfo=UTC)  # fixed, so that the file only changes with its words
DJANGO_OWN = ("contrib/admin/locale", "conf/locale", "contrib/auth/locale")
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans", re.DOTALL)
NAMED = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


def words() -> set[str]:
    """Every English text to translate."""
    theme = Path(unfold.__file__).parent
    found = model_words()
    for folder in [*(ROOT / source for source in SOURCES), theme]:
        for file in sorted(folder.rglob("*.py")):
            if "migrations" not in file.parts and "contrib" not in file.parts:
                found |= python_words(file)
        for file in sorted(folder.rglob("*.html")):
            if "contrib" not in file.parts:
                found |= template_words(file)
    theirs = [gettext.translation("django", Path(django.__file__).parent / folder, languages=["zh_Hans"]) for folder in DJANGO_OWN]
    return {text for text in found if all(own.gettext(text) == text for own in theirs)}


def pages() -> list[tuple[type[Model], Any]]:
    """The desk's tables with their pages."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    return list(import_string("core.desk.site.desk")._registry.items())


def choice_words() -> set[str]:
    """Labels of the choices of the tables' columns; those that are asked for each time are words already."""
    fields = [field for model, _page in pages() for field in model._meta.concrete_fields if isinstance(field.choices, list)]
    return {str(label) for field in fields for _value, label in field.flatchoices}


def model_words() -> set[str]:
    """Names of tables and columns, and states, of the pages there are: shown, though nobody wrote them down as words."""
    found: set[str] = set()
    for model, page in pages():
        found.add(model._meta.verbose_name_raw)
        filters = {one if isinstance(one, str) else one[0] for one in page.list_filter if isinstance(one, (str, tuple))}
        names = {*page.list_display, *filters, *page.get_fields_shown(), *getattr(getattr(page, "table", None), "fields", ())}
        for field in model._meta.concrete_fields:
            if field.name in names or field.attname in names:
                found.add(import_string("core.desk.shown.column_words")(field.name))
            if field.name == "state":
                found |= {str(value).replace("_", " ") for value, _label in field.flatchoices}
    return found


def python_words(file: Path) -> set[str]:
    """Read from the syntax tree: it shows what stands inside f-strings on every Python, tokens only from 3.12 on."""
    calls = (node for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    first = (call.args[0] for call in calls if call.func.id in KEYWORDS and len(call.args) == 1)  # type: ignore[attr-defined]
    return {text.value for text in first if isinstance(text, ast.Constant) and isinstance(text.value, str)}


def template_words(file: Path) -> set[str]:
    source = file.read_text()
    found = {one or other for one, other in TRANSLATE.findall(source)}
    for options, text in BLOCK.findall(source):
        if "{% plural" in text:
            continue
        plain = NAMED.sub(r"%(\1)s", text)
        found.add(" ".join(line.strip() for line in plain.strip().splitlines()) if "trimmed" in options else plain)
    return found


def catalogue() -> Catalog:
    """What is translated already."""
    if not PO.exists():
        return Catalog(locale="zh_Hans", domain="django")
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain="django")


def fresh(held: Catalog) -> Catalog:
    """Exactly the words there are, with the translations held."""
    made = Catalog(locale="zh_Hans", domain="django", project="Banyan", version="1", creation_date=FIRST, revision_date=FIRST, fuzzy=False)
    for text in sorted(words()):
        message = held.get(text)
        made.add(text, string=message.string if message else "")
    for text in sorted(choice_words()):
        message = held.get(text, context="choice")
        made.add(text, string=message.string if message else "", context="choice")
    return made


def compiled(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    return [str(message.id) for message in catalog if message.id and not message.string]


def main(check: bool) -> int:
    catalog = fresh(catalogue())
    if not check:
        with PO.open("wb") as file:
            write_po(file, catalog, omit_header=False, sort_output=True, width=0)
        MO.write_bytes(compiled(catalogue()))
    missing = untranslated(catalog)
    stale = not MO.exists() or MO.read_bytes() != compiled(catalogue())
    for text in missing:
        sys.stdout.write(f"not translated: {text}\n")
    if stale:
        sys.stdout.write("django.mo is not what django.po compiles to: run python platform/tools/messages.py\n")
    return 1 if missing or stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))

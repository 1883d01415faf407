"""The house's own rules: what no linter of the libraries checks."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORKSHOP = ["platform/tools", "platform/bench", "tests"]
FLOORS = ["platform/core", "platform/config", "platform/sandbox", "accounts", "payments", "wealth", "credit", "growth"]
MAX_LINES, MAX_FUNCTION = 500, 60


def sources() -> list[Path]:
    return [file for floor in FLOORS for file in (ROOT / floor).rglob("*.py") if "migrations" not in file.parts]


def workshop() -> list[Path]:
    """What is not shipped, and held to the same sizes."""
    return [file for folder in WORKSHOP for file in (ROOT / folder).rglob("*.py")]


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def test_platform_is_not_a_package_since_it_would_shadow_pythons_own() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_no_file_is_longer_than_500_lines() -> None:
    assert [str(file) for file in [*sources(), *workshop()] if len(file.read_text().splitlines()) > MAX_LINES] == []


def test_no_function_is_longer_than_60_lines() -> None:
    long = []
    for file in [*sources(), *workshop()]:
        for function in functions(ast.parse(file.read_text())):
            if (function.end_lineno or 0) - function.lineno + 1 > MAX_FUNCTION:
                long.append(f"{file.relative_to(ROOT)}:{function.name}")
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(file) for file in sources() if file.read_text().strip() and not ast.get_docstring(ast.parse(file.read_text()))]
    assert silent == []


@pytest.mark.parametrize(
    "file", ["README.md", "Makefile", "CHANGELOG.md", "CONTEXT.md", "requirements.txt", "requirements-dev.txt", ".ci/run"]
)
def test_the_front_door_is_there(file: str) -> None:
    assert (ROOT / file).is_file()


def room_of(file: Path) -> str:
    parts = file.relative_to(ROOT).parts
    parts = parts[1:] if parts[0] == "platform" else parts
    return ".".join(parts[:2])


def test_a_table_is_only_touched_by_its_own_room() -> None:
    """Another room's rows are reached through its services and queries; admin pages, which show rows, are the exception."""
    trespasses = []
    for file in sources():
        if file.name == "admin.py" or "admin" in file.parts or "desk" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.endswith(".models") and node.level == 0:
                owner = ".".join(node.module.split(".")[:2])
                if owner.split(".")[0] in {"core", "accounts", "payments", "wealth", "credit", "growth"} and owner != room_of(file):
                    trespasses.append(f"{file.relative_to(ROOT)} imports {node.module}")
    assert trespasses == []


def test_services_queries_and_models_do_not_know_djangos_http() -> None:
    knowing = []
    for file in sources():
        if file.stem in {"services", "queries", "models"}:
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.http"):
                    knowing.append(str(file.relative_to(ROOT)))
    assert knowing == []

"""`make check`: every static check, each timed; all run even when one fails, and the failures are named at the end."""

import difflib
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
CHECKS: dict[str, list[str]] = {
    "ruff": [str(BIN / "ruff"), "check", "."],
    "format": [str(BIN / "ruff"), "format", "--check", "--quiet", "."],
    "types": [str(BIN / "mypy"), "."],
    "templates": [str(BIN / "djlint"), "--lint", "--quiet", "platform", "accounts", "payments"],
    "imports": [str(BIN / "lint-imports"), "--no-cache"],
    "settings": [*MANAGE, "check", "--fail-level", "WARNING"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "security": [str(BIN / "bandit"), "-q", "-r", "-ll", "platform", "accounts", "payments", "wealth", "credit", "growth"],
}
OPENAPI = Path("docs/openapi.yaml")


def main() -> int:
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    if not openapi_is_current():
        failed.append("openapi")
    sys.stdout.write(f"failed: {', '.join(failed)}\n" if failed else "every check passed\n")
    return 1 if failed else 0


def passes(name: str, command: list[str]) -> bool:
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    good = done.returncode == 0
    sys.stdout.write(f"{'ok  ' if good else 'FAIL'} {name:<11} {time.monotonic() - begun:5.1f} s\n")
    if not good:
        sys.stdout.write(f"{done.stdout}{done.stderr}\n")
    sys.stdout.flush()
    return good


def openapi_is_current() -> bool:
    """Whether openapi.yaml says what the code says; prints the difference where it does not."""
    done = subprocess.run([*MANAGE, "spectacular", "--fail-on-warn"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.stdout.write(f"FAIL openapi\n{done.stderr}\n")
        return False
    kept = OPENAPI.read_text() if OPENAPI.exists() else ""
    difference = list(difflib.unified_diff(kept.splitlines(), done.stdout.splitlines(), "docs/openapi.yaml", "the code", lineterm="", n=2))
    sys.stdout.write("FAIL" if difference else "ok  ")
    sys.stdout.write(" openapi\n")
    if difference:
        sys.stdout.write("\n".join(difference[:80]) + "\nRun `make openapi`, look at the change, and commit it with a CHANGELOG line.\n")
    return not difference


if __name__ == "__main__":
    sys.exit(main())

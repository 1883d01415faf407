"""The ledger's SQL as files; a migration loads the version it was written with. A changed function is a new file."""

from pathlib import Path


def load(name: str) -> str:
    """The text of `<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")

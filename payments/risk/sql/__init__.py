"""The room's SQL as files, which a migration loads. Once a release carries a file it stays: a changed function is a new file."""

from pathlib import Path


def load(name: str) -> str:
    """The text of `<name>.sql`."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")

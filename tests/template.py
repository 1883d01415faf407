"""The migrated database that every test database is copied from, made once for all workers and kept until a migration changes."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "banyan_template_"
APPLICATION, APPLICATION_PASSWORD = "banyan_application_test", "of a test server alone"
"""A role with an application's rights on every test database."""
LOCK = 7_205_531_009
READ_BY_MIGRATIONS = (
    "*/migrations/*.py",
    "*/*/migrations/*.py",
    "*/*/sql/*.sql",
    "*/*/*/*.toml",
    "*/core/create_models.py",
    "*/management/commands/grant_application.py",
    "*/core/ids.py",
    "requirements.txt",
)


def fingerprint() -> str:
    """Of the files that say what an empty database becomes."""
    digest = hashlib.sha256()
    for file in sorted({found for pattern in READ_BY_MIGRATIONS for found in ROOT.glob(pattern)}):
        digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def ensure(server: str) -> str:
    """The template's name. `server` is a URL without a database's name; whoever comes second waits for the first to have made it.

    Nobody connects to the template once it has its name, so that it can always be copied. Raises CalledProcessError.
    """
    name = PREFIX + fingerprint()
    with psycopg.connect(f"{server}/postgres", autocommit=True) as maintenance:
        maintenance.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        there = {row[0] for row in maintenance.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])}
        if name not in there:
            for stale in there:
                maintenance.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(stale)))
            make(maintenance, server, name)
    return name


def make(maintenance: "psycopg.Connection", server: str, name: str) -> None:
    growing = f"{PREFIX}growing"
    maintenance.execute(SQL("CREATE DATABASE {}").format(Identifier(growing)))
    url = f"{server}/{growing}".replace("postgresql://", "postgres://")
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
    }
    if maintenance.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION]).fetchone() is None:
        maintenance.execute(SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(Identifier(APPLICATION), APPLICATION_PASSWORD))
    for command in (["migrate", "--verbosity", "0", "--no-input"], ["grant_application", APPLICATION]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    maintenance.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(growing), Identifier(name)))

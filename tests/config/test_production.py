"""What production refuses to start without."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHOLE = {
    "PYTHONPATH": str(ROOT / "platform"),
    "BANYAN_ENV": "production",
    "SECRET_KEY": "k7-0123456789abcdefghijklmnopqrstuvwxyz-0123456789",
    "FIELD_KEYS": "p1:ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE=",
    "BLIND_INDEX_KEY": "a-blind-index-key-of-more-than-32-characters",
    "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "banyan.example",
    "PUBLIC_URL": "https://banyan.example",
    "TRUSTED_PROXIES": "1",
}


def started(**changes: str) -> "subprocess.CompletedProcess[str]":
    words = "import config.settings as s; print(s.TRUSTED_PROXIES, s.SECURE_PROXY_SSL_HEADER)"
    environment = os.environ | WHOLE | changes
    return subprocess.run([sys.executable, "-c", words], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_production_does_not_start_until_somebody_says_how_many_proxies_stand_before_it() -> None:
    refused = started(TRUSTED_PROXIES="")
    assert refused.returncode != 0
    assert "- TRUSTED_PROXIES is not set (how many proxies stand before this process; 0 when it ends TLS itself)" in refused.stderr


@pytest.mark.parametrize(("proxies", "expected"), [("1", "1 ('HTTP_X_FORWARDED_PROTO', 'https')\n"), ("0", "0 None\n")])
def test_only_behind_a_proxy_is_its_word_on_tls_believed(proxies: str, expected: str) -> None:
    assert started(TRUSTED_PROXIES=proxies).stdout == expected


def test_every_secret_that_is_missing_is_named_at_once() -> None:
    refused = started(SECRET_KEY="", FIELD_KEYS="", BLIND_INDEX_KEY="", DATABASE_URL="", ALLOWED_HOSTS="")
    assert refused.returncode != 0
    told = {line.removeprefix("- ").split(" ")[0] for line in refused.stderr.splitlines() if line.startswith("- ")}
    assert told == {"SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "DATABASE_URL", "ALLOWED_HOSTS"}


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"])
def test_a_short_secret_is_refused_and_not_told(name: str) -> None:
    refused = started(**{name: "s3cret-of-31-characters-0123456"})
    assert refused.returncode != 0
    assert f"- {name} is shorter than 32 characters" in refused.stderr
    assert "s3cret" not in refused.stderr + refused.stdout

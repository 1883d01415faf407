"""A client generated from the schema by a public generator works against a running server."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import factories

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = Path(sys.executable).parent / "openapi-python-client"
PATIENCE = httpx.Timeout(60)


@pytest.fixture(scope="module")
def client_package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The generated package, importable as `banyan_client`."""
    folder = tmp_path_factory.mktemp("client")
    config = folder / "config.yml"
    config.write_text("package_name_override: banyan_client\nproject_name_override: banyan-client\npost_hooks: []\n")
    words = ["generate", "--path", str(ROOT / "docs" / "openapi.yaml"), "--config", str(config), "--output-path", str(folder / "out")]
    done = subprocess.run([str(GENERATOR), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "error" not in done.stdout.lower(), done.stdout
    sys.path.insert(0, str(folder / "out"))
    yield importlib.import_module("banyan_client")
    sys.path.remove(str(folder / "out"))


@pytest.mark.django_db(transaction=True)
def test_the_generated_client_reads_who_i_am_and_what_i_have(client_package: Any, live_server: Any) -> None:
    me = factories.customer()
    client = client_package.AuthenticatedClient(base_url=live_server.url, token=factories.login(me), timeout=PATIENCE)
    read_me = importlib.import_module("banyan_client.api.accounts.accounts_me_read")
    answer = read_me.sync_detailed(client=client)
    assert answer.status_code == 200
    assert answer.parsed.id == me.public_id
    read_balance = importlib.import_module("banyan_client.api.payments.payments_wallet_balance_read")
    balance = read_balance.sync_detailed(client=client)
    assert (balance.status_code, balance.parsed.posted, balance.parsed.currency) == (200, 0, "CNY")


@pytest.mark.django_db(transaction=True)
def test_the_generated_client_meets_a_refusal_as_a_problem(client_package: Any, live_server: Any) -> None:
    client = client_package.AuthenticatedClient(base_url=live_server.url, token="bya_nobody", timeout=PATIENCE)
    read_me = importlib.import_module("banyan_client.api.accounts.accounts_me_read")
    answer = read_me.sync_detailed(client=client)
    assert answer.status_code == 401
    assert answer.parsed.code == "authentication_failed"

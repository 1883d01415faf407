"""The periodic tasks from a request to its settled day, the clock that follows, and connecting."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from core.business_day.queries import is_trading_day, previous_trading_day
from core.clock import queries as clock
from core.schedule import SCHEDULE
from tests.sandbox_issuer import SandboxIssuer
from tests.wealth.issuers.world import Listener, Taker, again, submit
from wealth.issuers import metrics, tasks
from wealth.issuers.models import Issuer, IssuerCredential, IssuerFile
from wealth.issuers.plugs import no_sandbox_in_production
from wealth.issuers.sandbox_issuer.connect import ISSUER, IssuerClock


def test_the_tasks_bring_a_request_to_its_settled_day(connected: SandboxIssuer, listener: Listener, taker: Taker) -> None:
    IssuerClock().follow(offset_seconds=0)
    today = clock.local_day(clock.now())
    day = today if is_trading_day(today) else previous_trading_day(today)
    request = submit(trade_on=previous_trading_day(day), at=clock.now())
    assert tasks.resolve_shard(shard=request.shard) == 1
    assert again(request).state == "accepted"
    assert tasks.fetch_files() == 1
    assert tasks.settle_files() == 2
    assert (again(request).state, IssuerFile.objects.get().state) == ("confirmed", "settled")
    assert listener.heard == [("confirmed", request.id)]
    made = tasks.fetch_quotes()
    assert made > 0
    assert (tasks.tell_quotes(), len(taker.told)) == (made, made)
    assert (tasks.resolve_due(), tasks.tell_due(), tasks.fetch_files(), tasks.settle_files()) == (0, 0, 0, 0)


def test_every_task_is_sent_by_beat(connected: SandboxIssuer) -> None:
    sent = {name for name in SCHEDULE if name.startswith("wealth.issuers.")}
    assert sent == {
        f"wealth.issuers.{name}" for name in ("resolve_due", "tell_due", "fetch_files", "settle_files", "fetch_quotes", "tell_quotes")
    }


def test_what_is_open_is_counted(connected: SandboxIssuer) -> None:
    submit()
    submit()
    found = {(one.name, one.labels["state"]): one.value for one in metrics.open_items(clock.now())}
    assert found == {("banyan_issuer_requests_open", "created"): 2}


def test_the_issuers_clock_follows_ours(connected: SandboxIssuer) -> None:
    IssuerClock().follow(offset_seconds=86_400)
    assert connected.control("GET", "clock")["offset_seconds"] == 86_400


def test_connecting_again_keeps_the_key_and_switches_nothing(connected: SandboxIssuer) -> None:
    live = IssuerCredential.objects.get(retired_at=None)
    Issuer.objects.filter(code=ISSUER).update(state="maintenance")
    call_command("sandbox_issuer_connect", party=live.party, stdout=StringIO())
    assert IssuerCredential.objects.get(retired_at=None).pk == live.pk
    assert Issuer.objects.get(code=ISSUER).state == "maintenance"


def test_a_secret_of_ours_is_not_in_the_database_as_it_is(connected: SandboxIssuer) -> None:
    live = IssuerCredential.objects.get(retired_at=None)
    kept = IssuerCredential.objects.filter(pk=live.pk).extra(select={"raw": "private_key_pem"}).values_list("raw", flat=True)[0]
    assert b"PRIVATE KEY" not in bytes(kept)
    assert "PRIVATE KEY" in live.private_key_pem


def test_there_is_no_issuer_to_connect_without_an_address(db: None, settings: Any) -> None:
    settings.SANDBOX_ISSUER_URL = ""
    with pytest.raises(CommandError, match="There is no sandbox issuer here"):
        call_command("sandbox_issuer_connect")
    settings.SANDBOX_ISSUER_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="did not register us"):
        call_command("sandbox_issuer_connect", wait=0.0)


def test_a_production_system_with_a_sandbox_issuer_does_not_start(settings: Any) -> None:
    settings.PRODUCTION, settings.SANDBOX_ISSUER_URL = True, "http://127.0.0.1:8091"
    assert [one.id for one in no_sandbox_in_production()] == ["wealth.E001"]
    settings.SANDBOX_ISSUER_URL = ""
    assert no_sandbox_in_production() == []

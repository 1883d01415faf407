"""Device sessions: opening, one-query authentication, rotation, reuse, revocation."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.identity import queries, services
from accounts.identity.models import DeviceSession
from accounts.identity.services import DeviceFacts, RefreshRefused
from tests.factories import AT, customer, login, open_session

pytestmark = pytest.mark.django_db


def test_an_access_token_finds_its_session_customer_and_device_in_one_query() -> None:
    somebody = customer(verified_class=None, at=AT)
    token = login(somebody, at=AT)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        session = queries.open_session(token, AT)
        assert session is not None
        assert session.customer.id == somebody.id
        assert session.device.name == "Test phone"
    assert len(seen) == 1


def test_an_access_token_lives_fifteen_minutes() -> None:
    token = login(customer(verified_class=None, at=AT), at=AT)
    assert queries.open_session(token, AT + timedelta(minutes=14, seconds=59)) is not None
    assert queries.open_session(token, AT + timedelta(minutes=15)) is None


def test_refreshing_gives_both_tokens_anew_and_the_old_access_token_ends() -> None:
    first = open_session(customer(verified_class=None, at=AT), at=AT)
    later = AT + timedelta(minutes=10)
    second = services.refresh(refresh_token=first.refresh_token, at=later)
    assert not isinstance(second, RefreshRefused)
    assert queries.open_session(first.access_token, later) is None
    assert queries.open_session(second.access_token, later + timedelta(minutes=14)) is not None


def test_a_refresh_token_seen_twice_ends_the_whole_session() -> None:
    first = open_session(customer(verified_class=None, at=AT), at=AT)
    second = services.refresh(refresh_token=first.refresh_token, at=AT)
    assert isinstance(services.refresh(refresh_token=first.refresh_token, at=AT), RefreshRefused)
    assert queries.open_session(second.access_token, AT) is None
    assert isinstance(services.refresh(refresh_token=second.refresh_token, at=AT), RefreshRefused)
    assert DeviceSession.objects.get(pk=first.session.pk).end == DeviceSession.End.REUSE


def test_a_second_login_on_one_device_replaces_the_first() -> None:
    somebody = customer(verified_class=2, at=AT)
    first = open_session(somebody, at=AT)
    services.open_session(customer=somebody, device=DeviceFacts("test-phone"), at=AT)
    assert queries.open_session(first.access_token, AT) is None
    assert queries.sessions(somebody.id).count() == 1

"""Two people at once at one channel's credentials: entered, approved, or dropped; one of them counts."""

from collections.abc import Callable
from typing import Any

import pytest

from core.approvals.services import applying
from core.clock import queries as clock
from payments.channels import credentials
from payments.channels.credentials import CredentialGone, CredentialWaiting
from payments.channels.models import ChannelCredential, CredentialEntry
from tests.payments.merchants.world import PEOPLE
from tests.payments.test_credentials import WECHAT
from tests.together import behind, in_turn, together, tried

pytestmark = pytest.mark.django_db(transaction=True)


def enter() -> CredentialEntry:
    return credentials.enter(channel="wechat_v3", typed=WECHAT, at=clock.now())


def connect(entry: CredentialEntry, sealed: str) -> ChannelCredential:
    with applying(credentials.ACT, **PEOPLE):
        return credentials.connect(entry_id=entry.id, sealed=sealed, at=clock.now())


def drop(entry: CredentialEntry) -> None:
    credentials.drop(entry_id=entry.id, at=clock.now())


def test_of_many_who_enter_credentials_at_once_one_waits() -> None:
    ended = together(lambda _: tried(enter), 4)
    assert (sum(isinstance(end, CredentialEntry) for end in ended), sum(isinstance(end, CredentialWaiting) for end in ended)) == (1, 3), (
        ended
    )


def test_a_credential_approved_by_two_at_once_is_connected_once() -> None:
    entry = enter()
    sealed = credentials.seal(entry)
    made, gone = behind(lambda: connect(entry, sealed), lambda: connect(entry, sealed))
    assert (isinstance(made, ChannelCredential), isinstance(gone, CredentialGone)) == (True, True), gone
    assert ChannelCredential.objects.filter(channel_id="wechat_v3", retired_at=None).count() == 1


@pytest.mark.parametrize("first", ["connect", "drop"])
def test_a_credential_approved_while_it_is_dropped_is_connected_or_forgotten(first: str) -> None:
    entry = enter()
    sealed = credentials.seal(entry)
    acts: dict[str, Callable[[], Any]] = {"connect": lambda: connect(entry, sealed), "drop": lambda: drop(entry)}
    ended = in_turn(acts, first)
    assert isinstance(ended["connect"], ChannelCredential if first == "connect" else CredentialGone), ended
    assert ended["drop"] is None
    entry.refresh_from_db()
    assert (entry.state, entry.private_key_pem) == ("used" if first == "connect" else "dropped", "")


def test_the_next_credential_entered_while_one_is_connected_waits_for_that_and_replaces_it_when_approved() -> None:
    entry = enter()
    sealed = credentials.seal(entry)
    made, following = behind(lambda: connect(entry, sealed), enter)
    assert isinstance(following, CredentialEntry), following
    newer = connect(following, credentials.seal(following))
    made.refresh_from_db()
    assert made.retired_at is not None
    assert [row.id for row in ChannelCredential.objects.filter(channel_id="wechat_v3", retired_at=None)] == [newer.id]

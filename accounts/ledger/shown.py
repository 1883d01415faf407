"""Links of the desk to accounts and journals, and the event types by name."""

import uuid

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.ledger.models import EventType
from core.desk.shown import link
from core.ids import public_id


def account_link(account_id: uuid.UUID, name: str = "") -> SafeString | str:
    return link("accounts.ledgeraccount", account_id, name or public_id("acc", account_id))


def journal_link(journal_id: uuid.UUID | None) -> SafeString | str:
    return "-" if journal_id is None else link("accounts.journal", journal_id, public_id("jrn", journal_id))


def event_names() -> list[tuple[str, str]]:
    """Every event type with its name in the reader's language."""
    name = "name_zh" if (get_language() or "en").startswith("zh") else "name_en"
    return [(event, f"{words} ({event})") for event, words in EventType.objects.order_by("event").values_list("event", name)]

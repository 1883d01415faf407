"""Links of the desk to accounts and journals."""

import uuid

from django.utils.safestring import SafeString

from core.desk.shown import link
from core.ids import public_id


def account_link(account_id: uuid.UUID, name: str = "") -> SafeString | str:
    return link("accounts.ledgeraccount", account_id, name or public_id("acc", account_id))


def journal_link(journal_id: uuid.UUID | None) -> SafeString | str:
    return "-" if journal_id is None else link("accounts.journal", journal_id, public_id("jrn", journal_id))

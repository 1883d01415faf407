"""The next version of a document customers agree to: two people publish it, and it never changes afterwards."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.privacy import queries
from accounts.privacy.models import ConsentDocument
from core.approvals.services import must_be_applying
from core.clock.queries import local_day, start_of_day
from core.errors import DomainError, Invalid
from core.outbox.services import publish

ACT = "consent_document.publish"


class NotTheNextVersion(DomainError):
    code = "consent_document_not_next"
    en = "The newest version of {kind} is {newest} by now. Look at it and propose anew."
    zh = "{kind} 的最新版本已是第 {newest} 版,请核对后重新申请。"


class StaysRequired(DomainError):
    """An effect goes on asking for the version before until a later one is agreed to: an optional version could not end that."""

    code = "consent_document_stays_required"
    en = "A document that is required stays required in its next version."
    zh = "必须同意的协议,其新版本不能改为非必须。"


class NothingNew(DomainError):
    code = "consent_document_nothing_new"
    en = "The next version says what the present one says. Change its texts, or whether it is required."
    zh = "新版本与现行版本内容相同,请修改文本或是否必须同意后再申请。"


@dataclass(frozen=True)
class Draft:
    """What a version says. `required_on`: the Shanghai day from whose start an effect needs the consent; None for an optional one."""

    version: int
    required: bool
    required_on: date | None
    title_zh: str
    title_en: str
    body_zh: str
    body_en: str

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Draft":
        """From a proposal's values, where a day is an ISO text."""
        day = values["required_on"]
        return cls(**values | {"required_on": date.fromisoformat(day) if day else None})

    def values(self) -> dict[str, Any]:
        """As a proposal keeps them."""
        return asdict(self) | {"required_on": self.required_on.isoformat() if self.required_on else None}


def draft_of(row: ConsentDocument) -> Draft:
    """What a published version says."""
    day = local_day(row.required_from) if row.required_from else None
    return Draft(row.version, row.required, day, row.title_zh, row.title_en, row.body_zh, row.body_en)


def says(draft: Draft) -> tuple[object, ...]:
    """What customers would read and have to do."""
    return draft.required, draft.title_zh, draft.title_en, draft.body_zh, draft.body_en


def examined(*, kind: str, draft: Draft, at: datetime) -> ConsentDocument:
    """The version as it would be published at `at`. Raises NotFound, NotTheNextVersion, StaysRequired, NothingNew, Invalid."""
    newest = queries.newest(kind)
    if draft.version != newest.version + 1:
        raise NotTheNextVersion(kind=kind, newest=newest.version)
    if newest.required and not draft.required:
        raise StaysRequired()
    if says(draft) == says(draft_of(newest)):
        raise NothingNew()
    if draft.required != (draft.required_on is not None):
        raise Invalid("required_on", "A required version needs a day, an optional one has none.", "必须同意的版本须填写日期,非必须的不填。")
    if draft.required_on is not None and draft.required_on <= local_day(at):
        raise Invalid("required_on", "Choose a day after today.", "请选择今天之后的日期。")
    facts = asdict(draft)
    day = facts.pop("required_on")
    row = ConsentDocument(kind=kind, published_at=at, required_from=start_of_day(day) if day else None, **facts)
    try:
        row.full_clean()
    except ValidationError as problem:
        raise Invalid("values", "; ".join(problem.messages), ";".join(problem.messages)) from problem
    return row


@transaction.atomic
def publish_version(*, kind: str, draft: Draft, at: datetime) -> ConsentDocument:
    """Publish the next version of a document. Raises ApprovalNeeded outside an approval, and as `examined`."""
    must_be_applying(ACT)
    row = examined(kind=kind, draft=draft, at=at)
    ConsentDocument.objects.bulk_create([row], ignore_conflicts=True)
    if not ConsentDocument.objects.filter(pk=row.pk).exists():
        raise NotTheNextVersion(kind=kind, newest=queries.newest(kind).version)
    publish(topic="consent_document.published", owner=row.pk, payload={"kind": kind, "version": row.version}, at=at)
    return row

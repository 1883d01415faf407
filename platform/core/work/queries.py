"""What waits for an operator."""

from core.work.models import WorkItem


def waiting(*, kind: str | None = None) -> list[WorkItem]:
    """Open items, oldest first; of one `kind` when named."""
    items = WorkItem.objects.filter(finished_at=None)
    return list((items.filter(kind=kind) if kind else items).order_by("asked_at", "id"))


def is_waiting(*, kind: str, target: str) -> bool:
    return WorkItem.objects.filter(kind=kind, target=target, finished_at=None).exists()

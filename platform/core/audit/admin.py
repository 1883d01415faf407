"""The audit log as operators read it."""

from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from core.audit import verifying
from core.audit.models import AuditBlock, AuditRecord, AuditSeal
from core.desk.base import DeskAdmin
from core.desk.filters import among
from core.desk.references import reference
from core.desk.shown import document, mono, when
from core.desk.site import desk
from core.desk.sockets import Words
from core.work.sockets import WORK_KINDS, KindOfWork

OWN = (
    "approval.proposed",
    "approval.applied",
    "approval.rejected",
    "approval.withdrawn",
    "approval.expired",
    verifying.ACT,
    "export",
    "outbox.replay",
    "outbox.replay_topic",
    "outbox.skip",
    "qr_code.revoke",
    "staff.added",
    "staff.dismissed",
    "staff.logged_in",
    "staff.roles_set",
    "staff.second_factor_reset",
    "staff.second_factor_set_up",
    "trial.dispute",
    "trial.settlement",
)
"""What is recorded by services, under names no page's act has."""


def acts() -> set[str]:
    """Every name an act is recorded under."""
    pages = [page for page in desk._registry.values() if isinstance(page, DeskAdmin)]
    return {act.right for page in pages for act in (*page.acts, *page.list_acts) if act.audited} | set(OWN)


def named_acts() -> list[tuple[str, Words]]:
    """Acts are codes to auditors; the one that is a plain word is named."""
    return [(act, _("Export CSV") if act == "export" else act) for act in sorted(acts())]


@admin.register(AuditRecord, site=desk)
class AuditRecordAdmin(DeskAdmin):
    group, place, icon, heading = "audit", 10, "history_edu", _("Audit log")
    list_display = ("time", "actor", "act", "target_link", "reason")
    list_filter = (("act", among(named_acts)),)
    search_help_text = _("A target (public id) or an operator's name")
    ordering = ("-id",)
    fieldsets = ((None, {"fields": ("id", "time", "recorded", "actor", "act", "target_link", "reason", "facts", "sealed_in")}),)

    def find(self, term: str) -> Q:
        return Q(target=term) | Q(actor=term if ":" in term else f"staff:{term}")

    @display(description=_("Time"), ordering="id")
    def time(self, row: AuditRecord) -> str:
        return when(row.at)

    @display(description=_("Recorded by the database"))
    def recorded(self, row: AuditRecord) -> str:
        return when(row.recorded_at)

    @display(description=_("Target"), ordering="target")
    def target_link(self, row: AuditRecord) -> SafeString | str:
        return reference(row.target)

    @display(description=_("Details"))
    def facts(self, row: AuditRecord) -> SafeString:
        return document(row.details)

    @display(description=_("Sealed in block"))
    def sealed_in(self, row: AuditRecord) -> str:
        seal = AuditSeal.objects.filter(record_id=row.id).first()
        return f"#{seal.block_number}" if seal else str(_("not yet"))


@admin.register(AuditBlock, site=desk)
class AuditBlockAdmin(DeskAdmin):
    group, place, icon, heading = "audit", 20, "link", _("Audit chain")
    list_display = ("number", "sealed", "records", "hash_text")
    fieldsets = ((None, {"fields": ("number", "sealed", "records", "hash_text", "previous_text")}),)
    exports = False
    ordering = ("-number",)

    @display(description=_("Sealed"), ordering="sealed_at")
    def sealed(self, row: AuditBlock) -> str:
        return when(row.sealed_at)

    @display(description=_("Hash"))
    def hash_text(self, row: AuditBlock) -> SafeString:
        return mono(bytes(row.hash).hex())

    @display(description=_("Previous hash"))
    def previous_text(self, row: AuditBlock) -> SafeString:
        return mono(bytes(row.previous_hash).hex())


WORK_KINDS.plug(
    verifying.WORK,
    KindOfWork(
        _("The audit log is not what was written"),
        _("Compare it with a backup and with the hashes in the workers' log; settle this once it is known who changed what."),
    ),
)

"""The block and allow lists."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.clock import queries as clock
from core.desk.acts import Act, Doing
from core.desk.base import DeskAdmin
from core.desk.forms import ReasonForm
from core.desk.proposing import proposing
from core.desk.shown import badge, when
from core.desk.site import desk
from core.desk.sockets import Words
from core.errors import DomainError
from payments.risk.admin.shown import listed_target
from payments.risk.models import RiskListEntry
from payments.risk.services import lists

Effect = RiskListEntry.Effect


class MomentInput(UnfoldAdminTextInputWidget):
    """An instant in Shanghai time, chosen in the browser's own calendar."""

    input_type = "datetime-local"


class EntryForm(ReasonForm):
    """Whom or what, until when, and why. The number of a phone goes no further than its hash."""

    field_order = ("what", "who", "until", "reason")
    what = forms.ChoiceField(label=_("Kind"), choices=RiskListEntry.What.choices, widget=UnfoldAdminSelectWidget())
    who = forms.CharField(
        label=_("Whom or what"),
        max_length=80,
        help_text=_("A public id (cus_, dev_, crd_, mch_), or a phone number. A device or card is listed whoever uses it."),
        widget=UnfoldAdminTextInputWidget(),
    )
    until = forms.DateTimeField(label=_("Until"), required=False, help_text=_("Shanghai time; empty: for good."), widget=MomentInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = RiskListEntry._meta.get_field("what").flatchoices
        self.fields["what"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("what") and cleaned.get("who"):
            try:
                cleaned["target"] = lists.named(cleaned["what"], cleaned["who"])
            except DomainError as refused:
                self.add_error("who", refused.text(get_language() or "en"))
        return cleaned


def block(doing: Doing) -> Words:
    data = doing.data
    entry = lists.block(target=data["target"], why=data["reason"], until=data["until"], by=doing.actor, at=doing.at)
    return str(_("Blocked as {entry}.")).format(entry=entry.public_id)


def noted(doing: Doing) -> dict[str, Any]:
    return {"effect": "block", "what": doing.data["what"], "shown": doing.data["target"].shown}


def allowing(doing: Doing) -> dict[str, Any]:
    target, until = doing.data["target"], doing.data["until"]
    return {
        "target": f"{target.what}:{target.shown}:{target.key.hex()[:12]}",
        "what": target.what,
        "key": target.key.hex(),
        "shown": target.shown,
        "until": until.isoformat() if until else "",
        "why": doing.data["reason"],
    }


def end(doing: Doing) -> Words:
    lists.end_allow(entry_id=doing.row.pk, by=doing.actor, at=doing.at)
    return _("Taken off the list.")


def stands(row: RiskListEntry) -> bool:
    return row.ended_at is None


LIST_ACTS = (
    Act(
        name="block",
        right="risk_list.block",
        title=_("Block"),
        run=block,
        form=EntryForm,
        icon="block",
        variant="danger",
        details=noted,
        explain=_("At once: every act that names it is refused."),
    ),
    proposing(
        "allow",
        act=lists.ALLOW,
        right="risk_list.change",
        title=_("Propose to allow"),
        named=_("Put on the allow list"),
        payload=allowing,
        form=EntryForm,
        icon="verified",
        explain=_("Another person decides. Acts then need no step-up and no review; what a rule refuses stays refused."),
    ),
)
ACTS = (
    Act(
        name="end",
        right="risk_list.block",
        title=_("Take off the list"),
        run=end,
        icon="playlist_remove",
        open_to=lambda row: stands(row) and row.effect == Effect.ALLOW,
    ),
    proposing(
        "unblock",
        act=lists.UNBLOCK,
        right="risk_list.change",
        title=_("Propose to unblock"),
        named=_("Take off the block list"),
        payload=lambda doing: {"target": doing.row.public_id},
        icon="lock_open",
        open_to=lambda row: stands(row) and row.effect == Effect.BLOCK,
    ),
)


@admin.register(RiskListEntry, site=desk)
class RiskListEntryAdmin(DeskAdmin):
    group, place, icon, heading = "payments", 72, "rule_folder", _("Block and allow lists")
    acts, list_acts = ACTS, LIST_ACTS
    finds = {"rle": "pk"}
    search_help_text = _("An entry's id, a customer's, device's, card's or merchant's id, or a phone number")
    list_display = ("shown_text", "what", "effect_label", "state_label", "until_text", "why", "created_by", "since")
    list_filter = ("effect", "what", ("ended_at", admin.EmptyFieldListFilter))
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": (("shown_text", "what"), ("effect_label", "state_label"), "until_text", "why")}),
        (None, {"fields": (("since", "created_by"), ("ended", "ended_by"))}),
    )

    def find(self, term: str) -> Q | None:
        """By whom or what is listed, whichever of the kinds the text may name."""
        found = [key for what in RiskListEntry.What if (key := self.key_of(what, term)) is not None]
        return Q(key__in=found) if found else None

    def key_of(self, what: str, term: str) -> bytes | None:
        try:
            return lists.named(what, term).key
        except DomainError:
            return None

    @display(description=_("Whom or what"))
    def shown_text(self, row: RiskListEntry) -> SafeString | str:
        return listed_target(row)

    @display(description=_("Effect"), ordering="effect")
    def effect_label(self, row: RiskListEntry) -> SafeString:
        return badge("rejected" if row.effect == Effect.BLOCK else "accepted", str(row.get_effect_display()))

    @display(description=_("State"))
    def state_label(self, row: RiskListEntry) -> SafeString:
        over = row.ended_at is not None or (row.until is not None and row.until <= clock.now())
        return badge("over" if over else "active", str(_("over") if over else _("in force")))

    @display(description=_("Until"))
    def until_text(self, row: RiskListEntry) -> str:
        return when(row.until)

    @display(description=_("Since"), ordering="id")
    def since(self, row: RiskListEntry) -> str:
        return when(row.created_at)

    @display(description=_("Taken off"))
    def ended(self, row: RiskListEntry) -> str:
        return when(row.ended_at)

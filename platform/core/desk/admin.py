"""Staff: who has which role and whether the second factor is set up. Accounts are made and changed by `manage.py staff`."""

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.decorators import display

from core.desk.base import DeskAdmin
from core.desk.shown import when
from core.desk.site import desk


@admin.register(User, site=desk)
class StaffAdmin(DeskAdmin):
    group, place, icon, heading = "audit", 30, "badge", _("Staff")
    list_display = ("username", "role_names", "is_active", "is_superuser", "second_factor", "last_seen")
    list_filter = ("is_active", "groups")
    ordering = ("username",)
    search_help_text = _("A user name")
    fieldsets = ((None, {"fields": ("username", "role_names", "is_active", "is_superuser", "second_factor", "last_seen")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        device = TOTPDevice.objects.filter(user_id=OuterRef("pk"), confirmed=True)
        return super().get_queryset(request).filter(is_staff=True).annotate(has_device=Exists(device)).prefetch_related("groups")

    def find(self, term: str) -> Q:
        return Q(username=term)

    @display(description=_("Roles"))
    def role_names(self, row: User) -> str:
        return ", ".join(sorted(group.name for group in row.groups.all())) or "-"

    @display(description=_("Second factor"), boolean=True)
    def second_factor(self, row: User) -> bool:
        return bool(getattr(row, "has_device", False))

    @display(description=_("Last login"), ordering="last_login")
    def last_seen(self, row: User) -> str:
        return when(row.last_login)

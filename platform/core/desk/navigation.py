"""The sidebar: pages grouped by work, each shown to those who may see it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.desk.roles import sees, sees_charts
from core.desk.site import desk

GROUPS = {
    "customers": _("Customers"),
    "ledger": _("Ledger"),
    "payments": _("Payments"),
    "merchants": _("Merchants"),
    "wealth": _("Wealth"),
    "credit": _("Credit"),
    "day": _("Business day"),
    "queues": _("Queues"),
    "audit": _("Audit"),
    "settings": _("Rules and tables"),
}


def motto(request: HttpRequest) -> str:
    return gettext("One account, one ledger")


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    overview = {"title": _("Overview"), "icon": "monitoring", "link": reverse("admin:index")}
    charts = {"title": _("Dashboard"), "icon": "bar_chart", "link": reverse("admin:charts")}
    first = [overview, charts] if sees_charts(request.user) else [overview]
    groups: list[dict[str, Any]] = [{"title": "", "items": first}]
    for group, title in GROUPS.items():
        items = [item for _place, item in sorted(items_of(group, request), key=lambda pair: pair[0])]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def items_of(group: str, request: HttpRequest) -> list[tuple[int, dict[str, Any]]]:
    items: list[tuple[int, dict[str, Any]]] = []
    for model, page in desk._registry.items():
        if getattr(page, "group", None) == group and sees(request.user, model._meta.label_lower):
            items.append((page.place, {"title": page.title(), "icon": page.icon, "link": page.address()}))
            items += page.extra_items()
    return items

"""What the desk's first page tells of issuers: what nobody knows, and files that do not come."""

from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from core.desk.dashboard import figure
from core.desk.shown import age
from core.desk.sockets import Figure
from wealth.issuers import schedule
from wealth.issuers.models import IssuerFile, IssuerRequest
from wealth.issuers.states import FileState, RequestState


class IssuerFigures:
    order = 60

    def figures(self, *, at: datetime) -> list[Figure]:
        unknown = Q(state=RequestState.UNKNOWN)
        found = IssuerRequest.objects.filter(settled_at=None).aggregate(
            unknown=Count("pk", filter=unknown), oldest=Min("created_at", filter=unknown)
        )
        told = str(_("oldest {age}")).format(age=age(found["oldest"], at)) if found["oldest"] else ""
        level = "warning" if found["unknown"] else "ok"
        waiting = IssuerFile.objects.filter(due_at__isnull=False).aggregate(number=Count("pk"), oldest=Min("created_at"))
        late = waiting["oldest"] is not None and at - waiting["oldest"] > schedule.ALARM_AFTER
        return [
            figure(_("Unknown at issuers"), found["unknown"], "wealth.issuerrequest", level=level, detail=told, state__exact="unknown"),
            figure(
                _("Confirmation files to come"),
                waiting["number"],
                "wealth.issuerfile",
                level="bad" if late else "ok",
                state__in=f"{FileState.WAITING},{FileState.RECEIVED}",
            ),
        ]

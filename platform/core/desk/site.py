"""The admin site: password, then second factor, then pages by role."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.i18n import set_language
from unfold.sites import UnfoldAdminSite

from core.clock import queries as clock
from core.desk import chart_page, second_factor
from core.desk.dashboard import board
from core.desk.forms import LoginForm
from core.desk.roles import PAGES, read_by, sees_charts


def passed_password(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_staff", False))


class Desk(UnfoldAdminSite):
    """Staff without a verified second factor reach the set-up (or the question for a code) and logging out, nothing else."""

    login_form = LoginForm
    index_template = "desk/index.html"
    index_title = _("Overview")
    enable_nav_sidebar = True
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        return passed_password(request) and bool(request.user.is_verified())  # type: ignore[union-attr]

    def admin_view(self, view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Callable[..., HttpResponseBase]:
        """Pages are made to the end with their reader known: links lead to what they may open."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def made(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with read_by(request.user):
                answer = inner(request, *args, **kwargs)
                return answer.render() if isinstance(answer, TemplateResponse) else answer

        return made

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("logout/", csrf_protect(never_cache(self.logout)), name="logout"),
            path("language/", never_cache(set_language), name="set_language"),
            path("charts/", self.admin_view(self.charts), name="charts"),
            path("second-factor/", csrf_protect(never_cache(self.second_factor)), name="second_factor"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if passed_password(request) and not self.has_permission(request):
            return self.to_second_factor(request)
        return super().login(request, extra_context)

    def to_second_factor(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('admin:second_factor')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")

    def second_factor(self, request: HttpRequest) -> HttpResponse:
        if not passed_password(request):
            return HttpResponseRedirect(reverse("admin:login"))
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        context = self.each_context(request) | {"next": request.GET.get(REDIRECT_FIELD_NAME, "")}
        return second_factor.page(request, context)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        at = clock.now()
        shown = {"board": board(staff=request.user, at=at)}
        if sees_charts(request.user):
            shown["charts"] = chart_page.leading(staff=request.user, at=at)  # type: ignore[assignment]
        return super().index(request, {**shown, **(extra_context or {})})

    def charts(self, request: HttpRequest) -> TemplateResponse:
        """Raises PermissionDenied."""
        if not sees_charts(request.user):
            raise PermissionDenied
        days = chart_page.wanted(request.GET.get("days", ""))
        shown = chart_page.board(staff=request.user, days=days, at=clock.now())
        context = self.each_context(request) | {"title": _("Dashboard"), "board": shown}
        return TemplateResponse(request, "desk/charts.html", context)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Raises ImproperlyConfigured for a model without a row in the table of rights."""
        models: list[type[Model]] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        unknown = [model._meta.label_lower for model in models if model._meta.label_lower not in PAGES]
        if unknown:
            raise ImproperlyConfigured(f"say in core/desk/roles.py who sees {', '.join(unknown)}")
        super().register(models, admin_class, **options)


desk = Desk(name="admin")

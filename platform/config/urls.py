"""Every address of the platform: the API of each floor, the admin, the schema and the probes."""

from csp.decorators import csp_update
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

from core.desk.site import desk
from core.observe import errors, probes

# Redoc's search runs in a worker that its bundle makes of itself.
redoc = csp_update({"worker-src": ["'self'", "blob:"]})(SpectacularRedocView.as_view(url_name="schema"))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("version", probes.version, name="version"),
    path("metrics", probes.metrics_page, name="metrics"),
    path("admin/", desk.urls),
    path("v1/accounts/", include("accounts.urls")),
    path("sandbox/", include("accounts.identity.sandbox_urls")),
    path("v1/payments/", include("payments.urls")),
    path("v1/wealth/", include("wealth.urls")),
    path("v1/credit/", include("credit.urls")),
    path("v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("v1/docs", SpectacularSwaggerView.as_view(url_name="schema"), name="swagger"),
    path("v1/redoc", redoc, name="redoc"),
]

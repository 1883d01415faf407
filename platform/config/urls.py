"""Every address of the platform: the API of each floor, the admin, the schema and the probes."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerView

from core.desk.site import desk

urlpatterns = [
    path("admin/", desk.urls),
    path("v1/accounts/", include("accounts.urls")),
    path("sandbox/", include("accounts.identity.sandbox_urls")),
    path("v1/schema", SpectacularAPIView.as_view(), name="schema"),
    path("v1/docs", SpectacularSwaggerView.as_view(url_name="schema"), name="swagger"),
    path("v1/redoc", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
]

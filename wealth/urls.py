"""The addresses of the wealth floor, under /v1/wealth/."""

from django.urls import include, path

urlpatterns = [
    path("", include("wealth.catalog.api.urls")),
    path("", include("wealth.suitability.api.urls")),
    path("", include("wealth.current.api.urls")),
    path("", include("wealth.orders.api.urls")),
    path("", include("wealth.fixed_term.api.urls")),
    path("", include("wealth.transfer.api.urls")),
    path("", include("wealth.advisor.api.urls")),
    path("", include("wealth.portfolio.api.urls")),
    path("", include("wealth.insurance.api.urls")),
    path("", include("wealth.crowdfunding.api.urls")),
]

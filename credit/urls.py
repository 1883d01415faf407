"""The addresses of the credit floor, under /v1/credit/."""

from django.urls import include, path

urlpatterns = [
    path("", include("credit.products.api.urls")),
    path("", include("credit.lines.api.urls")),
    path("", include("credit.debts.api.urls")),
]

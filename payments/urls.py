"""Addresses of the payments floor, under /v1/payments/."""

from django.urls import include, path

urlpatterns = [path("wallet/", include("payments.wallet.api.urls"))]

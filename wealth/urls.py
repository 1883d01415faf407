"""The addresses of the wealth floor, under /v1/wealth/."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("wealth.orders.api.urls"))]

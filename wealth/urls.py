"""The addresses of the wealth floor, under /v1/wealth/."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

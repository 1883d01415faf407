"""The addresses of money funds, under /v1/wealth/."""

from django.urls import path

from wealth.current.api import views

urlpatterns = [
    path("current/holdings", views.Holdings.as_view()),
    path("current/holdings/<str:holding_id>", views.OneHolding.as_view()),
    path("current/holdings/<str:holding_id>/income", views.IncomeDays.as_view()),
]

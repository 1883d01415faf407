"""The addresses of fixed terms, under /v1/wealth/."""

from django.urls import path

from wealth.fixed_term.api import views

urlpatterns = [
    path("fixed-term/holdings", views.Holdings.as_view()),
    path("fixed-term/holdings/<str:fixed_holding_id>", views.OneHolding.as_view()),
    path("fixed-term/holdings/<str:fixed_holding_id>/instruction", views.Instructing.as_view()),
]

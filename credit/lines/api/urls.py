"""The addresses of credit lines, under /v1/credit/."""

from django.urls import path

from credit.lines.api import views

urlpatterns = [
    path("lines", views.CreditLines.as_view()),
    path("lines/<str:line_id>", views.OneCreditLine.as_view()),
    path("lines/<str:line_id>/activate", views.Activations.as_view()),
    path("lines/<str:line_id>/decline", views.Declines.as_view()),
    path("lines/<str:line_id>/close", views.Closings.as_view()),
    path("lines/<str:line_id>/raises", views.Raises.as_view()),
    path("raises", views.OwnRaises.as_view()),
    path("raises/<str:raise_id>/withdraw", views.RaiseWithdrawals.as_view()),
]

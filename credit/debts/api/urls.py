"""The addresses of debts, under /v1/credit/."""

from django.urls import path

from credit.debts.api import views

urlpatterns = [
    path("lines/<str:line_id>/quotes", views.DrawQuotes.as_view()),
    path("lines/<str:line_id>/draws", views.Drawing.as_view()),
    path("draws", views.Draws.as_view()),
    path("draws/<str:draw_id>", views.OneDraw.as_view()),
    path("draws/<str:draw_id>/settlement", views.Settlements.as_view()),
    path("draws/<str:draw_id>/repayments", views.Repaying.as_view()),
    path("debts", views.Debts.as_view()),
]

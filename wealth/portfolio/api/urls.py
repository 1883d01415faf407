"""The addresses of portfolios, under /v1/wealth/."""

from django.urls import path

from wealth.portfolio.api import views

urlpatterns = [
    path("portfolio", views.Overviews.as_view()),
    path("portfolio/history", views.History.as_view()),
    path("portfolio/checkups", views.Checkups.as_view()),
    path("portfolio/statements", views.Months.as_view()),
    path("portfolio/statements/<str:month>", views.OneMonth.as_view()),
]

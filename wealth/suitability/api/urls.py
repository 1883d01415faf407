"""The addresses of suitability, under /v1/wealth/."""

from django.urls import path

from wealth.suitability.api import views

urlpatterns = [
    path("suitability/questionnaire", views.Questionnaire.as_view()),
    path("suitability/profile", views.Standing.as_view()),
    path("suitability/profiles", views.Profiles.as_view()),
    path("suitability/products/<str:product_id>", views.ProductFit.as_view()),
    path("suitability/warnings", views.Warnings.as_view()),
]

"""The addresses of the catalogue, under /v1/wealth/."""

from django.urls import path

from wealth.catalog.api import views

urlpatterns = [
    path("products", views.Products.as_view()),
    path("products/compare", views.Compared.as_view()),
    path("products/<str:product_id>", views.OneProduct.as_view()),
    path("products/<str:product_id>/calculator", views.Calculator.as_view()),
    path("products/<str:product_id>/disclosure", views.Disclosure.as_view()),
]

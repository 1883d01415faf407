"""The addresses of credit products, under /v1/credit/."""

from django.urls import path

from credit.products.api import views

urlpatterns = [
    path("products", views.CreditProducts.as_view()),
    path("products/<str:credit_product_id>", views.OneCreditProduct.as_view()),
    path("products/<str:credit_product_id>/quotes", views.Quotes.as_view()),
]

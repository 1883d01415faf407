"""The payer's addresses, under /v1/payments/cashier/."""

from django.urls import path

from payments.cashier.api import payer

urlpatterns = [
    path("orders", payer.MyOrders.as_view()),
    path("method-order", payer.MethodOrders.as_view()),
    path("orders/<str:order_id>", payer.Order.as_view()),
    path("orders/<str:order_id>/methods", payer.Methods.as_view()),
    path("orders/<str:order_id>/quote", payer.Quotes.as_view()),
    path("orders/<str:order_id>/pay", payer.Pays.as_view()),
    path("attempts/<str:attempt_id>", payer.Attempt.as_view()),
    path("attempts/<str:attempt_id>/cancel", payer.Cancellations.as_view()),
]

"""The merchants' addresses, under /v1/payments/merchant/orders."""

from django.urls import path

from payments.cashier.api import merchant

urlpatterns = [
    path("orders", merchant.Orders.as_view()),
    path("orders/out-trade-no/<str:out_trade_no>", merchant.OrderByNumber.as_view()),
    path("orders/<str:order_id>", merchant.OneOrder.as_view()),
    path("orders/<str:order_id>/close", merchant.Closings.as_view()),
]

"""The merchants' addresses of payments by code, under /v1/payments/merchant/."""

from django.urls import path

from payments.qr.api import merchant

urlpatterns = [
    path("codepay", merchant.CodePays.as_view()),
    path("codepay/<str:out_trade_no>", merchant.OneCodePay.as_view()),
    path("codepay/<str:out_trade_no>/reverse", merchant.CodePayReversals.as_view()),
    path("qr/orders", merchant.CodeOrders.as_view()),
]

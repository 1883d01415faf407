"""The addresses of refunds, under /v1/payments/."""

from django.urls import path

from payments.refunds.api import merchant, payer

urlpatterns = [
    path("cashier/orders/<str:order_id>/refunds", payer.RefundsToMe.as_view()),
    path("merchant/orders/<str:order_id>/refunds", merchant.RefundsOfOrder.as_view()),
    path("merchant/refunds", merchant.Refunds.as_view()),
    path("merchant/refunds/out-refund-no/<str:out_refund_no>", merchant.RefundByNumber.as_view()),
    path("merchant/refunds/<str:refund_id>", merchant.OneRefund.as_view()),
    path("merchants/<str:merchant_id>/orders/<str:order_id>/refunds", merchant.OwnersRefunds.as_view()),
]

"""The addresses of codes in a customer's app, under /v1/payments/qr/."""

from django.urls import path

from payments.qr.api import payer

urlpatterns = [
    path("payer-codes", payer.PayerCodes.as_view()),
    path("payer-codes/<str:payer_code_id>", payer.OnePayerCode.as_view()),
    path("orders", payer.Scans.as_view()),
    path("<path:scanned>", payer.Resolved.as_view()),
]

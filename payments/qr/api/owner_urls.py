"""The addresses of printed codes, under /v1/payments/merchants/{merchant_id}/."""

from django.urls import path

from payments.qr.api import owner

urlpatterns = [
    path("merchants/<str:merchant_id>/qr-codes", owner.OwnCodes.as_view()),
    path("merchants/<str:merchant_id>/qr-codes/<str:qr_code_id>/revoke", owner.OwnCodeRevocations.as_view()),
]

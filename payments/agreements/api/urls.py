"""The addresses of a customer's agreements, under /v1/payments/agreements."""

from django.urls import path

from payments.agreements.api import payer

urlpatterns = [
    path("agreements", payer.MyAgreements.as_view()),
    path("agreements/<str:agreement_id>", payer.OneAgreement.as_view()),
    path("agreements/<str:agreement_id>/sign", payer.Signings.as_view()),
    path("agreements/<str:agreement_id>/pause", payer.Pauses.as_view()),
    path("agreements/<str:agreement_id>/resume", payer.Resumptions.as_view()),
    path("agreements/<str:agreement_id>/cancel", payer.Cancellations.as_view()),
    path("agreements/<str:agreement_id>/deductions", payer.MyDeductions.as_view()),
]

"""The sandbox's addresses, under /v1/payments/merchant/trial/."""

from django.urls import path

from payments.trial.api import acting, paying, settling

urlpatterns = [
    path("pay", paying.TrialPayments.as_view()),
    path("orders/<str:order_id>/expire", paying.Expiries.as_view()),
    path("payer-codes", paying.PayerCodes.as_view()),
    path("disputes", acting.Disputes.as_view()),
    path("disputes/<str:dispute_id>/decide", acting.Verdicts.as_view()),
    path("agreements/<str:agreement_id>/sign", acting.Signings.as_view()),
    path("deductions/<str:deduction_id>/try", acting.Tries.as_view()),
    path("split-receivers", acting.Receivers.as_view()),
    path("settlements", settling.Settlements.as_view()),
    path("key-expiring", acting.KeyWarnings.as_view()),
]

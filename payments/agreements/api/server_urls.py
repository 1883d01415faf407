"""The merchants' addresses of agreements, under /v1/payments/merchant/."""

from django.urls import path

from payments.agreements.api import merchant

urlpatterns = [
    path("agreements", merchant.Agreements.as_view()),
    path("agreements/<str:agreement_id>", merchant.OneAgreement.as_view()),
    path("agreements/<str:agreement_id>/end", merchant.Endings.as_view()),
    path("agreements/<str:agreement_id>/deductions", merchant.DeductionsOfOne.as_view()),
    path("deductions", merchant.Deductions.as_view()),
    path("deductions/<str:deduction_id>", merchant.OneDeduction.as_view()),
]

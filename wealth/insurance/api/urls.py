"""The addresses of insurance, under /v1/wealth/."""

from django.urls import path

from wealth.insurance.api import applying, claims, policies

urlpatterns = [
    path("insurance/quotes", applying.Quotes.as_view()),
    path("insurance/applications", applying.Applications.as_view()),
    path("insurance/applications/<str:application_id>", applying.OneApplication.as_view()),
    path("insurance/policies", policies.Policies.as_view()),
    path("insurance/policies/<str:policy_id>", policies.OnePolicy.as_view()),
    path("insurance/policies/<str:policy_id>/premiums", policies.PremiumsOfPolicy.as_view()),
    path("insurance/policies/<str:policy_id>/auto-debit", policies.AutoDebits.as_view()),
    path("insurance/policies/<str:policy_id>/beneficiaries", policies.Beneficiaries.as_view()),
    path("insurance/policies/<str:policy_id>/ending", policies.EndingPreviews.as_view()),
    path("insurance/policies/<str:policy_id>/end", policies.Endings.as_view()),
    path("insurance/policies/<str:policy_id>/document", policies.Documents.as_view()),
    path("insurance/premiums/<str:premium_id>/pay", policies.PremiumPayments.as_view()),
    path("insurance/claims", claims.Claims.as_view()),
    path("insurance/claims/<str:claim_id>", claims.OneClaim.as_view()),
    path("insurance/claims/<str:claim_id>/documents", claims.ClaimFiles.as_view()),
    path("insurance/claims/<str:claim_id>/withdraw", claims.ClaimWithdrawals.as_view()),
]

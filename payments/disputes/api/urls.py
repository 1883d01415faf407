"""The addresses of disputes, under /v1/payments/."""

from django.urls import path

from payments.disputes.api import merchant, payer

urlpatterns = [
    path("cashier/orders/<str:order_id>/disputes", payer.DisputesOfOrder.as_view()),
    path("disputes/<str:dispute_id>", payer.MyDispute.as_view()),
    path("disputes/<str:dispute_id>/withdraw", payer.Withdrawals.as_view()),
    path("merchant/disputes", merchant.Disputes.as_view()),
    path("merchant/disputes/<str:dispute_id>", merchant.OneDispute.as_view()),
    path("merchant/disputes/<str:dispute_id>/answer", merchant.Answers.as_view()),
    path("merchant/disputes/<str:dispute_id>/files", merchant.Files.as_view()),
    path("merchants/<str:merchant_id>/disputes", merchant.OwnersDisputes.as_view()),
    path("merchants/<str:merchant_id>/disputes/<str:dispute_id>", merchant.OwnersDispute.as_view()),
    path("merchants/<str:merchant_id>/disputes/<str:dispute_id>/answer", merchant.OwnersAnswers.as_view()),
    path("merchants/<str:merchant_id>/disputes/<str:dispute_id>/files", merchant.OwnersFiles.as_view()),
]

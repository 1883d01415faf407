"""Settlement's addresses for merchants' programs, under /v1/payments/merchant/."""

from django.urls import path

from payments.settlement.api import merchant

urlpatterns = [
    path("settlements", merchant.Settlements.as_view()),
    path("settlements/<str:settlement_id>", merchant.OneSettlement.as_view()),
    path("settlements/<str:settlement_id>/lines", merchant.Lines.as_view()),
    path("settlements/<str:settlement_id>/file", merchant.File.as_view()),
    path("bills", merchant.Bill.as_view()),
]

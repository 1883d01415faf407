"""Settlement's addresses for owners, under /v1/payments/merchants/<merchant>."""

from django.urls import path

from payments.settlement.api import owner

urlpatterns = [
    path("merchants/<str:merchant_id>/settlements", owner.Settlements.as_view()),
    path("merchants/<str:merchant_id>/settlements/<str:settlement_id>", owner.OneSettlement.as_view()),
    path("merchants/<str:merchant_id>/settlements/<str:settlement_id>/lines", owner.Lines.as_view()),
    path("merchants/<str:merchant_id>/settlements/<str:settlement_id>/file", owner.File.as_view()),
    path("merchants/<str:merchant_id>/bills", owner.Bill.as_view()),
]

"""Splits' addresses for merchants' programs, under /v1/payments/merchant/."""

from django.urls import path

from payments.splits.api import merchant

urlpatterns = [
    path("split-receivers", merchant.Receivers.as_view()),
    path("split-receivers/<str:receiver_id>/remove", merchant.ReceiverRemovals.as_view()),
    path("splits", merchant.Splits.as_view()),
    path("splits/<str:split_id>", merchant.OneSplit.as_view()),
    path("splits/<str:split_id>/returns", merchant.Returns.as_view()),
    path("orders/<str:order_id>/finish-split", merchant.Finishes.as_view()),
]

"""The addresses of bills, under /v1/payments/."""

from django.urls import path

from payments.bills.api import views

urlpatterns = [
    path("billers", views.Billers.as_view()),
    path("bills", views.Bills.as_view()),
    path("bills/look", views.Looks.as_view()),
    path("bills/<str:bill_id>", views.OneBill.as_view()),
    path("bill-accounts", views.Accounts.as_view()),
    path("bill-accounts/<str:bill_account_id>", views.OneAccount.as_view()),
    path("bill-accounts/<str:bill_account_id>/forget", views.Forgetting.as_view()),
]

"""Addresses of the wallet, under /v1/payments/wallet/."""

from django.urls import path

from payments.wallet.api import orders, statement, transfers

urlpatterns = [
    path("transfers", transfers.Transfers.as_view()),
    path("balance", statement.BalanceView.as_view()),
    path("overview", statement.Overview.as_view()),
    path("movements", statement.Movements.as_view()),
    path("movements/csv", statement.MovementsFile.as_view()),
    path("months", statement.Months.as_view()),
    path("receipts/<str:journal_id>", statement.Receipt.as_view()),
    path("receipts/<str:journal_id>/print", statement.ReceiptPage.as_view()),
    path("receipts/<str:journal_id>/pdf", statement.ReceiptPdf.as_view()),
    path("top-ups", orders.TopUps.as_view()),
    path("top-ups/<str:top_up_id>", orders.TopUpById.as_view()),
    path("withdrawals", orders.Withdrawals.as_view()),
    path("withdrawals/quote", orders.WithdrawalQuote.as_view()),
    path("withdrawals/<str:withdrawal_id>", orders.WithdrawalById.as_view()),
    path("payees", transfers.Payees.as_view()),
    path("transfers/<str:transfer_id>", transfers.TransferById.as_view()),
    path("transfers/<str:transfer_id>/accept", transfers.TransferAcceptance.as_view()),
    path("transfers/<str:transfer_id>/decline", transfers.TransferRefusal.as_view()),
]

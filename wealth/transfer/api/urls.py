"""The addresses of transfers, under /v1/wealth/."""

from django.urls import path

from wealth.transfer.api import views

urlpatterns = [
    path("transfers/book", views.Book.as_view()),
    path("transfers/offers", views.Offers.as_view()),
    path("transfers/offers/preview", views.Quotes.as_view()),
    path("transfers/offers/<str:transfer_offer_id>", views.OneOffer.as_view()),
    path("transfers/offers/<str:transfer_offer_id>/withdraw", views.Withdrawing.as_view()),
    path("transfers/trades", views.Trades.as_view()),
    path("transfers/trades/<str:transfer_trade_id>", views.OneTrade.as_view()),
    path("products/<str:product_id>/transfer-prices", views.Prices.as_view()),
]

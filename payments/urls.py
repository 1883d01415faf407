"""The addresses of the payments floor, under /v1/payments/."""

from django.urls import include, path

from payments.cards import api as cards
from payments.channels import api as channels

urlpatterns = [
    path("merchant/", include("payments.merchants.api.server_urls")),
    path("wallet/", include("payments.wallet.api.urls")),
    path("notices/<str:channel>", channels.Notices.as_view()),
    path("banks", cards.Banks.as_view()),
    path("cards", cards.Cards.as_view()),
    path("cards/order", cards.Order.as_view()),
    path("cards/bindings", cards.Bindings.as_view()),
    path("cards/bindings/<str:binding_id>", cards.OneBinding.as_view()),
    path("cards/bindings/<str:binding_id>/codes", cards.Codes.as_view()),
    path("cards/bindings/<str:binding_id>/confirm", cards.Confirmations.as_view()),
    path("cards/<str:card_id>", cards.OneCard.as_view()),
    path("cards/<str:card_id>/default", cards.Defaults.as_view()),
    path("cards/<str:card_id>/nickname", cards.Nicknames.as_view()),
    path("cards/<str:card_id>/unbind", cards.Unbindings.as_view()),
]

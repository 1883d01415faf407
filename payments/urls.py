"""The addresses of the payments floor, under /v1/payments/."""

from django.urls import include, path

from payments.cards import api as cards
from payments.channels import api as channels
from payments.collects import api as collects
from payments.red_packets import api as red_packets

# The busiest first: Django tries each in turn.
urlpatterns = [
    path("wallet/", include("payments.wallet.api.urls")),
    path("", include("payments.merchants.api.owner_urls")),
    path("merchant/", include("payments.merchants.api.server_urls")),
    path("", include("payments.settlement.api.owner_urls")),
    path("merchant/", include("payments.cashier.api.server_urls")),
    path("", include("payments.notices.api.urls")),
    path("", include("payments.refunds.api.urls")),
    path("", include("payments.bills.api.urls")),
    path("merchant/trial/", include("payments.trial.api.server_urls")),
    path("", include("payments.disputes.api.urls")),
    path("merchant/", include("payments.settlement.api.server_urls")),
    path("merchant/", include("payments.splits.api.server_urls")),
    path("cashier/", include("payments.cashier.api.urls")),
    path("", include("payments.qr.api.owner_urls")),
    path("merchant/", include("payments.qr.api.server_urls")),
    path("qr/", include("payments.qr.api.urls")),
    path("merchant/", include("payments.agreements.api.server_urls")),
    path("", include("payments.agreements.api.urls")),
    path("collects", collects.Collects.as_view()),
    path("collects/asked", collects.Asked.as_view()),
    path("collects/links/look", collects.LinkLook.as_view()),
    path("collects/links/pay", collects.LinkPayment.as_view()),
    path("collects/shares/<str:collect_share_id>/pay", collects.Payment.as_view()),
    path("collects/shares/<str:collect_share_id>/decline", collects.Refusal.as_view()),
    path("collects/<str:collect_id>", collects.OneCollect.as_view()),
    path("collects/<str:collect_id>/remind", collects.Reminders.as_view()),
    path("collects/<str:collect_id>/close", collects.Closing.as_view()),
    path("red-packets", red_packets.RedPackets.as_view()),
    path("red-packets/addressed", red_packets.Addressed.as_view()),
    path("red-packets/received", red_packets.Received.as_view()),
    path("red-packets/links/look", red_packets.LinkLook.as_view()),
    path("red-packets/links/take", red_packets.LinkTaking.as_view()),
    path("red-packets/<str:red_packet_id>", red_packets.OneRedPacket.as_view()),
    path("red-packets/<str:red_packet_id>/take", red_packets.Taking.as_view()),
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

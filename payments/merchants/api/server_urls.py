"""The addresses of the signed server API, under /v1/payments/merchant/."""

from django.urls import path

from payments.merchants.api import server

urlpatterns = [
    path("self", server.Myself.as_view()),
    path("certificates", server.Certificates.as_view()),
    path("balances", server.Balances.as_view()),
    path("stores", server.Stores.as_view()),
    path("stores/<str:store_id>", server.OneStore.as_view()),
    path("stores/<str:store_id>/close", server.StoreClosings.as_view()),
    path("stores/<str:store_id>/reopen", server.StoreReopenings.as_view()),
]

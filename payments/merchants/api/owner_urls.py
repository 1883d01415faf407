"""The addresses of a customer's own merchants, under /v1/payments/merchants."""

from django.urls import path

from payments.merchants.api import owner, owner_parts

urlpatterns = [
    path("merchants", owner.Merchants.as_view()),
    path("merchants/categories", owner.Categories.as_view()),
    path("merchants/<str:merchant_id>", owner.OneMerchant.as_view()),
    path("merchants/<str:merchant_id>/applications", owner.Applications.as_view()),
    path("merchants/<str:merchant_id>/settlement-card", owner.SettlementCards.as_view()),
    path("merchants/<str:merchant_id>/balances", owner.MerchantBalances.as_view()),
    path("merchants/<str:merchant_id>/terms", owner.Terms.as_view()),
    path("merchants/<str:merchant_id>/close", owner.Closings.as_view()),
    path("merchants/<str:merchant_id>/stores", owner_parts.OwnStores.as_view()),
    path("merchants/<str:merchant_id>/stores/<str:store_id>", owner_parts.OwnStore.as_view()),
    path("merchants/<str:merchant_id>/stores/<str:store_id>/close", owner_parts.OwnStoreClosings.as_view()),
    path("merchants/<str:merchant_id>/stores/<str:store_id>/reopen", owner_parts.OwnStoreReopenings.as_view()),
    path("merchants/<str:merchant_id>/apps", owner_parts.Apps.as_view()),
    path("merchants/<str:merchant_id>/apps/<str:app_id>", owner_parts.OneApp.as_view()),
    path("merchants/<str:merchant_id>/apps/<str:app_id>/stop", owner_parts.AppStops.as_view()),
    path("merchants/<str:merchant_id>/apps/<str:app_id>/start", owner_parts.AppStarts.as_view()),
    path("merchants/<str:merchant_id>/apps/<str:app_id>/keys", owner_parts.Keys.as_view()),
    path("merchants/<str:merchant_id>/apps/<str:app_id>/keys/<str:key_id>/retire", owner_parts.KeyRetirements.as_view()),
    path("merchants/<str:merchant_id>/apps/<str:app_id>/keys/<str:key_id>/revoke", owner_parts.KeyRevocations.as_view()),
]

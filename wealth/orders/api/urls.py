"""The addresses of orders, under /v1/wealth/."""

from django.urls import path

from wealth.orders.api import views

urlpatterns = [
    path("orders", views.Orders.as_view()),
    path("orders/preview", views.Previews.as_view()),
    path("redemptions", views.Redemptions.as_view()),
    path("redemptions/preview", views.RedemptionPreviews.as_view()),
    path("orders/<str:wealth_order_id>", views.OneOrder.as_view()),
    path("orders/<str:wealth_order_id>/cancel", views.Cancelling.as_view()),
]

"""The addresses of crowdfunding, under /v1/wealth/."""

from django.urls import path

from wealth.crowdfunding.api import views

urlpatterns = [
    path("campaigns", views.Campaigns.as_view()),
    path("campaigns/own", views.OwnCampaigns.as_view()),
    path("campaigns/own/<str:own_campaign_id>", views.OneOwnCampaign.as_view()),
    path("campaigns/own/<str:own_campaign_id>/edit", views.Edits.as_view()),
    path("campaigns/own/<str:own_campaign_id>/hand-in", views.HandIns.as_view()),
    path("campaigns/own/<str:own_campaign_id>/cancel", views.Cancels.as_view()),
    path("campaigns/own/<str:own_campaign_id>/updates", views.Updates.as_view()),
    path("campaigns/<str:campaign_id>", views.OneCampaign.as_view()),
]

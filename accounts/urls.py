"""The addresses of the accounts floor, under /v1/accounts/."""

from django.urls import path

from accounts.identity import api as identity

urlpatterns = [
    path("sessions/codes", identity.LoginCodes.as_view()),
    path("sessions/refresh", identity.Refresh.as_view()),
    path("sessions", identity.Sessions.as_view()),
    path("sessions/<str:session_id>", identity.OneSession.as_view()),
    path("me", identity.Me.as_view()),
]

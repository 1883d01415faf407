"""Addresses that exist in development only."""

from django.urls import path

from accounts.identity.api import SandboxMessages
from accounts.identity.inbox import inbox

urlpatterns = [path("inbox", inbox, name="sandbox-inbox"), path("messages", SandboxMessages.as_view(), name="sandbox-messages")]

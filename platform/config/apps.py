"""The top of the house as a Django app, so that commands over all floors have a home."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

"""The Celery entry point. Tasks live in each room's tasks.py and are imported with the room."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("banyan")
app.config_from_object("django.conf:settings", namespace="CELERY")

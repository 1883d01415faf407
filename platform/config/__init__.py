"""The project: whatever process reads its settings also gets its Celery app, so that `.delay()` reaches our broker."""

from config.celery import app

__all__ = ["app"]

"""`manage.py demo_hand`: the demo's second process, started by the first. Never in production."""

from argparse import ArgumentParser
from multiprocessing.connection import Connection
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import hands


class Command(BaseCommand):
    help = "Started by manage.py demo: performs the shares of the demo's acts that come through an inherited pipe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pipe", type=int, help="file descriptor of the pipe")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("the demo is never made in production")
        with Connection(options["pipe"]) as pipe:
            hands.serve(pipe)

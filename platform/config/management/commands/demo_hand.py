"""`manage.py demo_hand`: a process that helps to make the demo, started by `manage.py demo`. Never in production."""

from argparse import ArgumentParser
from multiprocessing.connection import Connection
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo import hands


class Command(BaseCommand):
    help = "Started by manage.py demo: does the work that comes through an inherited pipe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pipe", type=int, help="file descriptor of the pipe")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("the demo is never made in production")
        with Connection(options["pipe"]) as pipe:
            hands.serve(pipe)

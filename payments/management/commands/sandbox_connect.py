"""`manage.py sandbox_connect`: register this installation at the sandbox bank (done by `make run`)."""

from argparse import ArgumentParser
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.clock import queries as clock
from payments.channels.sandbox_bank import connect
from payments.channels.sandbox_bank.control import ControlRefused

AGAIN_AFTER_S = 0.2


class Command(BaseCommand):
    help = "Make a key, register it at the sandbox bank, take in the bank's key, set its clock and switch the channel on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--merchant", default="banyan", help="our merchant id at the bank")
        parser.add_argument("--notify-url", default="", help="where the bank sends notices (PUBLIC_URL and the notice path unless told)")
        parser.add_argument("--wait", type=float, default=20.0, help="seconds to wait for a bank that is still starting")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not settings.SANDBOX_BANK_URL:
            raise CommandError("There is no sandbox bank here: it is for development only, at SANDBOX_BANK_URL.")
        notify_url = options["notify_url"] or connect.default_notify_url()
        until = monotonic() + options["wait"]
        while True:
            try:
                credential = connect.connect(merchant=options["merchant"], notify_url=notify_url, at=clock.now())
                break
            except ControlRefused as problem:
                if monotonic() > until:
                    raise CommandError(f"The sandbox bank at {settings.SANDBOX_BANK_URL} did not register us: {problem}") from problem
                sleep(AGAIN_AFTER_S)
        self.stdout.write(f"sandbox bank {settings.SANDBOX_BANK_URL}: merchant {credential.merchant}, bank key {credential.bank_key_id}")

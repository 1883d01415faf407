"""`manage.py sandbox_issuer_connect`: register this installation at the sandbox issuer (done by `make run`)."""

from argparse import ArgumentParser
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.clock import queries as clock
from wealth.issuers.sandbox_issuer.connect import ControlRefused, connect

AGAIN_AFTER_S = 0.2


class Command(BaseCommand):
    help = "Make a key, register it at the sandbox issuer, take in the issuer's key, set its clock and, the first time, switch it on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--party", default="banyan", help="our id at the issuer")
        parser.add_argument("--wait", type=float, default=20.0, help="seconds to wait for an issuer that is still starting")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not settings.SANDBOX_ISSUER_URL:
            raise CommandError("There is no sandbox issuer here: it is for development only, at SANDBOX_ISSUER_URL.")
        until = monotonic() + options["wait"]
        while True:
            try:
                credential = connect(party=options["party"], at=clock.now())
                break
            except ControlRefused as problem:
                if monotonic() > until:
                    raise CommandError(f"The sandbox issuer at {settings.SANDBOX_ISSUER_URL} did not register us: {problem}") from problem
                sleep(AGAIN_AFTER_S)
        self.stdout.write(f"sandbox issuer {settings.SANDBOX_ISSUER_URL}: party {credential.party}, its key {credential.issuer_key_id}")

"""`manage.py alipay_serials`: what the desk's form wants to know of Alipay's certificate files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography import x509
from django.core.management.base import BaseCommand, CommandError

from payments.channels.alipay.credentials import root_serials, serial_of


class Command(BaseCommand):
    help = "Print the serials of our application's certificate and of Alipay's root certificates, as Alipay counts them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("app", type=Path, help="appCertPublicKey_*.crt")
        parser.add_argument("root", type=Path, help="alipayRootCert.crt")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            own = serial_of(x509.load_pem_x509_certificate(options["app"].read_bytes()))
            roots = root_serials(options["root"].read_text())
        except (OSError, ValueError) as problem:
            raise CommandError(f"Not a certificate file: {problem}") from problem
        self.stdout.write(f"serial of our certificate: {own}\nserials of the root certificates: {roots}")

"""`manage.py audit_verify [--anchor NUMBER:HASH]`: is the audit log still what was written?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.audit.queries import Anchor, last_anchor, verify


class Command(BaseCommand):
    help = "Walk the audit chain and name the first bad row. Exit code 1 when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", help="a block noted outside the database, as NUMBER:HASH (each sealing logs one)")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = verify(anchor=anchor_from(options["anchor"]))
        if broken is not None:
            raise CommandError(f"{broken.row} {broken.why}")
        head = last_anchor()
        self.stdout.write("The audit chain is whole." + (f" Anchor: {head.number}:{head.hash.hex()}" if head else ""))


def anchor_from(text: str | None) -> Anchor | None:
    if not text:
        return None
    number, _, digits = text.partition(":")
    try:
        return Anchor(int(number), bytes.fromhex(digits))
    except ValueError as problem:
        raise CommandError(f"--anchor is NUMBER:HASH (64 hexadecimal digits), not {text!r}") from problem

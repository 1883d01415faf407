"""`manage.py rotate_field_keys`: every encrypted value under the newest of FIELD_KEYS, so that older keys can be retired."""

from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.crypto import rotation
from core.crypto.keyring import CannotDecrypt, newest_key_id


class Command(BaseCommand):
    help = "Re-encrypt every encrypted column under the newest key. Stop it at any time; the next run goes on where it was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows a transaction (default 500)")
        parser.add_argument("--check", action="store_true", help="only count; exit code 1 when rows wait")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = {column.name: rotation.waiting(column) for column in rotation.columns()}
        if options["check"]:
            self.told(waiting)
            return
        bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*bar, console=Console(file=cast(IO[str], self.stdout)), disable=not sum(waiting.values())) as progress:
            for column in rotation.columns():
                if waiting[column.name]:
                    self.rotate(column, waiting[column.name], options["batch"], progress)
        self.stdout.write(f"Every encrypted value is under the key {newest_key_id()!r}; {sum(waiting.values())} were changed.")

    def rotate(self, column: rotation.Column, number: int, batch: int, progress: Progress) -> None:
        task = progress.add_task(column.name, total=number)
        try:
            rotation.rotate(column, batch=batch, report=lambda done: progress.advance(task, done.rotated))
        except CannotDecrypt as problem:
            raise CommandError(f"{column.name}: {problem}. Put the key back into FIELD_KEYS and run again.") from problem

    def told(self, waiting: dict[str, int]) -> None:
        for name, number in waiting.items():
            self.stdout.write(f"{number:>10} {name}")
        if any(waiting.values()):
            raise CommandError(f"{sum(waiting.values())} values are under older keys")

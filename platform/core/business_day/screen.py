"""Showing an end-of-day run: a bar on a terminal, plain lines elsewhere, one JSON object a line for machines."""

import json
from types import TracebackType

from django.core.management.base import OutputWrapper
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from core.business_day.end_of_day import Progress


class Screen:
    """A context manager that is also the runner's `report`."""

    def __init__(self, output: OutputWrapper, *, as_json: bool) -> None:
        self.output = output
        self.as_json = as_json
        self.bar: Bar | None = None
        self.tasks: dict[tuple[str, str], int] = {}
        if not as_json and output.isatty():
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self.bar = Bar(*columns, TextColumn("{task.fields[rows]} rows"))

    def __enter__(self) -> "Screen":
        if self.bar is not None:
            self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.stop()

    def __call__(self, progress: Progress) -> None:
        if self.as_json:
            facts = {name: getattr(progress, name) for name in ("step", "shards", "done", "failed", "rows")}
            self.line(json.dumps({"day": progress.day.isoformat(), **facts}))
        elif self.bar is not None:
            self.draw(self.bar, progress)
        elif not progress.step:
            self.line(f"{progress.day} closed")
        elif progress.done + progress.failed == progress.shards:
            self.line(
                f"{progress.day} {progress.step}: {progress.done}/{progress.shards} shards, {progress.rows} rows" + failures(progress)
            )

    def draw(self, bar: Bar, progress: Progress) -> None:
        key = (progress.day.isoformat(), progress.step)
        if not progress.step:
            bar.print(f"{progress.day} closed")
            for known in [known for known in self.tasks if known[0] == key[0]]:
                bar.remove_task(self.tasks.pop(known))  # type: ignore[arg-type]
            return
        if key not in self.tasks:
            self.tasks[key] = bar.add_task(f"{progress.day} {progress.step}", total=progress.shards, rows=0)
        bar.update(self.tasks[key], completed=progress.done, rows=progress.rows)  # type: ignore[arg-type]

    def line(self, text: str) -> None:
        self.output.write(text)
        self.output.flush()


def failures(progress: Progress) -> str:
    return f", {progress.failed} failed" if progress.failed else ""

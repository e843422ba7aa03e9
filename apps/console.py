"""What the command line says, and where: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ieiw.triplets.errors import human_time

if TYPE_CHECKING:
    from ieiw.pipelines.engine.progress import Progress
    from ieiw.triplets.errors import Step

AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object on standard output.")]
OPTIONS = {
    "scores": "with",
    "embedder": "with",
    "changes": "set",
}  # options that are not called as the parameter they fill
_LOG_WIDTH = 250  # columns; a log has no width of its own, and rich would take it for a terminal of 80
Out = Annotated[
    str,
    typer.Option("--out", metavar="FOLDER", help="A folder of your own to write to, for a build you may only read."),
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the file; may be given often."),
]


def chosen(changes: Sequence[str] | None, example: str) -> dict[str, Any]:
    """What ``--set`` says by itself, where there is no file to change.

    Raises:
        UsageError: a change is not ``path=value``; the message shows ``example``.
    """
    from ieiw.triplets.settings.overrides import apply_change

    values: dict[str, Any] = {}
    for change in changes or ():
        apply_change(values, change, example)
    return values


def say(text: str) -> None:
    """A line for the person at the keyboard."""
    print(text, file=sys.stderr, flush=True)


def complain(text: str, status: int, step: Step | None = None) -> int:
    """Print an error, and the command that would help; returns the exit status for ``sys.exit``."""
    say(f"ieiw: {text}")
    if step:
        say(f"Run: {command_of(step, sys.argv[1:])}")
    return status


def command_of(step: Step, arguments: Sequence[str]) -> str:
    """A step as a command to copy; ``arguments`` are those of the command that failed."""
    words = [step.verb, step.place] if step.verb else [*arguments]
    if step.verb == "build":
        words = ["build", "RECIPE.yaml", "--out", step.place]
    for name, value in step.values.items():
        option = OPTIONS.get(name, name.replace("_", "-"))
        words += [f"--{'' if value else 'no-'}{option}"] if isinstance(value, bool) else [f"--{option}", value]
    return shlex.join(["ieiw", *words])


def print_json(value: Mapping[str, Any]) -> None:
    """The summary as one JSON object on standard output."""
    narrow = not sys.stdout.encoding.lower().startswith("utf")  # what such a stream spells out by itself is no JSON
    print(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=narrow))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], is_result: bool = False) -> None:
    """A table on standard error, or on standard output where it is what was asked for.

    Numbers to the right with thousands separators, text as it is, never cut off.
    A terminal's width is kept, by folding; in a log nothing is folded.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title, title_justify="left", title_style="bold", header_style="dim", box=SIMPLE_HEAD, pad_edge=False
    )
    for index, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else str(cell)) for cell in row))
    stream = sys.stdout if is_result else sys.stderr
    log_width = _LOG_WIDTH * 100 if is_result else _LOG_WIDTH  # a result may be searched line by line
    Console(file=stream, width=None if stream.isatty() else log_width).print(table)


class Bar:
    """A progress bar on a terminal; a line every ten seconds elsewhere."""

    def __init__(self, verb: str = "building") -> None:
        from rich import progress as rich
        from rich.console import Console

        self._live = sys.stderr.isatty()
        self._said = time.monotonic()
        self._bar = rich.Progress(
            rich.TextColumn(verb),
            rich.BarColumn(),
            rich.MofNCompleteColumn(),
            rich.TextColumn("units  {task.fields[note]}"),
            rich.TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not self._live,
        )
        self._task = self._bar.add_task(verb, total=None, note="")
        self._verb = verb

    def update(self, progress: Progress) -> None:
        """Show how far the work is."""
        text = note(progress)
        self._bar.update(self._task, total=progress.units, completed=progress.done_units, note=text)
        if not self._live and time.monotonic() - self._said > 10:
            self._said = time.monotonic()
            say(f"{self._verb} {progress.done_units}/{progress.units} units  {text}")

    @contextmanager
    def shown(self) -> Iterator[Bar]:
        """The bar, while it is on the screen."""
        with self._bar:
            yield self


def note(progress: Progress) -> str:
    """What the items became, rate and time to go."""
    done = progress.counts.total()
    text = ", ".join(f"{count:,} {word}" for word, count in sorted(progress.counts.items()))
    if done and progress.seconds > 0:
        rate = done / progress.seconds
        text += f", {rate:,.0f}/s, {human_time(max(0, progress.items - done) / rate)} to go"
    return text

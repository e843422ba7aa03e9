"""The errors that a user can mend, the step that would mend them, and how messages say sizes, times and strange letters."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """What would help, without the spelling of a command line: the command line, or a program, spells it.

    The message says in words what is wrong, where, and what to do; the step says the same as values::

        raise UsageError(f"{place}: has no hashes; compute them", Step("score", place, {"scores": "phash"}))
        raise UsageError(f"{place}: another build is at work; wait for it, or take over", Step(values={"take_over": True}))

    On a terminal the first ends with ``Run: ieiw score PLACE --with phash``, the second with the command that failed and
    ``--take-over`` after it. A test in ``tests/apps/test_console.py`` holds every step of the code against the command line.

    Attributes:
        verb: a verb of the command line; empty for the one that failed, once more.
        place: the build it is about; empty together with ``verb``.
        values: by the names that the function behind the verb gives its parameters.
    """

    verb: str = ""
    place: str = ""
    values: Mapping[str, str | bool] = field(default_factory=dict)


class UsageError(Exception):
    """Something the user can mend: names the file, the field and the remedy. The command line prints it and exits 2.

    Attributes:
        step: what would help, where that is one step.
    """

    def __init__(self, message: str, step: Step | None = None) -> None:
        super().__init__(message)
        self.step = step


class DamageError(Exception):
    """What a unit is made of is not what it was when it was committed; the text says where."""


def human_bytes(count: float) -> str:
    """Bytes for people: 1.5 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def human_time(seconds: float) -> str:
    """A duration for people: 45 s, 12 min, 3.5 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def counted(count: int, noun: str) -> str:
    """A number of things for people: 1 worker, 2,000 workers."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def spell_out() -> None:
    r"""From now on print what a terminal cannot show as ``\xd7``: an ASCII one must not end a command in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

"""What the benchmarks share: the form of a result, the machine's name, memory of processes."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


class NotHereError(Exception):
    """This machine lacks what a benchmark measures, such as a GPU; the message says what."""


@dataclass(frozen=True, slots=True)
class Row:
    """One measured line. ``limit`` is what the project promises, in words; ``good`` whether it held."""

    what: str
    figure: str
    limit: str
    good: bool


def machine() -> str:
    """Processor, cores and memory."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{model}, {os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, Python {platform.python_version()}"


def median_ratio(
    ours: Callable[[], float], theirs: Callable[[], float], repeats: int = 5
) -> tuple[float, float, float]:
    """Run both in turn; returns the median of ours, of theirs, and of the pairwise ratios."""
    pairs = [(ours(), theirs()) for _ in range(repeats)]
    left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return statistics.median(left), statistics.median(right), statistics.median(a / b for a, b in pairs)


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| what | measured | limit | held |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.figure} | {row.limit} | {'yes' if row.good else '**no**'} |" for row in rows]
    return "\n".join(lines)


def told(name: str, run: Callable[[], Sequence[Row]]) -> int:
    """Run a benchmark by itself and print its table: exit status 2 where this machine lacks what it measures, 1 where a limit
    was missed.
    """
    try:
        rows = run()
    except NotHereError as error:
        print(f"{name}: not run: {error}", file=sys.stderr)
        return 2
    print(f"{machine()}\n\n{table(rows)}")
    return int(not all(row.good for row in rows))


def here() -> dict[str, str]:
    """The environment for a process that runs a module of ``bench``, which is not installed and not on Python's safe path."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}

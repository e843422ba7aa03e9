"""``python -m bench.run [NAME …]``: run the benchmarks and write docs/benchmarks.md."""

from __future__ import annotations

import datetime
import os
import sys
from importlib import import_module
from pathlib import Path

from bench.common import Row, machine, table

NAMES = ("overhead", "beam_pool", "memory", "rerun", "plan_phrasecut")
_PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
_HEAD = """# Benchmarks

Ratios against a peer or a floor, both measured in the same run. Written by `make bench` (`python -m bench.run`).

- date: {date}
- device: {machine}
- load before the run: {load:.1f}
"""


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; the page is only replaced when all of them ran."""
    load = os.getloadavg()[0]
    sections: list[str] = []
    failed = False
    for name in names or NAMES:
        rows: list[Row] = import_module(f"bench.{name}").run()
        failed = failed or not all(row.good for row in rows)
        sections.append(f"## {name}\n\n{import_module(f'bench.{name}').__doc__}\n\n{table(rows)}\n")
        print(sections[-1], flush=True)
    if not names:
        head = _HEAD.format(date=datetime.date.today().isoformat(), machine=machine(), load=load)
        _PAGE.write_text("\n".join([head, *sections]), encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

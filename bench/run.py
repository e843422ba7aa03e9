"""``python -m bench.run [NAME …] [--weights VARIABLE=PATH …]``: run benchmarks, write their sections of docs/benchmarks.md."""

from __future__ import annotations

import argparse
import datetime
import inspect
import os
import sys
from importlib import import_module
from pathlib import Path

from bench.common import NotHereError, machine, table

NAMES = (
    "overhead",
    "beam_pool",
    "memory",
    "rerun",
    "plan_phrasecut",
    "plan_paper",
    "plan_coco",
    "plan_sa1b",
    "tasks",
    "planted",
    "planted_meaning",
    "cut",
    "gallery",
    "replacement",
    "audit",
    "embeddings",
    "audit_live",
    "loader",
    "gpu_embed",
    "gpu_lama",
    "gpu_paint",
)
"""Modules of this package with a ``run() -> list[Row]``, in the page's order."""
_PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
_HEAD = """# Benchmarks

Each figure is held against a limit; speeds are ratios to a peer or a floor, both measured in the same run. `make bench` runs
everything and writes this page, `python -m bench.run NAME` runs one part and writes its section.
The ranking of the embedded inpainters is in [stand-ins.md](stand-ins.md).
"""


def main(names: list[str], page: Path = _PAGE) -> int:
    """Run the named benchmarks, or all.

    Args:
        names: of benchmarks; empty for all.
        page: Markdown file; sections of benchmarks that are not run now stay as they are.

    Returns:
        0; 1 where a limit was missed; 2 for an unknown name.
    """
    if unknown := [name for name in names if name not in NAMES]:
        print(f"no benchmark is called {unknown[0]}; known: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    failed = False
    for name in names or NAMES:
        text, good = section(name)
        failed = failed or not good
        print(text, flush=True)
        sections = read_sections(page) | {name: text}
        page.write_text("\n".join([_HEAD, *(sections[each] for each in NAMES if each in sections)]), encoding="utf-8")
    return int(failed)


def asked(arguments: list[str]) -> list[str]:
    """The names on a command line; the variables of weights that it gives are set."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=_HEAD.partition("\n\n")[2])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of benchmarks, all by default: {', '.join(NAMES)}")
    parser.add_argument(
        "--weights", nargs="+", action="extend", default=[], type=_variable, metavar="VARIABLE=PATH",
        help="file of weights by its variable (`ieiw doctor` names them), GIQA_GALLERY=FOLDER, or JUDGE_BASE=URL",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    os.environ.update(given.weights)
    names: list[str] = given.names
    return names


def _variable(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name.isidentifier() or not value:
        raise argparse.ArgumentTypeError(f"{text} is not VARIABLE=PATH")
    if "://" not in value and not Path(value).exists():
        raise argparse.ArgumentTypeError(f"{name}: there is no {value}")
    return name, value


def section(name: str) -> tuple[str, bool]:
    """Run one benchmark; its section of the page, and whether every limit held (also where it cannot run here)."""
    module = import_module(f"bench.{name}")
    load = os.getloadavg()[0]
    try:
        rows = module.run()
        text, good = table(rows), all(row.good for row in rows)
    except NotHereError as error:
        text, good = f"Not run: {error}.", True
    when = f"{datetime.date.today().isoformat()}, {machine()}, load before: {load:.1f}"
    return f"## {name}\n\n{inspect.cleandoc(module.__doc__ or name)}\n\n{when}\n\n{text}\n", good


def read_sections(page: Path) -> dict[str, str]:
    """Name -> text of the sections that the page has, heading included."""
    if not page.exists():
        return {}
    parts = page.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0]: f"## {part.strip()}\n" for part in parts}


if __name__ == "__main__":
    sys.exit(main(asked(sys.argv[1:])))

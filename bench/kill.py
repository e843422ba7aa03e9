"""``python -m bench.kill N``: kill N builds at random places; what comes out must be the bytes of an undisturbed build.

Each round carries one folder through several kills, each new build starting at once, while orphans of the last one may
still live (some are frozen, and wake while the new build is at work), and at the end compares every file.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.kill_round import Round, Site
from bench.kills import Tally, rounds
from bench.victims import Build, Flags, Wrong
from ieiw.pipelines.lint.run import lint
from tests.support.builds import tree, write_recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut

UNITS = 260


def prepare(folder: Path) -> Site:
    """Write data and recipe below ``folder`` and build them undisturbed.

    Raises:
        Wrong: already that fails.
    """
    root = write_phrasecut(folder / "data", Folder(pictures=UNITS, phrases=2, missing=frozenset(range(5, UNITS, 9))))
    recipe = write_recipe(folder / "recipe.yaml", root, unit_bytes="8KB", source={"max_reject_share": 0.5})
    out = folder / "undisturbed"
    build = Build(recipe, out, Flags(1), folder / "undisturbed.log")
    if build.end() != 0:
        raise Wrong(f"the undisturbed build failed:\n{build.said()}")
    report = lint(out, fast=True)
    if report.findings:
        raise Wrong(f"lint of the undisturbed build: {report.findings[:3]}")
    units = sum(1 for _ in (out / "rows").iterdir())
    if units != UNITS:
        raise Wrong(f"{units} units, {UNITS} were planned for")
    return Site(folder, recipe, tree(out))


def series(site: Site, count: int, seed: int, workers: int, say: Callable[[str], None]) -> Tally:
    """Run rounds until ``count`` kills are done. A kill that came too late, after the end of its build, is tried again.

    Args:
        site: see there; what rounds leave below its folder stays only where something went wrong.
        count: number of kills.
        seed: of the kills; when exactly they strike is up to the machine.
        workers: of builds with several.
        say: told about each round.

    Raises:
        Wrong: names seed and round.
    """
    total, waiting, begun = Tally(), deque(rounds(count, seed, workers)), time.monotonic()
    number = 0
    while waiting:
        here, kills = site.folder / f"round-{number}", waiting.popleft()
        each = Round(site, here)
        try:
            each.run(kills)
        except Wrong as error:
            raise Wrong(f"seed {seed}, round {number} ({here}): {error}\nits kills: {kills}") from error
        shutil.rmtree(here)
        if each.missed:
            waiting.append(each.missed)
        total.add(each.tally)
        late = f", {len(each.missed)} came too late" if each.missed else ""
        say(f"round {number}: {total.kills.total()}/{count} kills, {time.monotonic() - begun:.0f} s{late}")
        number += 1
    return total


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.kill", description=__doc__)
    parser.add_argument("kills", type=int, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="of the choice of kills (default 0)")
    parser.add_argument("--workers", type=int, default=2, help="of builds with several workers (default 2)")
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ieiw-kill-"))
    try:
        total = series(prepare(folder), chosen.kills, chosen.seed, chosen.workers, partial(print, flush=True))
    except Wrong as error:
        print(f"{error}\nkept: {folder}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    print(f"{total.table()}\nafter each round the tree was that of an undisturbed build")
    return 0


if __name__ == "__main__":
    sys.exit(main())

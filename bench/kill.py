"""``python -m bench.kill N``: kill N builds at random places; what comes out must be the bytes of an undisturbed build.

Each round carries one folder through several kills, each new build starting at once, while orphans of the last one may
still live (some are frozen, and wake while the new build is at work), and at the end compares every file.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.victims import HANGS_S, TICK_S, Build, Flags, Orphans, Wrong, kill
from pipelines.lint import lint
from tests.support.builds import tree, write_recipe
from tests.support.phrasecut_folder import Folder, write_phrasecut

WORKER_DIED = 4
UNITS = 260
START = ("plan-published", "build-planned")
MIDDLE = (
    "unit-started",
    "shard-half-written",
    "shard-published",
    "rejects-published",
    "rows-spooled",
    "rows-published",
)
END = ("index-published", "sweep", "before-complete")
_KILLS_A_ROUND = 7


@dataclass(frozen=True)
class Kill:
    """One kill: of whom, and at which fault point – or, without one, at a number of published units.

    ``depth`` in [0, 1) says how far into what is still to do; ``frozen`` orphans wake while the next build is at work;
    ``beside``: the next build takes the lock over instead of waiting for a command that still lives.
    """

    victim: str
    point: str
    workers: int
    depth: float
    frozen: bool = False
    beside: bool = False

    @property
    def where(self) -> str:
        """The fault point, or that units were counted."""
        return self.point or "published units"


def deck(dice: random.Random, workers: int) -> list[list[Kill]]:
    """Twenty kills in rounds: each fault point once, each victim at some number of published units, in random order."""
    start = [Kill("command", point, 1, dice.random()) for point in START]
    middle = []
    for turn, point in enumerate(dice.sample(MIDDLE, len(MIDDLE))):
        victim, several = [("worker", workers), ("driver", 1), ("all", workers), ("all", 1)][turn % 4]
        middle.append(Kill(victim, point, several, dice.random(), beside=dice.random() < 0.5))
    for victim, several, frozen in (
        ("command", 1, True),
        ("command", 1, False),
        ("command", workers, True),
        ("driver", 1, False),
        ("driver", workers, True),
        ("driver", workers, False),
        ("worker", workers, False),
        ("worker", workers, False),
        ("all", workers, False),
    ):
        middle.append(Kill(victim, "", several, dice.random(), frozen, dice.random() < 0.5))
    dice.shuffle(middle)
    end = [Kill("command", point, 1, dice.random()) for point in dice.sample(END, len(END))]
    rounds = -(-(len(start) + len(middle) + len(end)) // _KILLS_A_ROUND)
    return [[*start[n::rounds], *middle[n::rounds], *end[n::rounds]] for n in range(rounds)]


def rounds(count: int, seed: int, workers: int) -> Iterator[list[Kill]]:
    """Decks, one after the other, until there are ``count`` kills."""
    dice = random.Random(seed)
    while count > 0:
        for kills in deck(dice, workers):
            yield kills[:count]
            count -= len(kills[:count])
            if count <= 0:
                return


@dataclass
class Tally:
    """What rounds came to.

    ``kills``: (victim, place) -> number. ``refused``: builds that met the lock of one that was still dying. ``woken``: times
    that frozen orphans woke while the next build was at work.
    """

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: int = 0
    woken: int = 0

    def add(self, other: Tally) -> None:
        """Add another round's."""
        self.kills += other.kills
        self.refused += other.refused
        self.woken += other.woken

    def table(self) -> str:
        """Victims by place, as a Markdown table, and the rest in words."""
        victims = sorted({victim for victim, _ in self.kills})
        lines = [f"| killed at | {' | '.join(victims)} |", "|---" * (len(victims) + 1) + "|"]
        for where in sorted({where for _, where in self.kills}):
            lines.append(f"| {where} | {' | '.join(str(self.kills[victim, where]) for victim in victims)} |")
        rest = f"{self.woken} times orphans woke beside the next build; the lock held {self.refused} builds back"
        return "\n".join([*lines, "", f"{self.kills.total()} kills; {rest}"])


@dataclass(frozen=True)
class Site:
    """Where rounds take place: a recipe, and the tree that an undisturbed build of it makes."""

    folder: Path
    recipe: Path
    undisturbed: dict[str, str]


class Round:
    """One folder that is built through kills."""

    def __init__(self, site: Site, folder: Path) -> None:
        self._recipe, self._undisturbed, self._folder = site.recipe, site.undisturbed, folder
        self._out = folder / "out"
        self._orphans = Orphans()
        self._previous: Build | None = None
        self._started = 0
        self.tally = Tally()
        self.missed: list[Kill] = []
        folder.mkdir(parents=True)

    def run(self, kills: list[Kill]) -> None:
        """All kills, then builds to the end and compares.

        Raises:
            Wrong: a file differs, a build hangs or ends otherwise than it should, or an orphan lives on.
        """
        take_over = False
        try:
            for number, each in enumerate(kills):
                self._one(each, take_over, len(kills) - number)
                take_over = each.beside
            self._finish()
        finally:
            self._orphans.wake()
            if self._previous is not None:
                self._previous.clear()
        self._orphans.gone()
        self._compare()

    def _one(self, each: Kill, take_over: bool, left: int) -> None:
        todo = UNITS - self._published()
        reach = 1 + int(each.depth * todo / left)
        fault = self._folder / f"fault-{self._started}"
        visit = {"plan-published": 1 + int(each.depth * 3)}.get(each.point, reach if each.point in MIDDLE else 1)
        flags = Flags(each.workers, take_over, f"{each.point}:{visit}:{fault}" if each.point else "")
        due = self._published() + reach

        def strikes() -> bool:
            if each.point:
                return (fault / f"{each.point}.{visit}").exists()
            return self._published() >= due

        build = self._start(flags, strikes)
        if build.process.poll() is None and strikes():
            self._strike(build, each)
        elif build.process.poll() == 0:
            self.missed.append(each)  # it was done before
            return
        self._previous = build
        self.tally.kills[each.victim, each.where] += 1
        if each.victim in ("command", "all"):
            self._await_previous(-9)

    def _strike(self, build: Build, each: Kill) -> None:
        """Kill by hand; at a fault point the process that reached it has killed itself."""
        if not each.point or each.victim == "all":
            wake = self._published() + 1 + int(each.depth * 20) if each.frozen else None
            self._orphans.add(kill(build, each.victim, each.frozen), wake)

    def _start(self, flags: Flags, until: Callable[[], bool]) -> Build:
        """Start a build and follow it to a moment or its end; once more where the last command still held the lock."""
        build = self._follow(flags, until)
        if build.refused():
            self.tally.refused += 1
            self._await_previous(WORKER_DIED)
            build = self._follow(flags, until)
        self._await_previous(WORKER_DIED)
        return build

    def _follow(self, flags: Flags, until: Callable[[], bool]) -> Build:
        build = Build(self._recipe, self._out, flags, self._folder / f"{self._started}.log")
        self._started += 1
        deadline = time.monotonic() + HANGS_S
        while build.process.poll() is None and not until():
            self.tally.woken += self._orphans.wake(self._published())
            if time.monotonic() > deadline:
                said = build.said()[-2000:]
                build.clear()
                raise Wrong(f"a build hangs for {HANGS_S:.0f} s:\n{said}")
            time.sleep(TICK_S)
        return build

    def _await_previous(self, expected: int) -> None:
        """The command whose driver or worker was killed has to notice and say so."""
        if self._previous is None:
            return
        build, self._previous = self._previous, None
        code = build.end(60)
        if code not in (expected, 0):  # 0: what was killed had just done its work
            raise Wrong(f"a build ended with exit status {code} where {expected} was due:\n{build.said()[-3000:]}")

    def _finish(self) -> None:
        build = self._start(Flags(1), lambda: False)
        if build.end() != 0:
            raise Wrong(f"the last build ended with exit status {build.process.returncode}:\n{build.said()[-3000:]}")

    def _compare(self) -> None:
        found = tree(self._out)
        if found != self._undisturbed:
            names = sorted(
                name
                for name in found.keys() | self._undisturbed.keys()
                if found.get(name) != self._undisturbed.get(name)
            )
            raise Wrong(f"{len(names)} files differ from the undisturbed build: {', '.join(names[:10])}")

    def _published(self) -> int:
        try:
            return sum(1 for _ in (self._out / "rows").iterdir())
        except FileNotFoundError:
            return 0


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

"""One folder that is built through several kills, and compared at the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.kills import MIDDLE, Kill, Tally
from bench.victims import HANGS_S, TICK_S, Build, Flags, Orphans, Wrong, kill
from tests.support.builds import tree

WORKER_DIED = 4
PLAN_PARTS = 4


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
        self._units = sum(1 for name in site.undisturbed if name.startswith("rows/"))
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
            last = self._start(Flags(1), lambda: False)
            if last.end() != 0:
                raise Wrong(f"the last build ended with exit status {last.process.returncode}:\n{last.said()[-3000:]}")
        finally:
            self._orphans.wake()
            if self._previous is not None:
                self._previous.clear()
        self._orphans.gone()
        found, wanted = tree(self._out), self._undisturbed
        if found != wanted:
            names = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
            raise Wrong(f"{len(names)} files differ from the undisturbed build: {', '.join(names[:10])}")

    def _one(self, each: Kill, take_over: bool, left: int) -> None:
        todo = self._units - self._published()
        reach = 1 + int(each.depth * todo / left)
        fault = self._folder / f"fault-{self._started}"
        visit = {"plan-published": 1 + int(each.depth * PLAN_PARTS)}.get(
            each.point, reach if each.point in MIDDLE else 1
        )
        flags = Flags(each.workers, take_over, f"{each.point}:{visit}:{fault}" if each.point else "")
        due = self._published() + reach

        def strikes() -> bool:
            if each.point:
                return (fault / f"{each.point}.{visit}").exists()
            return self._published() >= due

        build = self._start(flags, strikes)
        if build.process.poll() is None and strikes():
            if not each.point or each.victim == "all":  # at a fault point the process that reached it has killed itself
                wake = self._published() + 1 + int(each.depth * 20) if each.frozen else None
                self._orphans.add(kill(build, each.victim, each.frozen), wake)
        elif build.process.poll() == 0:
            self.missed.append(each)  # it was done before
            return
        self._previous = build
        self.tally.kills[each.victim, each.where] += 1
        if each.victim in ("command", "all"):
            self._await_previous(-9)

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

    def _published(self) -> int:
        try:
            return sum(1 for _ in (self._out / "rows").iterdir())
        except FileNotFoundError:
            return 0

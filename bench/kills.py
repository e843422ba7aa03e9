"""Which kills, of whom, where, in which order: the plan of :mod:`bench.kill`, and the tally of what was done."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

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
        victim, several = [("worker", workers), ("driver", 1), ("all", 1)][turn % 3]
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

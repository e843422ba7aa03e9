"""``ieiw plan``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ieiw.apps.console import AsJson, Changes, print_json, print_table, say
from ieiw.triplets.errors import human_bytes, human_time

if TYPE_CHECKING:
    from ieiw.pipelines.planning.estimate import Estimate

_SETS = 4  # evaluation sets that are named in a line


def plan(
    recipe: Annotated[Path, typer.Argument(help="The recipe, a YAML file.", show_default=False)],
    out: Annotated[str, typer.Option("--out", help="Write the plan here, for `ieiw build` to go on from.")] = "",
    changes: Changes = None,
    as_json: AsJson = False,
) -> None:
    """Count records, triplets, bytes and time of a recipe before anything runs, and say what is missing on disk."""
    from ieiw.apps.model_roles import players
    from ieiw.pipelines.planning.estimate import estimate
    from ieiw.pipelines.recipe.check import problems, raise_all
    from ieiw.pipelines.recipe.components import Components
    from ieiw.pipelines.recipe.load import load_recipe
    from ieiw.pipelines.recipe.root_search import located

    given = load_recipe(recipe, changes or ())
    components = Components(located(given))
    loaded = components.recipe
    lines, roles = estimate(components, out), players(loaded.backends)
    if as_json:
        found = {
            "out": out,
            "sources": [line.model_dump() for line in lines],
            "epoch": sum(line.epoch for line in lines),
            "models": [asdict(player) for player in roles],
        }
        print_json(found)
    else:
        _show(lines)
        print_table(
            "Models", ["role", "backend", "weights"], [[each.role, each.backends, each.weights] for each in roles]
        )
        for before, after in zip(given.sources, loaded.sources, strict=True):
            if before.root != after.root:
                say(f"{after.name}: found in {after.root}")
    missing = problems(components) | {line.name: line.missing for line in lines if line.missing}
    raise_all(list(missing.values()))  # all that is missing at once, evaluation sets of `hold_out` included
    if not as_json:
        say(
            f"written to {out}; build it: ieiw build {recipe} --out {out}"
            if out
            else "nothing was written (give --out to keep it)"
        )


def _show(lines: Sequence[Estimate]) -> None:
    """The table, what an epoch comes to, and which evaluation sets may share pictures."""
    mixed = any(line.weight != 1 or line.expected is not None for line in lines)
    columns = ["source", "records", "attempts", "faulty", "triplets", "units", "size", "time"]
    if mixed:
        columns += ["published", "weight", "samples an epoch"]
    print_table("Plan", columns, [_row(line, mixed) for line in lines])
    whole = [line for line in lines if not line.missing]
    for line in whole:
        if line.lacking:
            say(f"{line.name}: the file of its first record is not there: {line.lacking}. Are all archives unpacked?")
    time, size = sum(line.core_seconds for line in whole), sum(line.bytes for line in whole)
    if whole:
        triplets = sum(line.triplets for line in whole)
        say(f"in all: up to {triplets:,} triplets, about {human_bytes(size)} and {human_time(time)} on one core")
    if mixed:
        counted = "; sources that are not there count as published" if len(whole) < len(lines) else ""
        say(
            f"an epoch, each source's triplets times its weight: {sum(line.epoch for line in lines):,} samples{counted}"
        )
    _show_sharing(
        {line.name: line.unheld for line in whole},
        "may show pictures of evaluation sets that `hold_out` does not name",
    )
    _show_sharing(
        {line.name: line.alike for line in whole},
        "may show pictures of evaluation sets under other numbers, which only their looks tell: name the sets in `hold_out` "
        "with `distance: 6`, or in the cut rule `decontaminate`",
    )


def _show_sharing(found: Mapping[str, Sequence[str]], what: str) -> None:
    """One line for the sources that may show pictures of evaluation sets."""
    sharing = {name: sets for name, sets in found.items() if sets}
    if not sharing:
        return
    sets = list(dict.fromkeys(name for each in sharing.values() for name in each))
    more = f" and {len(sets) - _SETS} more, see --json" if len(sets) > _SETS else ""
    parts = sorted(text.rpartition(" ") for text in sets[:_SETS])
    by_set = ", ".join(  # `refcoco val, refcoco testA` -> `refcoco (val, testA)`
        f"{name} ({', '.join(split for *_, split in splits)})"
        for name, splits in groupby(parts, key=lambda part: part[0])
    )
    say(f"{', '.join(sharing)}: {what}: {by_set}{more}")


def _row(line: Estimate, mixed: bool) -> list[object]:
    counts: list[object] = [line.records, line.attempts, line.faults, line.triplets, line.units]
    row = [line.name, *counts, human_bytes(line.bytes), human_time(line.core_seconds)]
    if line.missing:
        row = [line.name, *["-"] * 6, "see below"]
    if mixed:
        row += ["-" if line.expected is None else f"{line.expected:,}", f"{line.weight:g}", f"{line.epoch:,}"]
    return row

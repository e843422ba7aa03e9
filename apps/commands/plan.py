"""``ieiw plan``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ieiw.apps.console import AsJson, Changes, print_json, print_table, say
from ieiw.triplets.errors import human_bytes, human_time

if TYPE_CHECKING:
    from ieiw.apps.model_roles import Player
    from ieiw.pipelines.planning.estimate import Estimate
    from ieiw.pipelines.recipe.components import Components
    from ieiw.pipelines.replacement.measure import Measured

_SETS = 4  # evaluation sets that are named in a line
_UNHELD, _ALIKE = attrgetter("unheld"), attrgetter("alike")


def plan(
    recipe: Annotated[Path, typer.Argument(help="The recipe, a YAML file.", show_default=False)],
    out: Annotated[str, typer.Option("--out", help="Write the plan here, for `ieiw build` to go on from.")] = "",
    sample: Annotated[
        int, typer.Option(min=0, help="Make so many replacements here and now, to tell what each step takes.")
    ] = 0,
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
    missing = problems(components) | {line.name: line.missing for line in lines if line.missing}
    measured = {} if missing else _measured(components, sample)
    if as_json:
        found = {
            "out": out,
            "sources": [line.model_dump() for line in lines],
            "epoch": sum(line.epoch for line in lines),
            "models": [asdict(player) for player in roles],
            "measured": {name: [asdict(each) for each in steps] for name, steps in measured.items()},
        }
        print_json(found)
    else:
        _show(lines)
        if models := [_model(each, missing) for each in roles if each.chosen]:
            print_table("Models", ["role", "backend", "weights"], models)
        for before, after in zip(given.sources, loaded.sources, strict=True):
            if before.root != after.root:
                say(f"{after.name}: found in {after.root}")
        for line in lines:
            if line.name in measured:
                _show_measured(components, line, measured[line.name])
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
    columns = ["source", "records", "attempts", "rejected", "triplets", "units", "size", "time"]
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
    _show_refused(lines)
    _show_sharing(whole)


def _measured(components: Components, sample: int) -> dict[str, list[Measured]]:
    """Source -> what each step of its replacements took a few attempts."""
    from ieiw.builders.catalogue import REPLACEMENT
    from ieiw.pipelines.replacement.measure import measure

    sources = [each.name for each in components.recipe.sources if REPLACEMENT in each.tasks]
    return {name: measure(components, name, sample) for name in sources} if sample else {}


def _show_measured(components: Components, line: Estimate, steps: Sequence[Measured]) -> None:
    """What that comes to for all attempts of the source."""
    rows, left = [], line.triplets / len(components.recipe.source(line.name).tasks)
    for each in steps:
        rows.append([each.step, each.device, f"{each.seconds:.2f} s", f"{left:,.0f}", human_time(left * each.seconds)])
        left *= each.standing / max(1, each.attempts)
    title = f"Replacement, {line.name}: {steps[0].attempts} attempts were made; all would come to {left:,.0f} triplets"
    print_table(title, ["step", "device", "each", "attempts", "in all, on one device"], rows)


def _model(player: Player, missing: Mapping[str, str]) -> list[object]:
    told_below = f"backends {player.role}" in missing
    return [player.role, player.backends, "see below" if told_below else player.weights]


def _show_refused(lines: Sequence[Estimate]) -> None:
    """What is known to make no triplet, by reason; and which variants add nothing."""
    reasons = [[line.name, reason, count] for line in lines for reason, count in line.refused.items()]
    if reasons:
        print_table("Known to be rejected", ["source", "reason", "attempts"], reasons)
    for line in lines:
        tasks = ", ".join(f"{share:.0%} of {task}" for task, share in line.repeated.items())
        if tasks:
            say(
                f"{line.name}: variants of its first records equal one another ({tasks}) and will be rejected as "
                "same_as_another; fewer `variants` would repeat less"
            )


def _show_sharing(lines: Sequence[Estimate]) -> None:
    """Which sources may show pictures of which evaluation sets: the sources, and the way out, are named once."""
    unheld, alike = ({line.name: found for line in lines if (found := sets(line))} for sets in (_UNHELD, _ALIKE))
    names = [line.name for line in lines if line.name in {*unheld, *alike}]
    if not names:
        return
    say(f"may show pictures of evaluation sets that `hold_out` does not name: {', '.join(names)}")
    if unheld:
        say(f"  {_by_set(unheld)}")
    if alike:
        ways = "which only their looks tell, by `distance: 6` in `hold_out` or the cut rule `decontaminate`"
        say(f"  under other numbers, {ways}: {_by_set(alike)}")


def _by_set(found: Mapping[str, Sequence[str]]) -> str:
    """``refcoco val, refcoco testA`` -> ``refcoco (val, testA)``."""
    sets = list(dict.fromkeys(name for each in found.values() for name in each))
    more = f" and {len(sets) - _SETS} more, see --json" if len(sets) > _SETS else ""
    parts = sorted(text.rpartition(" ") for text in sets[:_SETS])
    groups = groupby(parts, key=lambda part: part[0])
    return ", ".join(f"{name} ({', '.join(split for *_, split in splits)})" for name, splits in groups) + more


def _row(line: Estimate, mixed: bool) -> list[object]:
    counts: list[object] = [line.records, line.attempts, line.faults, line.triplets, line.units]
    row = [line.name, *counts, human_bytes(line.bytes), human_time(line.core_seconds)]
    if line.missing:
        row = [line.name, *["-"] * 6, "see below"]
    if mixed:
        row += ["-" if line.expected is None else f"{line.expected:,}", f"{line.weight:g}", f"{line.epoch:,}"]
    return row

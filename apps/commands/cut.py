"""``ieiw cut``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ieiw.apps.console import AsJson, Bar, Out, print_json, print_table, say

if TYPE_CHECKING:
    from ieiw.pipelines.cut.compare import Comparison
    from ieiw.triplets.layout.cut_state import CutState


def cut(
    build: Annotated[str, typer.Argument(help="Folder or URL of a complete, scored build.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Name of the cut.", show_default=False)],
    rule: Annotated[
        Path | None, typer.Option("--rule", help="Rule file (YAML); the default rules without one.")
    ] = None,
    materialise: Annotated[
        bool, typer.Option("--materialise", help="Copy the kept samples into shards of its own.")
    ] = False,
    against: Annotated[
        str, typer.Option("--compare", metavar="OTHER", help="Compare with another cut of this build.")
    ] = "",
    out: Out = "",
    as_json: AsJson = False,
) -> None:
    """Choose triplets by rules: a view in seconds, or new shards. The same rules again change nothing."""
    from ieiw.filters.rule_set import load_rules
    from ieiw.pipelines.cut.compare import compare
    from ieiw.pipelines.cut.default_rules import DEFAULT
    from ieiw.pipelines.cut.run import cut as make_cut
    from ieiw.triplets.layout.borrowed import borrow
    from ieiw.triplets.layout.cut_state import load_cut
    from ieiw.triplets.storage.store import open_store

    build = borrow(build, out) if out else build
    store = open_store(build)
    if against:
        load_cut(store, against)  # a wrong name is refused before the work, not after it
    rules = load_rules(rule) if rule else DEFAULT
    say(f"cutting {build} into {name} by {rule or 'the default rules'}")
    bar = Bar("copying")
    with bar.shown():
        state = make_cut(build, name, rules, materialise=materialise, report=bar.update)
    comparison = compare(store, name, against) if against else None
    if as_json:
        growing = {"shards", "files", "sources", "index_sha256"}  # with the build
        summary = state.model_dump(mode="json", exclude=growing)
        print_json(summary | ({"compared": asdict(comparison)} if comparison else {}))
        return
    show_funnel(state)
    if comparison:
        show_comparison(comparison)
    if state.emptied:
        say(f"nothing is left of {', '.join(state.emptied)}: rules can be limited with `tasks` and `sources`")
    say(
        f"{state.train:,} for training, {state.validation:,} for validation; see {store.location}/cuts/{name}/README.md"
    )


def show_funnel(state: CutState) -> None:
    """Print what each rule dropped."""
    rows: list[list[object]] = [["built", "", 0, 0, state.candidates]]
    for step in state.funnel:
        more = f" … {len(step.bounds) - 3:,} more" if len(step.bounds) > 3 else ""
        rows.append([step.rule, step.limits(3) + more, step.dropped, step.undefined, step.left])
    print_table(f"Cut {state.name}", ["rule", "keeps", "dropped", "no value", "left"], rows)


def show_comparison(found: Comparison) -> None:
    """Print what two cuts share, and which rule made each difference."""
    shares = [("all", found.total), *found.sources.items(), *found.tasks.items()]
    rows = [[name, share.both, share.only_a, share.only_b] for name, share in shares]
    print_table("Compared", ["rows", "in both", f"only {found.a}", f"only {found.b}"], rows)
    reasons = [
        [f"only {here}", f"{there}: {rule}", count, ", ".join(examples[rule][:2])]
        for here, there, counts, examples in (
            (found.a, found.b, found.dropped_by_b, found.examples_a),
            (found.b, found.a, found.dropped_by_a, found.examples_b),
        )
        for rule, count in counts.items()
    ]
    if reasons:
        print_table("Why", ["rows", "dropped by", "count", "for example"], reasons)

"""``ieiw build``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ieiw.apps.console import AsJson, Bar, Changes, print_json, print_table, say
from ieiw.triplets.errors import counted, human_bytes

if TYPE_CHECKING:
    from ieiw.pipelines.build.run import Result


def build(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(help="The recipe, a YAML file.", show_default=False)],
    out: Annotated[str, typer.Option("--out", help="Folder or URL (s3://…) of the build.", show_default=False)],
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = os.cpu_count() or 1,
    gpu_workers: Annotated[
        int, typer.Option(min=1, help="Worker processes of steps whose model is on a GPU, such as painting.")
    ] = 1,
    changes: Changes = None,
    retry_rejects: Annotated[
        str, typer.Option(metavar="REASON", help="Try the rejects of this reason again, `any` for all of them.")
    ] = "",
    replace: Annotated[
        list[str] | None,
        typer.Option(metavar="SOURCE", help="Build a source again that has changed; its old triplets go."),
    ] = None,
    take_over: Annotated[bool, typer.Option(help="Build although another driver holds the lock.")] = False,
    disk_check: Annotated[bool, typer.Option(help="Refuse to start where the disk is too small.")] = True,
    as_json: AsJson = False,
) -> None:
    """Make every triplet of a recipe; stop it and run it again at will.

    Flags that are not listed here go to Beam unchanged (--runner=…, --job_endpoint=…, --setup_file=…).
    """
    from ieiw.pipelines.build.run import Options
    from ieiw.pipelines.build.run import build as run_build
    from ieiw.pipelines.recipe.load import load_recipe

    options = Options(
        workers=workers,
        gpu_workers=gpu_workers,
        beam_args=tuple(context.args),
        replace=frozenset(replace or ()),
        retry_rejects=retry_rejects,
        take_over=take_over,
        disk_check=disk_check,
    )
    loaded = load_recipe(recipe, changes or ())
    say(f"building {', '.join(source.name for source in loaded.sources)} with {counted(workers, 'worker')} into {out}")
    bar = Bar()
    with bar.shown():
        result = run_build(loaded, out, options, bar.update)
    if as_json:
        print_json(summary(result, out))
    else:
        show(result, out)


def summary(result: Result, out: str) -> dict[str, Any]:
    """The result as JSON values."""
    return {
        "out": out,
        "state": result.state.state,
        "worked": result.worked,
        "unchanged": list(result.unchanged),
        "seconds": round(result.progress.seconds, 1),
        "quarantined_units": result.progress.quarantined,
        "backends": result.state.backends,
        "sources": {name: counts.model_dump() for name, counts in result.state.counts.items()},
    }


def show(result: Result, out: str) -> None:
    """The result as a table."""
    if not result.worked:
        say("nothing to do: the build is complete")
    for name in result.unchanged:
        say(
            f"--replace {name}: recipe and data are what they were when it was planned, so nothing of it is built again"
        )
    counts = result.state.counts
    rows = [[name, c.attempts, c.built, c.rejected, c.shards, human_bytes(c.shard_bytes)] for name, c in counts.items()]
    print_table("Built", ["source", "attempts", "triplets", "rejects", "shards", "size"], rows)
    reasons = [[name, reason, n] for name, c in counts.items() for reason, n in c.reasons.items()]
    if reasons:
        print_table("Rejects", ["source", "reason", "attempts"], reasons)
    for role, backend in result.state.backends.items():
        flag = " – a stand-in, not the model of the paper" if backend.get("stand_in") == "yes" else ""
        say(f"{role}: {backend['name']}{flag}")
    if result.progress.quarantined:
        units = counted(result.progress.quarantined, "unit")
        say(f"set aside since they killed their worker again and again (worker_died): {units}")
    say(f"result: {out}    check it: ieiw lint {out}    look at it: ieiw inspect {out} --sheet sheet.png")

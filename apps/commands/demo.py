"""``ieiw demo``: the whole product from end to end on scenes the project draws itself."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ieiw.apps.console import Bar, say

if TYPE_CHECKING:
    from ieiw.triplets.layout.build_state import BuildState
    from ieiw.triplets.layout.recipe import Recipe

STEPS = 9
CUT = "default"
PAIRS = 24


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder for everything the demo makes.")] = Path("demo-out"),
    count: Annotated[int, typer.Option(min=20, help="Scenes to draw.")] = 120,
    seed: Annotated[int, typer.Option(help="Of scenes, build and training.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = os.cpu_count() or 1,
) -> None:
    """Scenes, a gallery, plan, build, lint, score, cut, audit, a short training, three edits."""
    from ieiw.apps.audit.page import write
    from ieiw.apps.commands.cut import show_funnel
    from ieiw.apps.sheet import choose, contact_sheet
    from ieiw.filters.rule_set import Split
    from ieiw.pipelines.audit.run import Options, audit
    from ieiw.pipelines.cut.default_rules import DEFAULT
    from ieiw.pipelines.cut.run import cut
    from ieiw.pipelines.engine.run import RunOptions
    from ieiw.pipelines.scoring.run import score
    from ieiw.triplets.storage.store import open_store

    started = time.monotonic()
    build_folder = out / "build"
    _scenes(out / "scenes", count, seed, workers)
    _gallery(out, workers)
    state = _build(_recipe(out, seed), build_folder, workers)
    _lint(build_folder, workers)
    _step(5, "scoring every picture and pair")
    bar = Bar("scoring")
    with bar.shown():
        score(str(build_folder), options=RunOptions(workers=workers), report=bar.update)
    _step(6, "choosing triplets by the default rules")
    # A tenth for validation instead of a fiftieth: of so few pictures that would be one or two.
    rules = DEFAULT.model_copy(update={"split": Split(validation=0.1)})
    show_funnel(cut(str(build_folder), CUT, rules))
    _step(7, "writing the audit page")
    store = open_store(build_folder)
    page = build_folder / write(store, audit(str(build_folder), CUT), Options()).page
    model = _train(out)
    _step(9, "three edits of pictures that the training never saw")
    from ieiw.apps.edit_samples import edit_sheet

    edits = edit_sheet(store, CUT, model, out / "edits.png")
    sheet = contact_sheet(store, state, choose(store, state, 16, seed), out / "contact-sheet.png")
    say(f"\ndone in {time.monotonic() - started:.0f} s. Look at:")
    for what, path in (("contact sheet", sheet), ("audit page", page.resolve()), ("edits", edits)):
        say(f"  {what:14}{path}")
    if sys.stdout.isatty() and os.environ.get("DISPLAY"):
        typer.launch(str(page))


def _step(number: int, what: str) -> None:
    say(f"{number}/{STEPS} {what}")


def _scenes(folder: Path, count: int, seed: int, workers: int) -> None:
    from ieiw.synthetic import make_scenes
    from ieiw.synthetic.pairs import write_pairs
    from ieiw.synthetic.rooms_and_pets import write_rooms_and_pets

    if (folder / "truth" / "scenes.jsonl").exists():
        _step(1, f"scenes are there already: {folder}")
    else:
        _step(1, f"drawing {count} scenes into {folder}")
        make_scenes(folder, count, seed, workers=workers)
    if not (folder / "Oxford-IIIT-Pet" / "annotations" / "trainval.txt").exists():  # what is written last
        write_pairs(folder, PAIRS, seed)
        write_rooms_and_pets(folder, PAIRS, seed)


def _gallery(out: Path, workers: int) -> None:
    """The things of all scenes, for replacements to be chosen from."""
    from ieiw.pipelines.engine.run import RunOptions
    from ieiw.pipelines.gallery.indexing import Means
    from ieiw.pipelines.gallery.regions.run import build_regions
    from ieiw.triplets.layout.regions import RegionRecipe
    from ieiw.triplets.settings.yaml_file import load_settings

    recipe = load_settings(RegionRecipe, _shipped(out, "galleries/demo.yaml", "gallery.yaml"), "recipe of a gallery")
    _step(2, f"gathering the scenes' things into the gallery {out / 'regions'}")
    filled, _ = build_regions(
        recipe, str(out / "regions"), "descriptor", means=Means(options=RunOptions(workers=workers))
    )
    say(f"    {filled.note.count:,} regions")


def _shipped(out: Path, name: str, to: str) -> Path:
    """A recipe that comes with the program, left in ``out`` with its roots there, for the reader to change."""
    from importlib.resources import files

    text = files("ieiw.recipes").joinpath(name).read_text(encoding="utf-8").replace("demo-out/", f"{out}/")
    (out / to).write_text(text, encoding="utf-8")
    return out / to


def _recipe(out: Path, seed: int) -> Recipe:
    from ieiw.pipelines.recipe.load import load_recipe

    return load_recipe(_shipped(out, "demo.yaml", "demo.yaml"), [f"seed={seed}"])


def _build(recipe: Recipe, folder: Path, workers: int) -> BuildState:
    from ieiw.apps.commands.build import show
    from ieiw.pipelines.build.run import Options, build
    from ieiw.pipelines.planning.estimate import estimate

    lines = estimate(recipe, str(folder))
    attempts, units = sum(line.attempts for line in lines), sum(line.units for line in lines)
    _step(3, f"building {attempts:,} attempts of {len(lines)} sources in {units} units into {folder}")
    bar = Bar()
    with bar.shown():
        result = build(recipe, folder, Options(workers=workers), bar.update)
    show(result, str(folder))
    return result.state


def _lint(folder: Path, workers: int) -> None:
    from ieiw.pipelines.lint.run import lint

    _step(4, "counting everything again from the files")
    found = lint(folder, workers=workers)
    if not found.ok:
        say("\n".join(f"{finding.kind}: {finding.where}: {finding.detail}" for finding in found.findings))
        raise typer.Exit(1)
    say("    the books balance, every digest is right")


def _train(out: Path) -> Path:
    """A minute of training with the settings of the file that is left in ``out`` for the reader to change."""
    from importlib.resources import files

    from ieiw.train.config import load_train_config
    from ieiw.train.loop import train

    text = files("ieiw.recipes").joinpath("train-demo.yaml").read_text(encoding="utf-8")
    stage = out / "train.yaml"
    stage.write_text(text, encoding="utf-8")
    changes = [f"out={out / 'train'}", f"data.build={out / 'build'}", f"data.cut={CUT}"]
    settings = load_train_config(stage, changes)
    _step(8, f"training a small model on the cut, straight from the shards, as {stage} says")
    outcome = train(settings, say)
    losses = list(outcome.validation.values())
    if losses:
        say(f"    validation loss {losses[0]:.4f} -> {losses[-1]:.4f} ({losses[-1] / losses[0] - 1:+.0%})")
    return Path(settings.out)

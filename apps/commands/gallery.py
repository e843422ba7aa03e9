"""``ieiw gallery``: build, regions, add, import, remove, info, search."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ieiw.apps.console import AsJson, Bar, Changes, chosen, print_json, print_table, say

if TYPE_CHECKING:
    from ieiw.pipelines.gallery.indexing import Means
    from ieiw.pipelines.gallery.run import Filled
    from ieiw.triplets.layout.gallery import Note

app = typer.Typer(no_args_is_help=True, help="Vectors to search among: by a picture, a text or an id.")
Place = Annotated[str, typer.Argument(metavar="GALLERY", help="Folder of the gallery.", show_default=False)]
Build = Annotated[str, typer.Argument(help="Folder or URL of an embedded build.", show_default=False)]
To = Annotated[str, typer.Option("--to", metavar="GALLERY", help="Folder of the gallery.", show_default=False)]
With = Annotated[str, typer.Option("--with", help="Embedder by name; `ieiw doctor` lists them.")]
Of = Annotated[Literal["target", "source", "all"], typer.Option("--of", help="Which pictures of the build.")]
Workers = Annotated[int, typer.Option(min=1, help="Worker processes that fill the index.")]
_ALL = os.cpu_count() or 1
_TO_BEAM = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command("build", context_settings=_TO_BEAM)
def build(
    context: typer.Context,
    build: Build,
    to: To,
    embedder: With = "clip-l14",
    of: Of = "target",
    workers: Workers = _ALL,
    as_json: AsJson = False,
) -> None:
    """Make a gallery of a build's pictures, which `ieiw embed` has embedded; stop and go on at will. Unknown flags go to Beam."""
    from ieiw.pipelines.gallery import run, sources

    with _means(context, workers) as means:
        filled = run.build(to, sources.of_build(build, embedder, of), means)
    _told(filled, to, as_json)


@app.command("regions", context_settings=_TO_BEAM)
def regions(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(help="Which data sets, and which regions are good; YAML.")],
    to: To,
    embedder: With = "clip-l14",
    changes: Changes = None,
    options: Annotated[
        list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="Of the embedder, such as weights=FILE.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes; each holds the model.")] = _ALL,
    as_json: AsJson = False,
) -> None:
    """Make a gallery of outlined things, for object replacement; stop it and run it again at will. Unknown flags go to Beam."""
    from ieiw.pipelines.gallery.regions.run import build_regions
    from ieiw.triplets.layout.regions import RegionRecipe
    from ieiw.triplets.settings.yaml_file import load_settings

    settings = chosen(options, "weights=open_clip_model.safetensors")
    made = load_settings(RegionRecipe, recipe, "recipe of a gallery", changes=changes or (), example="margin=0.1")
    say(f"regions of {', '.join(source.name for source in made.sources)} with {embedder} into {to}")
    with _means(context, workers) as means:
        filled, found = build_regions(made, to, embedder, settings, means)
    if as_json:
        counts = {"kept": found.kept, "refused": {name: dict(why) for name, why in found.refused.items()}}
        return print_json(_summary(filled.note) | counts)
    rows = [[name, reason, count] for name, why in found.refused.items() for reason, count in why.most_common()]
    if rows:
        print_table("Refused", ["source", "reason", "regions"], rows)
    kept = ", ".join(f"{count:,} of {name}" for name, count in found.kept.items())
    say(f"{to}: {filled.note.count:,} regions ({kept}), searched by {filled.note.index.string}")
    return None


@app.command("add", context_settings=_TO_BEAM)
def add(
    context: typer.Context,
    build: Build,
    to: To,
    of: Of = "target",
    workers: Workers = _ALL,
    as_json: AsJson = False,
) -> None:
    """Put the pictures of another embedded build into a gallery; those it holds already are left out. Unknown flags go to Beam."""
    from ieiw.pipelines.gallery import run, sources
    from ieiw.triplets.layout.gallery import open_gallery

    embedder = open_gallery(to).note.embedder["embedder"]
    with _means(context, workers) as means:
        filled = run.add(to, sources.of_build(build, embedder, of), means)
    _told(filled, to, as_json)


@app.command("import", context_settings=_TO_BEAM)
def import_set(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(help="Folder that holds img_emb/*.npy and metadata/*.parquet.")],
    to: To,
    embedder: Annotated[str, typer.Option("--with", help="Embedder that the set was made by.")],
    weights: Annotated[str, typer.Option(help="Its weights, so that the gallery remembers their digest.")] = "",
    ids: Annotated[str, typer.Option(help="Column that holds ids; the first of the usual ones if not given.")] = "",
    workers: Workers = _ALL,
    as_json: AsJson = False,
) -> None:
    """Make a gallery of a published embedding set (clip-retrieval, LAION), or add it to one. Unknown flags go to Beam."""
    from ieiw.pipelines.gallery import published, run
    from ieiw.triplets.layout.gallery import gallery_store, read_note

    filling = published.of_folder(folder, published.stated(embedder, weights), ids)
    note = read_note(gallery_store(to))
    fill = run.build if note is None or note.inputs == filling.inputs else run.add
    with _means(context, workers) as means:
        filled = fill(to, filling, means)
    _told(filled, to, as_json)


@app.command("remove", context_settings=_TO_BEAM)
def remove(
    context: typer.Context,
    gallery: Place,
    sha256: Annotated[
        list[str] | None, typer.Option("--sha256", metavar="HEX", help="A picture by its file's digest.")
    ] = None,
    ids: Annotated[list[str] | None, typer.Option("--id", help="A vector by its id, where that is no digest.")] = None,
    workers: Workers = _ALL,
    as_json: AsJson = False,
) -> None:
    """Take vectors out of a gallery, and make its index anew; kill it and run it again at will. Unknown flags go to Beam."""
    from ieiw.pipelines.gallery import removal

    with _means(context, workers) as means:
        done = removal.remove(gallery, {*(each.lower() for each in sha256 or ()), *(ids or ())}, means)
    if as_json:
        print_json(_summary(done.note) | {"removed": done.removed, "absent": done.absent})
        return
    left_out = f", {done.absent:,} not in it" if done.absent else ""
    say(f"{done.removed:,} vectors removed{left_out}")
    say(f"{gallery}: {done.note.count:,} vectors, searched by {done.note.index.string}")


@app.command("info")
def info(
    gallery: Place,
    check: Annotated[bool, typer.Option("--check", help="Hold every file against its digest.")] = False,
    as_json: AsJson = False,
) -> None:
    """What a gallery holds, and by which index it is searched."""
    from ieiw.triplets.layout.gallery import open_gallery

    opened = open_gallery(gallery)
    if check:
        opened.check_files()
    if as_json:
        return print_json(_summary(opened.note))
    told = {name.replace("_", " "): value for name, value in _summary(opened.note).items()}
    print_table("Gallery", ["", ""], [[name, _in_words(value)] for name, value in told.items()])
    return None


@app.command("search")
def search(
    gallery: Place,
    picture: Annotated[str, typer.Option(help="A picture file to look for.")] = "",
    text: Annotated[str, typer.Option(help="A text to look for, with an embedder of both.")] = "",
    of: Annotated[str, typer.Option("--id", help="A vector of the gallery to look for, by its id.")] = "",
    k: Annotated[int, typer.Option("-k", "--count", min=1, help="How many to find.")] = 10,
    changes: Changes = None,
    as_json: AsJson = False,
) -> None:
    """The nearest vectors of a picture, a text, or one of the gallery's own; --set weights=FILE for the embedder."""
    from ieiw.pipelines.gallery.query import search as find

    options = chosen(changes, "weights=open_clip_model.safetensors")
    found = find(gallery, picture=picture, text=text, of=of, k=k, options=options)
    if as_json:
        return print_json({"found": [{"cosine": cosine, "known": known} for cosine, known in found]})
    rows = [[f"{cosine:.4f}", *map(str, known.values())] for cosine, known in found]
    print_table("Found", ["cosine", *found[0][1]], rows)
    return None


@contextmanager
def _means(context: typer.Context, workers: int) -> Iterator[Means]:
    """What a gallery is made by, while its bar is on the screen."""
    from ieiw.pipelines.engine.run import RunOptions
    from ieiw.pipelines.gallery.indexing import Means

    bar = Bar("filling the gallery")
    with bar.shown():
        yield Means(say, RunOptions(workers=workers, beam_args=tuple(context.args)), bar.update)


def _in_words(value: Any) -> str:
    """Digests are cut: people compare their heads."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {each[:12]}" for name, each in value.items()) or "none"
    return (
        {True: "yes", False: "no"}[value]
        if isinstance(value, bool)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )


def _summary(note: Note) -> dict[str, Any]:
    return {
        "vectors": note.count,
        "dimension": note.dimension,
        "embedder": note.embedder,
        "stand_in": note.stand_in,
        "metric": note.metric,
        "index": note.index.string,
        "trained_on": note.index.trained_on,
        "bytes_a_vector": round(note.index.file.size / max(note.count, 1)),
        "columns": note.columns,
        "parts": len(note.parts),
    }


def _told(filled: Filled, to: str, as_json: bool) -> None:
    counts = {"added": filled.added, "known": filled.known, "undirected": filled.undirected}
    if as_json:
        print_json(_summary(filled.note) | counts)
        return
    left = [f"{filled.known:,} known already"] * bool(filled.known)
    left += [f"{filled.undirected:,} without direction"] * bool(filled.undirected)
    kind = " (a stand-in, no trained model)" if filled.note.stand_in else ""
    say(
        f"{filled.added:,} vectors of {filled.note.embedder['embedder']}{kind} added{''.join(', ' + each for each in left)}"
    )
    say(f"{to}: {filled.note.count:,} vectors, searched by {filled.note.index.string}")

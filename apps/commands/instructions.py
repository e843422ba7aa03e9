"""``ieiw instructions``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ieiw.apps.console import AsJson, print_json, say

if TYPE_CHECKING:
    from ieiw.models.protocols import Writer


def instructions(
    kind: Annotated[str, typer.Argument(help="Which sentences: a task's name, or refer-quoted.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="The file to write, YAML.", show_default=False)],
    place: Annotated[
        str,
        typer.Option(
            "--with",
            metavar="URL|MODEL",
            help="An OpenAI-compatible endpoint, or a local model; without, the hand-written set.",
        ),
    ] = "",
    model: Annotated[str, typer.Option(help="The endpoint's model, where it has several.")] = "",
    count: Annotated[int, typer.Option(min=1, help="Templates in all.")] = 200,
    rounds: Annotated[int, typer.Option(min=1, help="Requests for each hand-written template.")] = 2,
    temperature: Annotated[float, typer.Option(min=0.01, max=2, help="Of the model's sampling.")] = 1.0,
    max_tokens: Annotated[int, typer.Option(min=1, help="Of one answer, what the model thinks included.")] = 1024,
    cache: Annotated[str, typer.Option(help="Folder of the answers. Default: the user's cache folder.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write a task's instruction templates to a file: by hand as they are, or rewritten by a language model.

    A recipe uses the file with `instructions: {TASK: FILE}`. Read it before: a model may have written what you would not say.
    """
    from ieiw.builders.instructions.expand import Budget, Expansion, document, expand
    from ieiw.builders.instructions.template_sets import hand_written
    from ieiw.triplets.storage.cache import cache_folder
    from ieiw.triplets.storage.store import open_store

    templates = list(hand_written(kind))
    author: Writer | None = None
    result = Expansion(kind, templates)
    if place:
        author = _writer(place, model, {"temperature": temperature, "max_tokens": max_tokens})
        store = open_store(cache or str(cache_folder("instructions")))
        result = expand(kind, author, store, Budget(rounds=rounds, most=count), _progress)
    written = document(result, author)
    _write(out, written)
    if as_json:
        print_json({"out": str(out), "kind": kind, "templates": len(result.templates), **written["provenance"]})
    say(f"{out}: {len(result.templates)} templates, {len(templates)} by hand")
    if result.refused:
        refused = ", ".join(f"{reason} {count:,}" for reason, count in result.refused.most_common())
        say(f"lines of the model that were refused: {refused}")
    if result.empty:
        say(f"{result.empty} answers held no word; they are asked for again by the next run")
    if result.requests:
        say(f"{result.requests} requests, {result.asked} of them asked now, the others answered before")
    say(f"read it, then use it in a recipe: instructions: {{{kind}: {out.name}}}, relative to the recipe")


def _writer(place: str, model: str, sampling: dict[str, float]) -> Writer:
    """The writer at an http address, or of a local model."""
    from ieiw.models.roles import WRITE
    from ieiw.triplets.errors import UsageError

    if "://" in place:
        return WRITE.make("endpoint", {"base": place, "model": model, **sampling})
    if model:
        raise UsageError(f"--model {model}: only endpoints have several; give the model itself with --with")
    return WRITE.make("transformers", {"model": place, **sampling})


def _progress(done: int, total: int) -> None:
    if done == total or done % 10 == 0:
        say(f"{done} of {total} requests")


def _write(out: Path, written: dict[str, object]) -> None:
    """The file, whole or not at all."""
    import yaml

    from ieiw.triplets.errors import UsageError

    text = yaml.safe_dump(written, allow_unicode=True, sort_keys=False, width=130)
    spooled = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        spooled.write_text(text, encoding="utf-8")
        spooled.replace(out)
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written ({error.strerror or error})") from error

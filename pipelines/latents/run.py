"""``ieiw latents``: what an autoencoder makes of a cut's pictures, once for all epochs; stop it and run it again at will."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ieiw.models.torch_files import torch_device
from ieiw.pipelines.engine.lock import beside
from ieiw.pipelines.engine.progress import Progress
from ieiw.pipelines.engine.run import RunOptions, check_beam_args, run_stage
from ieiw.pipelines.engine.stage import pending
from ieiw.pipelines.latents.stage import LatentStage
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.borrowed import check_writable
from ieiw.triplets.layout.build_state import check_whole, load_state
from ieiw.triplets.layout.cut_index import map_index
from ieiw.triplets.layout.cut_state import CutState, load_cut, verify_shards
from ieiw.triplets.layout.latents import folder_of, latent_units, read_header
from ieiw.triplets.layout.plan import UnitRef
from ieiw.triplets.storage.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Encoded:
    """What a run came to.

    Attributes:
        kind: how the names of the files begin.
        samples: with latents.
        set_aside: units without, because they killed their worker again and again: file -> why.
        stored_bytes: of all files of that kind.
        progress: of this run.
    """

    kind: str
    samples: int
    set_aside: Mapping[str, str]
    stored_bytes: int
    progress: Progress


def place_of(cut: str) -> tuple[str, str]:
    """Build and name of a cut, by its folder or URL.

    Raises:
        UsageError: it does not end in ``cuts/NAME``.
    """
    build, _, name = cut.rstrip("/").rpartition("/cuts/")
    if not build or "/" in name:
        raise UsageError(f"{cut}: no cut. Give its folder, such as out/cuts/NAME")
    return build, name


def encode(
    cut: str,
    model: str,
    size: int,
    *,
    twins: bool = True,
    batch: int = 8,
    device: str = "auto",
    options: RunOptions | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Encoded:
    """Encode what is not encoded yet, of the train side.

    Args:
        cut: its folder or URL, ``…/cuts/NAME``.
        model: a pipeline's folder, or its single file; its autoencoder is taken.
        size: of the square pictures, in pixels.
        twins: mirrored pictures too, where a sentence allows them.
        batch: samples at once.
        device: ``auto``, ``cpu`` or ``cuda``.
        options: workers and Beam flags; by default :func:`default_workers`.
        report: given the progress twice a second.

    Raises:
        UsageError: no such cut or model, a shard that is missing or damaged: all others are encoded, and that is kept; a take-down
            at work.
        WorkerDiedError, DriverFailedError: as for a build; what is encoded is kept.
    """
    check_beam_args(options.beam_args if options else ())
    build, name = place_of(cut)
    store = open_store(build)
    _open(store, name)  # before a model is loaded
    stage = _stage(model, size, twins, batch, device)
    check_writable(store)
    with beside(store, "latents"):
        return _encode(store, name, stage, options or RunOptions(default_workers(device)), report)


def default_workers(device: str) -> int:
    """One a core, one alone where there is a GPU.

    Raises:
        UsageError: no such device here.
    """
    return 1 if _device(device) == "cuda" else os.cpu_count() or 1


def _device(asked: str) -> str:
    try:
        return torch_device(asked)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _stage(model: str, size: int, twins: bool, batch: int, device: str) -> LatentStage:
    from ieiw.models.diffusion.components import load_vae
    from ieiw.models.diffusion.posterior import latent_side, vae_digest

    vae = load_vae(model)
    side = latent_side(vae, size)
    values = {"size": size, "side": side, "twins": twins, "batch": batch, "device": _device(device)}
    return LatentStage.model_validate({"model": str(Path(model).resolve()), "vae": vae_digest(vae), **values})


def _encode(
    store: Store, name: str, stage: LatentStage, options: RunOptions, report: Callable[[Progress], None]
) -> Encoded:
    cut = _open(store, name)
    units = latent_units(cut, map_index(store, cut, "train"))
    sizes = {unit.ref: unit.stop - unit.first for unit in units}
    refs = list(sizes)
    left = sum(sizes[ref] for ref in pending(store, stage, refs))
    _remove_older(store, stage, refs)
    progress = run_stage(store, stage, refs, options, report, items=left)
    aside = {stage.mark(ref): text for ref in refs if (text := read_header(store, stage.mark(ref)).set_aside)}
    stored = store.sizes(folder_of(name))
    return Encoded(
        kind=stage.kind.name,
        samples=sum(count for ref, count in sizes.items() if stage.mark(ref) not in aside),
        set_aside=aside,
        stored_bytes=sum(stored[stage.mark(ref).rpartition("/")[2]] for ref in refs),
        progress=progress,
    )


def _open(store: Store, name: str) -> CutState:
    if (state := load_state(store)) is not None:  # a cut can be copied without its build
        check_whole(store, state)
    cut = load_cut(store, name)
    verify_shards(store, cut.shards)
    return cut


def _remove_older(store: Store, stage: LatentStage, refs: list[UnitRef]) -> None:
    """Files of this kind whose shards the cut takes other rows of now."""
    if not refs:
        return
    folder, named = folder_of(refs[0].source), {stage.mark(ref) for ref in refs}
    for file in store.sizes(folder):
        if file.startswith(f"{stage.kind.name}-") and f"{folder}/{file}" not in named:
            store.delete(f"{folder}/{file}")

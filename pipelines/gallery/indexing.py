"""Makes the index of a gallery, shard by shard, so that a run that was killed goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ieiw.models.gallery import building
from ieiw.models.gallery.choice import K_FACTOR, NPROBE, Choice, choose
from ieiw.pipelines.engine.lock import Lock
from ieiw.pipelines.engine.progress import Progress
from ieiw.pipelines.engine.run import RunOptions, check_beam_args, run_stage
from ieiw.pipelines.gallery.shards import ShardStage
from ieiw.pipelines.gallery.sources import digest_of
from ieiw.triplets.layout.gallery import GalleryFile, IndexNote, vectors_of
from ieiw.triplets.layout.gallery_writing import publish_named
from ieiw.triplets.storage.folder import FolderStore

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Means:
    """By what a gallery is made; nothing here changes what comes out.

    Attributes:
        say: given a line about each long step.
        options: processes that fill the index, or embed, and Beam flags.
        report: given their progress twice a second.
    """

    say: Say = lambda _: None
    options: RunOptions = field(default_factory=RunOptions)
    report: Callable[[Progress], None] = lambda _: None


def writing(store: FolderStore, means: Means) -> Lock:
    """Held by whoever writes to a gallery: of two at once, each would remove what the other has begun.

    Raises:
        UsageError: when entered: another is at work; at once: Beam knows no such flag.
    """
    check_beam_args(means.options.beam_args)
    return Lock(store, take_over=None, verb="gallery")


def make_index(store: FolderStore, parts: Sequence[GalleryFile], dimension: int, means: Means) -> IndexNote:
    """An index over all parts, published; trained anew where it has cells.

    Raises:
        UsageError: a part is missing or damaged, or killed each worker that was to fill its shard.
        WorkerDiedError, DriverFailedError: as for a build; what is filled is kept.
    """
    count = sum(part.rows for part in parts)
    choice = choose(count)
    trained_on = min(choice.sample, count)
    spooled = store.spooled()
    if choice.cells:
        means.say(f"making the index {choice.string}: {choice.cells:,} cells from {trained_on:,} vectors")
        building.merge(_shards(store, parts, choice, means), spooled)
    else:
        building.flat(vectors_of(store, parts), dimension, spooled)
    return IndexNote(
        string=choice.string,
        trained_on=trained_on,
        nprobe=min(NPROBE, choice.cells),
        k_factor=K_FACTOR if choice.cells else 0,
        file=published(store, parts, spooled),
    )


def published(store: FolderStore, parts: Sequence[GalleryFile], spooled: Path) -> GalleryFile:
    """Publish a spooled index over these parts."""
    return publish_named(store, spooled, "index", ".faiss", sum(part.rows for part in parts))


def _shards(store: FolderStore, parts: Sequence[GalleryFile], choice: Choice, means: Means) -> list[Path]:
    """One index a part, in order. Cells are found here, since that cannot be shared out; what an earlier run made is kept."""
    stage = ShardStage(key=digest_of([choice.string, [part.sha256 for part in parts]])[:12], parts=tuple(parts))
    if not store.exists(stage.cells):
        spooled = store.spooled()
        count = sum(part.rows for part in parts)
        building.train(choice, building.sample(vectors_of(store, parts), count, choice.sample), spooled)
        store.publish(stage.cells, spooled)
    means.say(f"sorting {len(parts)} parts into cells")
    refs = stage.refs()
    run_stage(store, stage, refs, means.options, means.report)
    return [Path(store.location) / stage.mark(ref) for ref in refs]

"""Makes the index of a gallery, shard by shard, so that a run that was killed goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ieiw.models.gallery import building
from ieiw.models.gallery.choice import K_FACTOR, NPROBE, Choice, choose
from ieiw.pipelines.gallery.sources import digest_of
from ieiw.triplets.layout.gallery import WORK, GalleryFile, IndexNote, vectors_of
from ieiw.triplets.layout.gallery_writing import publish_named
from ieiw.triplets.storage.folder import FolderStore

Say = Callable[[str], None]


def make_index(store: FolderStore, parts: Sequence[GalleryFile], dimension: int, say: Say) -> IndexNote:
    """An index over all parts, published; trained anew where it has cells."""
    count = sum(part.rows for part in parts)
    choice = choose(count)
    trained_on = min(choice.sample, count)
    spooled = store.spooled()
    if choice.cells:
        say(f"making the index {choice.string}: {choice.cells:,} cells from {trained_on:,} vectors")
        building.merge(_shards(store, parts, choice, say), spooled)
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


def _shards(store: FolderStore, parts: Sequence[GalleryFile], choice: Choice, say: Say) -> list[Path]:
    """One index a part, in order; those that an earlier run made are taken as they are."""
    key = digest_of([choice.string, [part.sha256 for part in parts]])[:12]

    def once(name: str, make: Callable[[Path], None]) -> Path:
        name = f"{WORK}/{key}-{name}.faiss"
        if not store.exists(name):
            spooled = store.spooled()
            make(spooled)
            store.publish(name, spooled)
        return Path(store.location) / name

    def train(file: Path) -> None:
        count = sum(part.rows for part in parts)
        building.train(choice, building.sample(vectors_of(store, parts), count, choice.sample), file)

    trained = once("trained", train)

    def fill(part: GalleryFile) -> Callable[[Path], None]:
        return lambda file: building.fill(trained, vectors_of(store, [part]), file)

    say(f"sorting {len(parts)} parts into cells")
    return [once(f"{number:05d}", fill(part)) for number, part in enumerate(parts)]

"""Latents of cuts without the pictures that were taken down."""

from __future__ import annotations

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.cut_index import map_index
from ieiw.triplets.layout.cut_state import cut_file, load_cut
from ieiw.triplets.layout.latents import folder_of, latent_units, unit_name
from ieiw.triplets.storage.store import Store


def forget(store: Store) -> None:
    """Remove the files of shards that are no longer what they were, or that no cut names; the others are as good as before.

    A shard that lost a sample has another name, and so have its latents: they are made again.

    Args:
        store: of the build; its cuts are rewritten.
    """
    for name in store.folders("cuts"):
        folder = folder_of(name)
        files = store.sizes(folder)
        if not files:
            continue
        named = _named(store, name)
        for file in files:
            if file.rpartition("-")[2] not in named:
                store.delete(f"{folder}/{file}")


def _named(store: Store, name: str) -> set[str]:
    """How the names of a cut's latents may end; of one that cannot be read, all go: any may hold the picture."""
    if not store.exists(cut_file(name)):
        return set()
    try:
        state = load_cut(store, name)
        units = latent_units(state, map_index(store, state, "train"))
    except UsageError:
        return set()
    return {unit_name(unit.ref) for unit in units}

"""Galleries without what was taken down. They lie where they like, so the take-down is told of each, and remembers it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ieiw.pipelines.gallery.indexing import Say
from ieiw.pipelines.gallery.removal import held, remove
from ieiw.triplets.layout.gallery import gallery_store, read_note
from ieiw.triplets.layout.takedown import TakeDown


def located(places: Iterable[str]) -> list[str]:
    """The full path of each gallery, once: who goes on may stand elsewhere.

    Raises:
        UsageError: one is in a bucket, where no gallery is.
    """
    return list(dict.fromkeys(gallery_store(place).location for place in places))


def planned(taken: TakeDown, places: Sequence[str]) -> TakeDown:
    """The take-down with galleries to be gone through, beside those that it knows.

    Raises:
        UsageError: there is no gallery, or it is damaged. Nothing was changed.
    """
    found = {place: taken.galleries.get(place, 0) + held(place, _ids(taken)) for place in places}
    return taken.model_copy(update={"galleries": dict(sorted((taken.galleries | found).items()))})


def rewrite(taken: TakeDown, report: Say) -> None:
    """Remove the pictures from the galleries. The same again changes nothing more."""
    for place in taken.galleries:
        if read_note(gallery_store(place)) is None:  # somebody has removed it since
            report(f"{place}: there is no gallery any more")
            continue
        report(f"{place}: removing what was taken down")
        remove(place, _ids(taken))


def _ids(taken: TakeDown) -> list[str]:
    return sorted({*taken.made, *taken.pictures})

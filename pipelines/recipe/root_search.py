"""Where a data set really lies: at the recipe's ``root``, or one or two folders down, as archives bring their own top folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ieiw.builders import catalogue
from ieiw.builders.formats.dataset_root import Root
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.recipe import HoldOut, Recipe, SourceSettings
from ieiw.triplets.rejects import Refusal

_DEPTH = 2  # VOCdevkit/VOC2012
_MOST = 40  # a folder of more folders holds a data set's pictures, and its parts are no roots
_MOST_NAMES = 1000  # each is asked whether it is a folder, which takes a request in a bucket


def located(recipe: Recipe) -> Recipe:
    """The recipe with every ``root`` that holds its data set in the one folder below it replaced by that folder.

    A root that fits as it is stays, and so does one below which no folder fits, or more than one: :func:`advice` tells why.
    """
    sources = tuple(each.model_copy(update={"root": place_of(each.data_set, each)}) for each in recipe.sources)
    held = tuple(
        each if each.file else each.model_copy(update={"root": place_of(each.dataset, each)})
        for each in recipe.hold_out
    )
    return recipe.model_copy(update={"sources": sources, "hold_out": held})


def place_of(dataset: str, entry: SourceSettings | HoldOut) -> str:
    """The root of an entry, or the one folder below it in which its data set is."""
    fits = _fits(dataset, entry)
    if fits(entry.root):
        return entry.root
    found = list(_inside(entry.root, fits))
    return found[0] if len(found) == 1 else entry.root


def advice(dataset: str, entry: SourceSettings | HoldOut) -> str:
    """What a user whose root does not fit may have meant, or where the data set is to be had; empty where nobody knows."""
    fits = _fits(dataset, entry)
    found = list(_inside(entry.root, fits))
    if len(found) > 1:
        return f" It fits in several folders; give one in `root`: {', '.join(found)}."
    above = next((parent for parent in _parents(entry.root) if fits(parent)), "")
    if above:
        return f" Did you mean root: {above}?"
    missing = dataset in catalogue.DATA_SETS and not Root(entry.root).exists("")
    return f" Its site: {catalogue.DATA_SETS[dataset].site}." if missing else ""


def _fits(dataset: str, entry: SourceSettings | HoldOut) -> Callable[[str], bool]:
    """Whether the layout of the entry's data set is found at a root."""

    def fits(root: str) -> bool:
        try:
            catalogue.source(dataset, name="root", root=root, split=entry.split, options=entry.options).inputs()
        except (UsageError, Refusal):  # told in full by the check of the recipe
            return False
        return True

    return fits


def _inside(root: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """The folders below a root in which the layout is; none below one that fits."""
    level = [root]
    for _ in range(_DEPTH):
        folders = [folder for parent in level for folder in _folders(parent)]
        found = [folder for folder in folders if fits(folder)]
        yield from found
        level = [folder for folder in folders if folder not in found]


def _folders(root: str) -> list[str]:
    place = Root(root)
    try:
        names = place.names()
        folders = [name for name in names if place.names(name)] if len(names) <= _MOST_NAMES else []
    except Refusal:  # a link out of the root
        return []
    return [f"{place.location}/{name}" for name in folders] if len(folders) <= _MOST else []


def _parents(root: str) -> list[str]:
    """The two folders above a root."""
    parents = []
    for _ in range(_DEPTH):
        root = root.rstrip("/").rpartition("/")[0]
        if root and not root.endswith(("/", ":")):
            parents.append(root)
    return parents

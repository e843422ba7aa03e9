"""How often an epoch sees each source: as the build's recipe says, unless the stage file says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ieiw.train.data.dataset import OpenCut
from ieiw.triplets.errors import UsageError
from ieiw.triplets.storage.store import Store

_BUILD = "build.json"


class _Source(msgspec.Struct):
    name: str
    weight: float = 1.0


class _Recipe(msgspec.Struct):
    sources: list[_Source]


class _Build(msgspec.Struct):
    recipe: _Recipe


def mixture(cut: OpenCut, wished: Mapping[str, float]) -> dict[str, float]:
    """Source -> passes over it in an epoch, for the sources of a cut that are not seen just once.

    Args:
        cut: what is trained on; the weights of its build's recipe hold where nothing is wished.
        wished: source -> weight, as the stage file's ``data.weights``.

    Raises:
        UsageError: a source is wished for that the cut has not, or ``build.json`` is damaged.
    """
    sources = cut.state.sources
    if unknown := sorted(wished.keys() - set(sources)):
        raise UsageError(f"data.weights: {cut.where} has no source {unknown[0]!r}; it has {', '.join(sources)}")
    given = {name: weight for name, weight in recipe_weights(cut.store).items() if weight != 1 and name in sources}
    return {**given, **wished}


def recipe_weights(store: Store) -> dict[str, float]:
    """Source -> ``weight`` of the recipe that a build was made with; nothing where a cut was copied without its ``build.json``.

    Raises:
        UsageError: the file is damaged.
    """
    try:
        data = store.read(_BUILD)
    except FileNotFoundError:
        return {}
    try:
        recipe = msgspec.json.decode(data, type=_Build).recipe
    except msgspec.DecodeError as error:
        raise UsageError(f"{store.location}/{_BUILD}: {error}. Run the same `ieiw build` again") from error
    return {source.name: source.weight for source in recipe.sources}


def told(cut: OpenCut, weights: Mapping[str, float]) -> str:
    """The mixture in words."""
    if not weights:
        return f"every source of {cut.where} once an epoch"
    listed = ", ".join(f"{name} {weight:g}" for name, weight in sorted(weights.items()))
    others = "; the others once" if set(cut.state.sources) - weights.keys() else ""
    return f"passes over the sources in an epoch: {listed}{others}"

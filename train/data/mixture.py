"""How often an epoch sees each source: as the build's recipe says, unless the stage file says otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from ieiw.train.data.dataset import OpenCut
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.build_state import load_state


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
    build = load_state(cut.store)  # a cut can be copied without it
    given = {source.name: source.weight for source in build.recipe.sources} if build else {}
    return {name: weight for name, weight in given.items() if weight != 1 and name in sources} | dict(wished)


def describe(cut: OpenCut, weights: Mapping[str, float]) -> str:
    """The mixture in words."""
    if not weights:
        return f"every source of {cut.where} once an epoch"
    listed = ", ".join(f"{name} {weight:g}" for name, weight in sorted(weights.items()))
    others = "; the others once" if set(cut.state.sources) - weights.keys() else ""
    return f"passes over the sources in an epoch: {listed}{others}"

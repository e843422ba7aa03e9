"""Which files the steps of a source's replacements have: their names carry digests of all that decides what is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ieiw.pipelines.gallery.sources import digest_of
from ieiw.pipelines.recipe.components import Components
from ieiw.pipelines.recipe.fingerprint import plan_digest
from ieiw.pipelines.replacement.stage import STAGES, StepStage
from ieiw.triplets.layout.gallery import open_gallery
from ieiw.triplets.layout.replacement import FOLDER, STEPS

VERSIONS = {"retrieve": 1, "paint": 1, "caption": 1, "write": 1}
"""Raised whenever a step would make something else of the same."""


def steps_of(components: Components, source: str, inputs: Mapping[str, str]) -> Sequence[StepStage]:
    """The steps of a source, in order; each digest covers the ones before.

    Args:
        components: of the build's recipe.
        source: its name in the recipe.
        inputs: digests of its annotation files, as ``build.json`` keeps them.

    Raises:
        UsageError: no gallery, or no weights.
    """
    digest = plan_digest(components, source, dict(inputs))
    folders: list[str] = []
    stages: list[StepStage] = []
    for step in STEPS:
        digest = digest_of([digest, VERSIONS[step], _decides(components, source, step)])
        folder = f"{FOLDER}/{source}/{step}-{digest[:12]}"
        stages.append(STAGES[step](folder=folder, before=tuple(folders)))
        folders.append(folder)
    return stages


def _decides(components: Components, source: str, step: str) -> Any:
    """What a step is told, beside what the steps before made."""
    rules = components.replacement(source)
    if step == "retrieve":
        told = [rules.region.model_dump(mode="json"), rules.retrieve.model_dump(mode="json")]
        return [told, open_gallery(rules.gallery).digest, _described(components, "embed")]
    if step == "paint":
        return [rules.paint.model_dump(mode="json"), _described(components, "paint")]
    if step == "caption":
        return _described(components, "caption")
    if "write" not in components.recipe.backends:
        return components.wordings.get("replacement", ())
    return [rules.write.model_dump(mode="json"), _described(components, "write")]


def _described(components: Components, role: str) -> dict[str, str]:
    """A backend's settings. The device is one of them: GPUs round otherwise."""
    backend = components.backend(role)
    return {"name": backend.name, **backend.describe()}

"""The fingerprint of a source: a digest of all that could change its triplets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast

from ieiw.builders.catalogue import REPLACEMENT
from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.instructions.template_sets import kinds_of
from ieiw.pipelines.recipe import holdout
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.layout.gallery import open_gallery
from ieiw.triplets.layout.shards import canonical_json

_PASSING = {"root", "max_reject_share", "weight", "expected"}
"""Settings of a source that shape no triplet."""
TEMPLATES = {"name": "templates", "stand_in": "yes"}
"""Who writes where the recipe names no language model."""
_PLACES = {"gallery", "roots"}
"""Options of a replacement that say where things lie; of the gallery, its digest counts."""
FORMAT = 3
"""Raised whenever the same recipe would give other shard bytes for reasons outside source and task versions."""


def inputs(components: Components, name: str) -> dict[str, str]:
    """Annotation file -> SHA-256, for every file that decides which records a source has.

    Raises:
        UsageError: the root or a file is missing.
    """
    root = Root(components.recipe.source(name).root)
    return {file: root.fingerprint(file) for file in components.source(name).inputs()}


def backends(components: Components, *names: str) -> dict[str, dict[str, str]]:
    """Role -> name and settings of every backend that the tasks of these sources use."""
    roles = frozenset[str]().union(*map(components.roles, names))
    made = {role: components.backend(role) for role in sorted(roles)}
    found = {
        role: {"name": each.name, "stand_in": "yes" if each.stand_in else "no", **each.describe()}
        for role, each in made.items()
    }
    written = any(REPLACEMENT in components.recipe.source(name).tasks for name in names)
    return found | ({"write": TEMPLATES} if written and "write" not in roles else {})


def fingerprint(components: Components, name: str, inputs: dict[str, str]) -> str:
    """Digest of all that could change a source's triplets: parameters, inputs, versions, backends.

    Where data and gallery lie (``root``), how many rejects are borne (``max_reject_share``), and what only plans and training look
    at (``weight``, ``expected``) are not part of it. What a recipe adds to the data set (``hold_out``, ``instructions``,
    ``frame``) is absent where it adds nothing, so that other builds stay as they are.
    """
    settings = components.recipe.source(name)
    parts = _of_the_plan(components, name, inputs) | {
        "task_versions": {task: made.version for task, made in components.tasks(name).items()},
        "backends": backends(components, name),
    }
    kinds = {kind for task in settings.tasks for kind in kinds_of(task)}
    if templates := {kind: components.wordings[kind] for kind in sorted(kinds & components.wordings.keys())}:
        parts["instructions"] = templates
    if REPLACEMENT in settings.tasks:
        parts["gallery"] = open_gallery(components.replacement(name).gallery).digest
    return _digest(parts)


def plan_digest(components: Components, name: str, inputs: dict[str, str]) -> str:
    """Digest of what decides a source's attempts, their units and pictures, but nothing of how replacements are made."""
    parts = _of_the_plan(components, name, inputs)
    settings = dict(cast(Mapping[str, Any], parts["settings"]))
    options = {task: each for task, each in settings["task_options"].items() if task != REPLACEMENT}
    return _digest(parts | {"settings": settings | {"task_options": options}})


def _of_the_plan(components: Components, name: str, inputs: dict[str, str]) -> dict[str, object]:
    recipe, settings = components.recipe, components.recipe.source(name)
    passing: dict[str, Any] = dict.fromkeys(_PASSING if settings.frame else _PASSING | {"frame"}, True)
    passing["task_options"] = {REPLACEMENT: _PLACES}
    parts: dict[str, object] = {
        "format": FORMAT,
        "seed": recipe.seed,
        "image": recipe.image_of(name).model_dump(),
        "unit_bytes": recipe.unit_bytes,
        # `dataset: phrasecut` under the name phrasecut is what leaving it out means.
        "settings": settings.model_dump(mode="json", exclude=passing) | {"dataset": settings.data_set},
        "inputs": inputs,
        "source_version": components.source(name).version,
    }
    if held := holdout.relevant(recipe.hold_out, settings.data_set):
        parts["hold_out"] = [holdout.digest_of(entry) for entry in held]
    return parts


def _digest(parts: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical_json(parts).encode("utf-8")).hexdigest()

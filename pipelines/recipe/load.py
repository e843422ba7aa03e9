"""Recipes from YAML, with messages that name the line, the field and the remedy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ieiw.builders.instructions.template_sets import check_templates
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.recipe import Recipe, expanded
from ieiw.triplets.settings.yaml_file import line_of, load_settings, read_yaml

_MOST_VALUES = 100_000


def load_recipe(path: str | Path, changes: Sequence[str] = ()) -> Recipe:
    """Read a recipe and apply ``path=value`` changes (``sources.0.root=data``, ``sources.phrasecut.split=val``).

    Raises:
        UsageError: missing file, broken YAML, unknown or wrong field: names the file, the line, the field and the remedy.
    """
    path = Path(path)

    def amend(values: dict[str, Any]) -> None:
        # The build keeps the templates in its recipe: workers on other machines need no file, and what was built can be told.
        named: Any = values.get("instructions")
        for kind, place in named.items() if isinstance(named, dict) else ():
            if isinstance(place, str):
                named[kind] = read_yaml(path.parent / expanded(place), f"file of instructions for {kind}")[0]
        _check_plain(path, values)

    recipe = load_settings(Recipe, path, "recipe", changes=changes, example="image.short_side=128", amend=amend)
    for kind, wordings in recipe.instructions.items():
        try:
            check_templates(kind, wordings.templates)
        except UsageError as error:
            line = line_of(read_yaml(path, "recipe")[1], ("instructions", kind))
            raise UsageError(f"{path}, line {line}, instructions.{kind}: {error}") from error
    return recipe


def _check_plain(path: Path, values: object) -> None:
    """Refuse what JSON could not give back as it was (``build.json`` keeps the recipe): dates, number keys, cycles, NaN."""
    waiting, seen = [values], 0
    while waiting:
        value, seen = waiting.pop(), seen + 1
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif not (value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))):
            raise UsageError(f"{path}: {str(value)[:60]!r} is neither text, number, list nor mapping; put it in quotes")
        if seen > _MOST_VALUES:  # an alias inside its own anchor, or aliases of aliases
            raise UsageError(f"{path}: more than {_MOST_VALUES:,} values; resolve its aliases")

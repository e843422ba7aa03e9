"""The option blocks of a recipe, checked by pydantic with messages that name the key and the keys that are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ieiw.triplets.errors import UsageError
from ieiw.triplets.settings.yaml_file import Strict


class Options(Strict):
    """Base of option blocks."""


_Model = TypeVar("_Model", bound=BaseModel)


def parse_options(model: type[_Model], values: Mapping[str, Any], place: str) -> _Model:
    """The options of one block of a recipe.

    Args:
        model: what the block may hold.
        values: what it holds.
        place: where it stands, such as ``task_options.deblur`` or ``source gopro: options``.

    Raises:
        UsageError: an unknown key or a wrong value; the message names it and the keys that are known.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        issue = error.errors()[0]
        key = ".".join([place, *(str(step) for step in issue["loc"])])
        known = ", ".join(model.model_fields) or "none"
        if issue["type"] == "extra_forbidden":
            remedy = "mend its spelling" if model.model_fields else "leave the block out"
            raise UsageError(f"{key}: unknown key; remove it or {remedy} (known: {known})") from error
        raise UsageError(f"{key}: {str(issue['msg']).removeprefix('Value error, ')} (known: {known})") from error

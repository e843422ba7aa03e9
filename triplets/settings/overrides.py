"""``path=value``: one value of a settings file changed by the caller."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ieiw.triplets.errors import UsageError

_EXPONENT = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+")


def apply_change(values: dict[str, Any], change: str, example: str) -> None:
    """Set one value in place; what lies on the way to it and is not there yet is made.

    Args:
        values: the settings as YAML gave them.
        change: ``path=value``; steps of the path are keys, numbers of list items or their ``name``; the value is YAML.
        example: a right one, for messages.

    Raises:
        UsageError: no path, no such item, nothing can lie there, or the value is not YAML.
    """
    path, separator, text = change.partition("=")
    *way, last = path.split(".")
    if not separator or not all([*way, last]):
        raise UsageError(f"change {change}: write path=value, such as {example}")
    here: Any = values
    for step in way:
        here = _below(here, step, change)
    value = _value(text, change)
    if isinstance(here, list):
        here[_position(here, last, change)] = value
    elif isinstance(here, dict):
        here[last] = value
    else:
        raise UsageError(f"change {change}: nothing lies below {'.'.join(way)!r}")


def load_yaml(text: str) -> Any:
    """YAML's values, read safely.

    Raises:
        yaml.YAMLError: whatever is wrong: PyYAML lets slip what Python says of a date such as 2001-13-45, or of ``!!int x``.
    """
    try:
        return yaml.safe_load(text)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise yaml.YAMLError(str(error) or type(error).__name__) from error


def _value(text: str, change: str) -> object:
    try:
        value = load_yaml(text)
        # What YAML takes for a comment is part of a value that is given by itself: ``out=my run #2``.
        if re.search(r"(^|\s)#", text) and not isinstance(value, list | dict) and text.strip()[:1] not in {"'", '"'}:
            value = text.strip()
    except yaml.YAMLError as error:
        raise UsageError(f"change {change}: the value is not YAML; quote it") from error
    # PyYAML speaks YAML 1.1, to which 3e-4 is text.
    return float(value) if isinstance(value, str) and _EXPONENT.fullmatch(value) else value


def _below(here: Any, step: str, change: str) -> Any:
    if isinstance(here, list):
        return here[_position(here, step, change)]
    if not isinstance(here, dict):
        raise UsageError(f"change {change}: nothing lies below {step!r}")
    following = here.setdefault(step, {})
    if isinstance(following, str):  # `backends: {inpaint: lama}` is short for {name: lama}
        following = here[step] = {"name": following}
    if following is None:  # `region:` with nothing after it
        following = here[step] = {}
    return following


def _position(items: list[Any], step: str, change: str) -> int:
    names = [item.get("name") if isinstance(item, dict) else None for item in items]
    if step in names:
        return names.index(step)
    if step.isdecimal() and int(step) < len(items):
        return int(step)
    raise UsageError(f"change {change}: no item {step!r}; there are {names}")

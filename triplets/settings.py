"""Settings in YAML: read safely, and explained by file, line and field where pydantic finds something wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from triplets.reasons import UsageError


def read_yaml(path: Path, what: str) -> tuple[dict[str, Any], yaml.Node | None]:
    """A YAML mapping and its tree, which knows the lines.

    Args:
        path: of the file.
        what: what it is, for messages: ``recipe``, ``rule file``.

    Raises:
        UsageError: missing, unreadable, no YAML, no mapping: names file, line and remedy.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot read the {what} ({error}). Give the path of a YAML file.") from error
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "the file"
        raise UsageError(f"{path}, {where}: not YAML: {getattr(error, 'problem', error)}") from error
    if not isinstance(values, dict):
        raise UsageError(f"{path}: a {what} is a mapping, `key: value`")
    return values, tree


def explained(
    path: Path,
    tree: yaml.Node | None,
    error: ValidationError,
    known: Callable[[Sequence[int | str]], Sequence[str]] = lambda _: (),
) -> str:
    """All errors of a file, a line each; see :func:`explain`.

    Args:
        path: of the file.
        tree: its YAML tree.
        error: what pydantic found.
        known: place of an unknown key -> keys that would be right there.
    """
    issues = error.errors()
    # A list whose every element is wrong is also told to be too short: only its elements are worth a word.
    worth = [issue for issue in issues if issue["type"] != "too_short" or not _has_inner(issue["loc"], issues)]
    return "\n".join(explain(path, tree, dict(issue), known(issue["loc"])) for issue in worth)


def _has_inner(location: Sequence[int | str], issues: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any of the issues lies below a place."""
    return any(len(each["loc"]) > len(location) and each["loc"][: len(location)] == location for each in issues)


def explain(path: Path, tree: yaml.Node | None, issue: Mapping[str, Any], known: Sequence[str] = ()) -> str:
    """One error of pydantic as ``file, line N, field: what; remedy``.

    Args:
        path: of the file.
        tree: its YAML tree.
        issue: one of ``ValidationError.errors()``.
        known: keys that would be right where an unknown one stands.
    """
    location = tuple(issue["loc"])
    field = ".".join(str(step) for step in location) or "the file"
    message = str(issue["msg"]).removeprefix("Value error, ")
    if issue["type"] == "extra_forbidden":
        message = "unknown key; remove it or mend its spelling"
        message += f" (known here: {', '.join(known)})" if known else ""
    elif issue["type"] == "missing":
        message = "is required; add it"
    elif issue["type"] == "too_short":
        message = f"holds {issue['ctx']['actual_length']}; give at least {issue['ctx']['min_length']}"
    return f"{path}, line {line_of(tree, location)}, {field}: {message}"


def line_of(node: yaml.Node | None, location: Sequence[int | str]) -> int:
    """The line of the deepest node on the way that exists in the file, from 1.

    A step that is no key of the file (pydantic names the chosen kind of a union) is passed over.
    """
    line = 1
    for step in location:
        following = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(step):
                    following, line = value, key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            following = node.value[step]
            line = following.start_mark.line + 1
        node = following if following is not None else node
    return line

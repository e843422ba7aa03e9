"""Settings in YAML: read safely, changed from the command line, checked by pydantic, and explained by file, line and field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from ieiw.triplets.errors import UsageError
from ieiw.triplets.settings.overrides import apply_change, load_yaml

_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"
_BOOL = "tag:yaml.org,2002:bool"


class Strict(BaseModel):
    """Base of settings: unknown keys are errors, values are not changed after checking."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def check_split(value: str) -> str:
    """The name of a split, of which sources make file names and patterns.

    Raises:
        ValueError: it is empty, a path or a pattern.
    """
    if not value or value.startswith(".") or set(value) & set("/\\*?[]\0\n"):
        raise ValueError(f"{value!r} is no name of a split, such as `train`, `val2017` or `testA`")
    return value


SplitName = Annotated[str, AfterValidator(check_split)]
_Settings = TypeVar("_Settings", bound=BaseModel)


def load_settings(
    model: type[_Settings],
    path: Path,
    what: str,
    *,
    changes: Sequence[str] = (),
    example: str = "seed=1",
    amend: Callable[[dict[str, Any]], None] | None = None,
) -> _Settings:
    """Settings from a YAML file.

    Args:
        model: what the file may hold.
        path: of the file.
        what: what it is, for messages: ``recipe``, ``rule file``.
        changes: ``path=value`` of the command line, see :func:`ieiw.triplets.settings.overrides.apply_change`.
        example: of a change, for messages.
        amend: called with the values before they are checked.

    Raises:
        UsageError: missing file, broken YAML, a wrong change, an unknown or wrong field: names file, line, field and remedy.
    """
    values, tree = read_yaml(path, what)
    for change in changes:
        apply_change(values, change, example)
    if amend:
        amend(values)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        issues = error.errors()
        # Pydantic also calls a list too short where all its elements are wrong: only the elements are worth a word.
        above = {issue["loc"][:depth] for issue in issues for depth in range(len(issue["loc"]))}
        worth = [issue for issue in issues if issue["type"] != "too_short" or issue["loc"] not in above]
        raise UsageError("\n".join(_explained(path, tree, dict(issue), model) for issue in worth)) from error


def read_yaml(path: Path, what: str) -> tuple[dict[str, Any], yaml.Node | None]:
    """A YAML mapping and its tree, which knows the lines.

    Args:
        path: of the file.
        what: what it is, for messages: ``recipe``, ``rule file``.

    Raises:
        UsageError: missing, unreadable, no YAML, no mapping, a key that stands twice or is no text: names file, line and remedy.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot read the {what} ({error}). Give the path of a YAML file.") from error
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        complaint = next(_wrong_keys(tree), "")
        values = load_yaml(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "the file"
        raise UsageError(f"{path}, {where}: not YAML: {getattr(error, 'problem', error)}") from error
    if complaint:
        raise UsageError(f"{path}, {complaint}")
    if not isinstance(values, dict):
        raise UsageError(f"{path}: a {what} is a mapping, `key: value`")
    return values, tree


def _wrong_keys(tree: yaml.Node | None) -> Iterator[str]:
    """What is wrong with the keys of all mappings: YAML takes the last of two in silence, and ``on`` for true."""
    waiting, seen = [tree], set[int]()
    while waiting:
        node = waiting.pop()
        if node is None or id(node) in seen or isinstance(node, yaml.ScalarNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield from _wrong_keys_of(node)
            waiting.extend(value for _, value in node.value)
        else:
            waiting.extend(node.value)


def _wrong_keys_of(node: yaml.MappingNode) -> Iterator[str]:
    first: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            yield f"line {line}: a key is no text; a key is a word"
        elif key.tag not in {_TEXT, _MERGE}:
            taken = "true or false" if key.tag == _BOOL else key.tag.rpartition(":")[2]
            yield f"line {line}: YAML takes the key `{key.value}` for {taken}; put it in quotes"
        elif key.value in first:
            yield f"line {line}: the key `{key.value}` stands twice, first in line {first[key.value]}; keep one"
        else:
            first[key.value] = line


def _explained(path: Path, tree: yaml.Node | None, issue: Mapping[str, Any], model: type[BaseModel]) -> str:
    """One error of pydantic as ``file, line N, field: what; remedy``; an unknown key with those that are known there."""
    location = tuple(issue["loc"])
    field = ".".join(str(step) for step in location) or "the file"
    message = str(issue["msg"]).removeprefix("Value error, ")
    if issue["type"] == "extra_forbidden":
        message = "unknown key; remove it or mend its spelling"
        known = known_keys(model, location)
        message += f" (known here: {', '.join(known)})" if known else ""
    elif issue["type"] == "missing":
        message = "is required; add it"
    elif issue["type"] == "too_short":
        message = f"holds {issue['ctx']['actual_length']}; give at least {issue['ctx']['min_length']}"
    return f"{path}, line {line_of(tree, location)}, {field}: {message}"


def known_keys(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """The keys that would be right in place of the last step of a location; none where several models could stand there."""
    here: list[type[BaseModel]] = [model]
    for step in (step for step in location[:-1] if isinstance(step, str)):
        fields = [each.model_fields[step] for each in here if step in each.model_fields]
        if fields:
            here = [inner for field in fields for inner in _models_in(field.annotation)]
        elif len(here) > 1:  # the kind that pydantic chose of several: one of its fields allows that word alone
            here = [each for each in here if any(step in get_args(f.annotation) for f in each.model_fields.values())]
    return list(here[0].model_fields) if len(here) == 1 else []


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a type names: itself, or those inside lists, mappings and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


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

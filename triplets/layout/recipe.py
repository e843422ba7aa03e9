"""A recipe: what to build, as users write it in YAML and as ``build.json`` keeps it."""

from __future__ import annotations

import os
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from ieiw.triplets.records import check_source_name
from ieiw.triplets.settings.yaml_file import SplitName, Strict, check_split

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


def parse_bytes(value: object) -> object:
    """``256MB``, ``1.5 GiB`` or a number -> bytes; anything else is passed on for pydantic to refuse."""
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", value)
        if match and match[2].upper() in _UNITS:
            return int(float(match[1]) * _UNITS[match[2].upper()])
    return value


Bytes = Annotated[int, BeforeValidator(parse_bytes), Field(ge=1)]


class ImageSettings(Strict):
    """How pictures are scaled and encoded. ``short_side`` in pixels; pictures are never enlarged."""

    short_side: int = Field(default=256, ge=16, le=8192)
    format: Literal["jpg", "png"] = "jpg"
    quality: int = Field(default=95, ge=1, le=100)


class BackendChoice(Strict):
    """A model backend by name, with its options (such as ``weights``)."""

    name: str
    options: dict[str, Any] = Field(default_factory=dict)


ROLE_NAMES = ("inpaint", "embed", "paint", "caption", "write", "judge")
"""The roles of models, as ``models/roles.py`` has them; here as plain data, since a recipe is read without the models."""


def _role(name: str) -> str:
    if name not in ROLE_NAMES:
        raise ValueError(f"unknown key, no such role; remove it or mend its spelling (roles: {', '.join(ROLE_NAMES)})")
    return name


_Choice = Annotated[BackendChoice, BeforeValidator(lambda value: {"name": value} if isinstance(value, str) else value)]
Backends = Annotated[
    dict[Annotated[str, AfterValidator(_role)], _Choice],
    AfterValidator(lambda choices: {"inpaint": BackendChoice(name="classical"), **choices}),
]
"""Role -> which model plays it; of ``inpaint`` the embedded stand-in where the recipe names none."""


def expanded(value: str) -> str:
    """A place with ``~`` and ``$VARIABLE`` replaced."""
    return os.path.expanduser(os.path.expandvars(value))  # noqa: PTH111 - may be a URL, which Path would mangle


class HoldOut(Strict):
    """An evaluation set whose pictures no training triplet may show: a data set's split, or a ``file`` of picture names.

    With ``distance`` data sets that gave its pictures new names are compared by their looks: so many bits of the perceptual hash.
    """

    dataset: str = ""
    root: str = ""
    split: str = ""
    options: dict[str, Any] = Field(default_factory=dict)
    file: str = ""
    distance: int | None = Field(default=None, ge=0, le=16)

    @field_validator("root", "file")
    @classmethod
    def _place(cls, value: str) -> str:
        return expanded(value)

    @model_validator(mode="after")
    def _one_kind(self) -> HoldOut:
        if bool(self.file) == bool(self.dataset) or (self.dataset and not (self.root and self.split)):
            raise ValueError("give either `dataset`, `root` and `split`, or a `file` of picture names")
        if self.file and self.distance is not None:
            raise ValueError("`distance` compares pictures, a `file` holds names; take it out")
        if self.dataset:
            check_split(self.split)
        return self

    @property
    def label(self) -> str:
        """What it is called in rejects."""
        return self.file or f"{self.dataset} {self.split}"


class Wordings(Strict):
    """Templates of one kind, as ``ieiw instructions`` writes them; a recipe names the file, a build keeps what was in it."""

    kind: str = ""
    templates: tuple[str, ...] = Field(min_length=1)
    provenance: dict[str, Any] = Field(default_factory=dict)


class SourceSettings(Strict):
    """One data set of the recipe.

    ``name`` starts keys and file names; ``dataset`` is the registered data set (default: the same as ``name``), so one data set
    can be used twice under two names. ``region`` holds the region rules of the erasing tasks, ``task_options`` what each other
    task knows (by its name), ``options`` what the source alone knows. ``image`` replaces the recipe's for this source.
    ``frame`` says whether labels of pictures that EXIF turns were drawn on the stored or the upright pixels, where sizes do not
    tell.
    ``weight`` says how often an epoch of training sees each triplet, ``expected`` how many triplets the published set has; both
    are for ``ieiw plan`` and for training, and change no triplet.
    """

    name: str
    dataset: str = ""
    root: str
    split: SplitName = "train"
    tasks: tuple[str, ...] = Field(min_length=1)
    variants: int = Field(default=1, ge=1, le=10_000)
    max_reject_share: float = Field(default=0.2, ge=0, le=1)
    weight: float = Field(default=1.0, gt=0, le=1_000_000)
    expected: int | None = Field(default=None, ge=0)
    image: ImageSettings | None = None
    frame: Literal["", "stored", "upright"] = ""
    region: dict[str, Any] = Field(default_factory=dict)
    task_options: dict[str, dict[str, Any]] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return check_source_name(value)

    @field_validator("root")
    @classmethod
    def _root(cls, value: str) -> str:
        return expanded(value)

    @field_validator("tasks")
    @classmethod
    def _tasks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise ValueError("a task is named twice; use `variants` for more than one triplet a record")
        return value

    @model_validator(mode="after")
    def _of_its_tasks(self) -> SourceSettings:
        unknown = sorted(self.task_options.keys() - set(self.tasks))
        if unknown:
            raise ValueError(
                f"task_options.{unknown[0]}: the source has no such task; its tasks: {', '.join(self.tasks)}"
            )
        return self

    @property
    def data_set(self) -> str:
        """The registered data set."""
        return self.dataset or self.name


class Recipe(Strict):
    """What to build. See ``docs/recipes.md``."""

    seed: int = 0
    image: ImageSettings = ImageSettings()
    unit_bytes: Bytes = 256 * 10**6
    sources: tuple[SourceSettings, ...] = Field(min_length=1)
    backends: Backends = Field(default_factory=dict, validate_default=True)
    hold_out: tuple[HoldOut, ...] = ()
    instructions: dict[str, Wordings] = Field(default_factory=dict)

    @field_validator("instructions")
    @classmethod
    def _right_kinds(cls, value: dict[str, Wordings]) -> dict[str, Wordings]:
        for kind, wordings in value.items():
            if wordings.kind not in {"", kind}:
                raise ValueError(f"{kind}: the file holds instructions for {wordings.kind}")
        return value

    @model_validator(mode="after")
    def _distinct(self) -> Recipe:
        names = [source.name for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two sources are named {twice[0]!r}; give one another `name` and keep its `dataset`")
        return self

    def source(self, name: str) -> SourceSettings:
        """The settings of one source by its name."""
        return next(source for source in self.sources if source.name == name)

    def image_of(self, name: str) -> ImageSettings:
        """How pictures of a source are scaled and encoded."""
        return self.source(name).image or self.image

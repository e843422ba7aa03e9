"""A gallery of regions: what it is made of, beside what :mod:`ieiw.triplets.layout.gallery` says of every gallery.

::

    regions.json       the data sets, the rules and the embedder; where the data sets lie, so that a region's pixels are found
    regions/           what a run under way has done: a plan of pictures, a file of vectors for each of its units
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from pydantic import Field, ValidationError, field_validator, model_validator

from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.gallery import Gallery
from ieiw.triplets.layout.recipe import HoldOut, expanded
from ieiw.triplets.records import check_source_name
from ieiw.triplets.settings.yaml_file import SplitName, Strict
from ieiw.triplets.storage.folder import FolderStore

FILE = "regions.json"
WORK = "regions"


class RegionSource(Strict):
    """A data set whose regions go into a gallery; the keys mean what they mean in a recipe's source."""

    name: str
    dataset: str = ""
    root: str
    split: SplitName = "train"
    options: dict[str, Any] = Field(default_factory=dict)
    frame: str = Field(default="", pattern="^(stored|upright)?$")

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return check_source_name(value)

    @field_validator("root")
    @classmethod
    def _root(cls, value: str) -> str:
        return expanded(value)

    @property
    def data_set(self) -> str:
        """The registered data set."""
        return self.dataset or self.name


class RegionRecipe(Strict):
    """What a gallery of regions is made of.

    Attributes:
        sources: data sets that outline things.
        rules: which of their regions are good (``builders/replacement/quality.py``).
        margin: a crop is so much larger than the region's box, on each side, as a share of that side.
        crops: keep each crop in the gallery (JPEG), so that the data sets need not be there when it is searched.
        hold_out: evaluation sets whose pictures give no region, as in a recipe.
        pictures_per_unit: pictures that are worked on, committed and retried together.
    """

    sources: tuple[RegionSource, ...] = Field(min_length=1)
    rules: dict[str, Any] = Field(default_factory=dict)
    margin: float = Field(default=0.05, ge=0, le=1)
    crops: bool = False
    hold_out: tuple[HoldOut, ...] = ()
    pictures_per_unit: int = Field(default=200, ge=1, le=100_000)

    @model_validator(mode="after")
    def _distinct(self) -> RegionRecipe:
        names = [source.name for source in self.sources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two sources are named {twice[0]!r}; give one another `name` and keep its `dataset`")
        return self

    def source(self, name: str) -> RegionSource:
        """The settings of one source by its name."""
        return next(source for source in self.sources if source.name == name)


class RegionSet(Strict):
    """What ``regions.json`` says.

    Attributes:
        recipe: that it was made by.
        embedder: name of the backend.
        options: of the backend, such as where its weights lie.
        units: source -> how many units its plan has.
        fingerprints: source -> digest of all that decides its vectors.
        kept: source -> regions in the gallery; empty until it is complete.
        refused: source -> reason -> regions, or pictures that gave none.
    """

    format: int = 1
    recipe: RegionRecipe
    embedder: str
    options: dict[str, Any]
    units: dict[str, int]
    fingerprints: dict[str, str]
    kept: dict[str, int] = Field(default_factory=dict)
    refused: dict[str, Counter[str]] = Field(default_factory=dict)


def write_set(store: FolderStore, found: RegionSet) -> None:
    """Publish it."""
    store.publish_bytes(FILE, (found.model_dump_json(indent=2) + "\n").encode())


def read_set(store: FolderStore) -> RegionSet | None:
    """What ``regions.json`` says; None where there is none: a gallery of something else.

    Raises:
        UsageError: damaged, or of another version.
    """
    try:
        return RegionSet.model_validate_json(store.read(FILE))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise UsageError(
            f"{store.location}/{FILE}: cannot be read ({error.error_count()} wrong fields). Build the gallery anew"
        ) from error


def region_set(gallery: Gallery) -> RegionSet:
    """What a gallery of regions was made of.

    Raises:
        UsageError: it is no gallery of regions.
    """
    found = read_set(gallery.store)
    if found is None:
        raise UsageError(f"{gallery.store.location}: no gallery of regions; make one by `ieiw gallery regions`")
    return found


def check_roots(found: RegionSet, roots: Collection[str]) -> None:
    """Make sure that all data sets that somebody says were moved are of the gallery.

    Raises:
        UsageError: names one that is not, and those that are.
    """
    known = [each.name for each in found.recipe.sources]
    if unknown := sorted(set(roots) - set(known)):
        raise UsageError(f"roots: the gallery holds no data set {unknown[0]!r}. Known: {', '.join(known)}")

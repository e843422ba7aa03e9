"""Evaluation pictures kept out of a training build: every record that shows one is refused, by the picture's name or looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ieiw.builders import catalogue
from ieiw.builders.benchmark_overlap import (
    evaluations_looking_alike,
    evaluations_sharing,
    picture_name,
    picture_names,
    renamed,
    spaces,
)
from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.protocols import Source
from ieiw.filters.near import least_distances
from ieiw.pipelines.recipe.picture_hashes import hashes_of, picture_hash
from ieiw.triplets.errors import UsageError
from ieiw.triplets.layout.recipe import HoldOut, Recipe, SourceSettings
from ieiw.triplets.records import Fault, Record
from ieiw.triplets.rejects import Reason

_REMEMBERED = 16


class HeldOutSource:
    """A source whose records of evaluation pictures carry the fault ``evaluation_picture``; all else is the source's own.

    Args:
        source: gives the records.
        dataset: its registered data set.
        entries: the recipe's ``hold_out``; read at the first record, so that workers, who only read pictures, never do.
    """

    def __init__(self, source: Source, dataset: str, entries: Sequence[HoldOut]) -> None:
        self.name = source.name
        self.version = source.version
        self.gives = source.gives
        self.choices = source.choices
        self._source = source
        self._dataset = dataset
        self._entries = entries
        self._by_looks = [entry for entry in entries if _by_looks(dataset, entry)]
        self._hashes: dict[str, npt.NDArray[np.uint64]] = {}
        self._alike: dict[str, str] = {}

    def inputs(self) -> Sequence[str]:
        """As the source."""
        return self._source.inputs()

    def group_count(self) -> int:
        """As the source."""
        return self._source.group_count()

    def read(self, reference: str) -> bytes:
        """As the source."""
        return self._source.read(reference)

    def picture_aliases(self, record: Record) -> Iterable[str]:
        """As the source."""
        return self._source.picture_aliases(record)

    def group(self, index: int) -> Iterator[Record]:
        """The source's records; those of an evaluation picture are faulty, and the fault names the evaluation set."""
        for record in self._source.group(index):
            yield record if record.fault else self._checked(record)

    def _checked(self, record: Record) -> Record:
        names = self._evaluation_names
        for name in sorted(picture_names(self._source, self._dataset, record)):
            if name in names:
                return replace(record, fault=Fault(Reason.EVALUATION_PICTURE, f"{name} is in {names[name]}"))
        # Of a restored picture the clean side too, which a watermark does not cover.
        files = [record.files[role] for role in ("picture", "target") if role in record.files]
        for file in files if self._by_looks else ():
            if file not in self._alike:  # the records of a picture come together, so few are worth remembering
                if len(self._alike) > _REMEMBERED:
                    self._alike.clear()
                self._alike[file] = self._look_alike(file)
            if detail := self._alike[file]:
                return replace(record, fault=Fault(Reason.EVALUATION_PICTURE, detail))
        return record

    def _look_alike(self, file: str) -> str:
        """Which evaluation set shows a picture that looks like this one; empty where none does."""
        try:
            own = np.array([picture_hash(file, partial(self._source.read, file))], np.uint64)
        except UsageError:  # the unit that reads it says what is wrong with it
            return ""
        for entry in self._by_looks:
            if entry.label not in self._hashes:
                self._hashes[entry.label] = np.fromiter(hashes_of(entry, source_of(entry)), np.uint64)
            bits = int(least_distances(own, self._hashes[entry.label])[0])
            if bits <= (entry.distance or 0):
                return f"{file} looks like a picture of {entry.label}, {bits} bits apart"
        return ""

    @cached_property
    def _evaluation_names(self) -> dict[str, str]:
        """Picture name -> the evaluation set that shows it."""
        names: dict[str, str] = {}
        for entry in (entry for entry in self._entries if _by_names(self._dataset, entry)):
            for name in names_of(entry):
                names.setdefault(name, entry.label)
        return names


def relevant(entries: Sequence[HoldOut], dataset: str) -> list[HoldOut]:
    """The entries of ``hold_out`` that can tell pictures of a data set, by their names or by their looks."""
    return [entry for entry in entries if _by_names(dataset, entry) or _by_looks(dataset, entry)]


def _by_names(dataset: str, entry: HoldOut) -> bool:
    return not entry.dataset or bool(spaces(dataset) & spaces(entry.dataset))


def _by_looks(dataset: str, entry: HoldOut) -> bool:
    return entry.distance is not None and renamed(dataset, entry.dataset)


def names_of(entry: HoldOut) -> Iterator[str]:
    """The names of all pictures of an evaluation set.

    Raises:
        UsageError: the data set, or the file, is not there.
    """
    if entry.file:
        yield from _listed(Path(entry.file))
        return
    source = source_of(entry)
    for index in range(source.group_count()):
        for record in source.group(index):
            yield from picture_names(source, entry.dataset, record)


def check(entry: HoldOut) -> None:
    """Make sure that an evaluation set is there.

    Raises:
        UsageError: it is not.
    """
    if entry.file:
        next(_listed(Path(entry.file)), None)
    else:
        source_of(entry).inputs()


def digest_of(entry: HoldOut) -> dict[str, object]:
    """What decides which pictures an entry names, for fingerprints.

    Raises:
        UsageError: the data set, or the file, is not there.
    """
    if entry.file:
        path = Path(entry.file)
        return {"file": Root(str(path.parent)).fingerprint(path.name)}
    root = Root(entry.root)
    files = {file: root.fingerprint(file) for file in source_of(entry).inputs()}
    looks = {} if entry.distance is None else {"distance": entry.distance}
    return {"dataset": entry.dataset, "split": entry.split, "options": entry.options, "inputs": files, **looks}


def not_held_out(recipe: Recipe, settings: SourceSettings) -> list[str]:
    """Known evaluation sets that share pictures with a source and are not in ``hold_out``: ``refcoco val``, …"""
    held = {(entry.dataset, entry.split) for entry in recipe.hold_out}
    sharing = evaluations_sharing(settings.data_set, settings.split)
    return [f"{dataset} {split}" for dataset, split in sharing if (dataset, split) not in held]


def looking_alike(recipe: Recipe, settings: SourceSettings) -> list[str]:
    """Known evaluation sets that show pictures of a source under other names, and are not held out by their looks."""
    held = {(entry.dataset, entry.split) for entry in recipe.hold_out if entry.distance is not None}
    alike = evaluations_looking_alike(settings.data_set, settings.split)
    return [f"{dataset} {split}" for dataset, split in alike if (dataset, split) not in held]


def source_of(entry: HoldOut) -> Source:
    """The data set of an entry that names one."""
    return catalogue.source(
        entry.dataset, name="hold-out", root=entry.root, split=entry.split, options=dict(entry.options)
    )


def _listed(path: Path) -> Iterator[str]:
    """The names of a list, one a line: ``coco:139``.

    Raises:
        UsageError: it cannot be read, or a line is no name.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"hold_out: {path}: cannot be read ({error}). Give a text file of picture names") from error
    known = frozenset[str]().union(*(spaces(dataset) for dataset in catalogue.DATA_SETS))
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        space, separator, name = text.partition(":")
        if not separator or not name:
            raise UsageError(f"hold_out: {path}, line {number}: {text[:60]!r} is not SPACE:NAME, such as coco:139")
        if space not in known:
            raise UsageError(
                f"hold_out: {path}, line {number}: no data set counts {space!r}; known: {', '.join(sorted(known))}"
            )
        yield picture_name(space, name)

"""RefCOCO, RefCOCO+, RefCOCOg (Yu et al. 2016; Mao et al. 2016), RefClef and gRefCOCO (Liu et al. 2023), as `refer` ships them.

``<set>/refs(<splitBy>).p`` (a pickle; gRefCOCO: ``grefs(unc).json``) with ``<set>/instances.json``; pictures in
``images/mscoco/images/train2014``, ``images/train2014`` or ``train2014`` (RefClef: ``images/saiapr_tc-12``). A record is a ref:
a thing, or several, or none, with all the expressions that mean it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._coco import CategoryEntry, CocoFile, ImageEntry
from ieiw.builders.sources._ref_things import RefThings
from ieiw.builders.sources._refs import Ref, read_refs
from ieiw.builders.sources._rooted import RootedSource
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Record
from ieiw.triplets.rejects import Reason, Refusal

_COCO = ("images/mscoco/images/train2014", "images/train2014", "train2014")


class RefOptions(Options):
    """Options of the sources."""

    split_by: str = ""
    """Who split the set: ``unc``, ``google``, ``umd``, ``berkeley``; by default ``unc``, RefCOCOg's ``umd``."""
    records: Literal["refs", "sentences"] = "refs"
    """A record for each ref, with all its expressions, as for training; or for each expression, as the evaluations count:
    then the task uses it as it was said, whatever speaks against it."""


class RefCoco(RootedSource):
    """Source of a set's refs; see :class:`RefOptions`. Splits: ``train``, ``val``, ``testA``, ``testB``, ``test``."""

    version = 3
    options_model = RefOptions
    _options: RefOptions
    gives = Kind.REFERRED
    folder = "refcoco"
    default_split_by = "unc"
    refs_file = "refs({}).p"
    picture_folders: tuple[str, ...] = _COCO

    def inputs(self) -> Sequence[str]:
        """The refs and the instances."""
        self._root.require("", "root")
        there = [name for name in self._root.names(self.folder) if name.startswith(self.refs_file.partition("(")[0])]
        remedy = (
            f"Give the folder that holds {self.folder}/ in `root`; refs that are there: {', '.join(there) or 'none'}."
        )
        self._root.require(self._refs_path, "refs file", remedy)
        self._root.require(self._instances_path, "annotation file", f"It comes with {self.folder}.zip.")
        self._pictures  # noqa: B018 - raises where the folder is missing
        return [self._refs_path, self._instances_path]

    def group_count(self) -> int:
        """Pictures with at least one ref of the split."""
        return len(self._groups)

    def group(self, index: int) -> Iterator[Record]:
        """The refs of one picture, in the file's order."""
        for ref in self._groups[index]:
            yield from self._records(ref)

    @property
    def _refs_path(self) -> str:
        return f"{self.folder}/{self.refs_file.format(self._options.split_by or self.default_split_by)}"

    @property
    def _instances_path(self) -> str:
        return f"{self.folder}/instances.json"

    @cached_property
    def _pictures(self) -> str:
        return self._find(self.picture_folders, "picture folder", "Put it there.")

    @cached_property
    def _groups(self) -> list[list[Ref]]:
        """The split's refs, picture by picture.

        Raises:
            UsageError: the split has none.
        """
        self.inputs()
        refs, groups = read_refs(self._root, self._refs_path), dict[int, list[Ref]]()
        for ref in refs:
            if ref.is_of(self._split):
                groups.setdefault(ref.image, []).append(ref)
        if not groups:
            splits = sorted({str(ref.value.get("split")) for ref in refs})
            raise UsageError(
                f"{self._root.full_name(self._refs_path)}: no ref of split {self._split!r}. "
                f"Splits that are there: {', '.join(splits) or 'none'}. Change `split`."
            )
        return list(groups.values())

    @cached_property
    def _coco(self) -> CocoFile[ImageEntry, CategoryEntry]:
        return CocoFile(self._root, self._instances_path, ImageEntry, CategoryEntry)

    @cached_property
    def _things(self) -> RefThings:
        return RefThings(self._coco)

    def _records(self, ref: Ref) -> Iterator[Record]:
        """One record for a ref, or one for each of its expressions."""
        try:
            ref.check()
            if ref.image not in self._coco.images:
                lack = self._coco.images.lack("image_id", ref.image) if ref.image >= 0 else "image_id is no number"
                raise Refusal(Reason.UNKNOWN_PICTURE, f"{ref.place}: {lack}")
            sentences, numbers = ref.sentences(), ref.annotations()
            shown = {"targets": self._things.outlines(ref, numbers), **self._things.split(ref.image, numbers)}
        except Refusal as refusal:
            yield self._faulty(ref.record_id, str(ref.image), refusal)
            return
        if self._options.records == "refs":
            yield self._record(ref, ref.record_id, shown | {"expressions": [text for _, text in sentences]})
            return
        for turn, (sentence_id, text) in enumerate(sentences):
            said = shown | {"expressions": [text], "as_said": True}
            yield self._record(ref, f"{ref.record_id}/{sentence_id}.{turn}", said)

    def _record(self, ref: Ref, record_id: str, annotation: Mapping[str, Any]) -> Record:
        image = self._coco.images[ref.image]
        return Record(
            id=record_id,
            group=str(ref.image),
            files={"picture": f"{self._pictures}/{image.file_name}"},
            annotation=annotation,
            split=self._split,
            size=image.size,
            licence=image.licence if self.picture_folders is _COCO else "",
        )


class RefCocoPlus(RefCoco):
    """RefCOCO+: no words of place."""

    folder = "refcoco+"


class RefCocoG(RefCoco):
    """RefCOCOg: longer expressions; ``umd`` is the split to use, since ``google`` shares pictures between its sides."""

    folder = "refcocog"
    default_split_by = "umd"


class GRefCoco(RefCoco):
    """gRefCOCO: expressions of one target, of several, and of none."""

    folder = "grefcoco"
    refs_file = "grefs({}).json"

"""NYU Depth v2 (Silberman et al., ECCV 2012): rooms and their depth.

The official labelled file ``nyu_depth_v2_labeled.mat`` with ``splits.mat``; or pictures with 16-bit depth maps, as the set
circulates: ``images/`` + ``depth/`` (or ``annotations/``), ``<split>/<scene>/rgb_*.jpg`` + ``sync_depth_*.png``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from pydantic import Field

from ieiw.builders.options import Options
from ieiw.builders.record_kinds import Kind
from ieiw.builders.sources._nyu_mat import UNITS_PER_METRE, NyuMat, split_numbers
from ieiw.builders.sources._paired import Folders, Named, Pair, PairedFolders
from ieiw.triplets.errors import UsageError
from ieiw.triplets.records import Record
from ieiw.triplets.rejects import Reason, Refusal

_MAT = "nyu_depth_v2_labeled.mat"
_SPLITS = "splits.mat"


class NyuOptions(Options):
    """Options of the source.

    Attributes:
        units_per_metre: what the depth maps count: 1000 for millimetres (the usual form), 5000 in some. Not used for the
            official file, which holds metres.
        raw: whether the official file's depth as measured is read, gaps and all, instead of the filled-in one.
    """

    units_per_metre: float = Field(default=1000.0, gt=0)
    raw: bool = False


class NyuV2(PairedFolders):
    """Source of NYU Depth v2. For its arguments see ``PairedFolders``, for its options :class:`NyuOptions`.

    Splits are ``train`` (795) and ``test`` (654) by ``splits.mat``, ``all`` where only the official file is there.
    """

    title = "NYU Depth v2"
    gives = Kind.DEPTH
    licence = "NYU Depth v2 (research)"
    options_model = NyuOptions
    _options: NyuOptions

    def layouts(self) -> Sequence[Folders]:
        """Flat folders, then scenes."""
        split = self._split
        maps = "depth" if self._root.exists("depth") else "annotations"
        return [
            Folders(f"{split}/images", f"{split}/depth"),
            Folders(f"images/{split}", f"{maps}/{split}"),
            Folders("images", maps),
            Folders(f"{split}/*", f"{split}/*", "rgb", "depth"),
            Folders("sync/*", "sync/*", "rgb", "depth"),
        ]

    def named(self, folder: str) -> Iterator[Named]:
        """The pictures of one side; ``sync_depth_00045`` goes with ``rgb_00045``."""
        for name, path in super().named(folder):
            yield name.replace("sync_depth_", "depth_"), path

    def inputs(self) -> Sequence[str]:
        """The official file and its splits where they are there, else none.

        Raises:
            UsageError: no layout is there, or the official file lacks what it needs.
        """
        if not self._official:
            return super().inputs()
        if self._split == "all":
            return [_MAT]
        self._root.require(_SPLITS, "list of splits", "Download it beside the labelled file, or set `split: all`.")
        return [_MAT, _SPLITS]

    def record(self, pair: Pair) -> Record:
        """A picture and its depth map."""
        files = {} if pair.fault else {"picture": pair.damaged, "depth": pair.clean}
        unit = UNITS_PER_METRE if self._official else self._options.units_per_metre
        annotation = {} if pair.fault else {"units_per_metre": unit}
        return Record(pair.name, pair.name, files, annotation, self._split, licence=self.licence, fault=pair.fault)

    def read(self, reference: str) -> bytes:
        """The bytes of a file; of the official file, one picture or one depth map as PNG."""
        file, mark, entry = reference.partition("#")
        if not mark or file != _MAT:
            return super().read(reference)
        kind, _, number = entry.partition("/")
        if kind not in {"images", "depths", "rawDepths"} or not number.isdecimal():
            raise Refusal(Reason.PICTURE_MISSING, f"{file} has no {entry}")
        try:
            return self._mat.png(kind, int(number))
        except UsageError as error:  # damaged since it was planned
            raise Refusal(Reason.PICTURE_UNREADABLE, str(error)) from error

    @cached_property
    def _official(self) -> bool:
        return bool(self._root.exists(_MAT))

    @cached_property
    def _mat(self) -> NyuMat:
        return NyuMat(self._root.open(_MAT), self._root.full_name(_MAT))

    def pairs(self) -> list[Pair]:
        """Of files, or of the official one."""
        if not self._official:
            return super().pairs()
        self.inputs()
        depth = "rawDepths" if self._options.raw else "depths"
        numbers: Sequence[int] = range(len(self._mat))
        if self._split != "all":
            place = self._root.full_name(_SPLITS)
            numbers = split_numbers(self._root.read(_SPLITS), place, self._split, len(self._mat))
        return [Pair(f"{n + 1:04}", f"{_MAT}#images/{n}", f"{_MAT}#{depth}/{n}") for n in numbers]

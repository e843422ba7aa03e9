"""What a triplet of a drawing or restoring task costs over the floor.

The floor is a bare loop of library calls: each picture's file read and decoded once, cut or scaled for what is not refused, and
the very pixels that ours encodes encoded as JPEG. The wider floor also reads and decodes the label map or mask that the data set
stores beside the picture, or draws its polygons, and brings them to output size: no class can be painted without, and a label
map alone adds half of the floor. Neither checks, draws, names, counts or writes anything.

Drawing is from the record to two encoded pictures with their instruction and answer; the whole unit also reads the plan and
writes tar, Parquet and commit mark. CPU time of one thread, in turn, the least of nine rounds for each piece of a tenth of a
second.

Most whole units, crowds, and masks over the bare floor miss by much small work on small pictures. By clocks inside the unit, in
microseconds a triplet:

- key points: circles of three joints 140, colours that stand out from what lies beneath 125, random draws and rules 145, joints,
  boxes and answer 90, sentences 45, digests of the picture and of what is stored 205, the door's checks 115, reading 100, tar, JSON
  and rows 110. Eight persons a picture cost nearly the same each, over a floor in which they share one decode.
- segmentation: the label map's PNG 1,400 and its class at output size 1,000 (both in the wider floor), its classes counted 250,
  run lengths of region and void 110, a colour that shows and the shading 410, digests 210, checks 115, reading three files 140.
- referring: polygons 240 and their mask at output size 1,000 (in the wider floor), reading the expression 200; the rest likewise.
- watermark removal: the mask's PNG 380 (in the wider floor), checks of three files 120, reading them 95, digests 60, writing 130.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from bench import task_inputs
from bench.common import Row
from ieiw.builders import catalogue
from ieiw.builders.assembly import Assembler
from ieiw.builders.formats.label_maps import decode_labels
from ieiw.builders.point_rules import PointRules
from ieiw.builders.protocols import Source, Tools
from ieiw.builders.tasks._views import _crop
from ieiw.pipelines.build.commit_unit import write_unit
from ieiw.pipelines.build.worker import UnitBuilder
from ieiw.pipelines.planning.prepare import prepare
from ieiw.pipelines.recipe.components import Components
from ieiw.triplets.images.codec import decode_mask, encode_jpeg, resize_mask, resize_short, short_side_size
from ieiw.triplets.images.masks import polygons_mask
from ieiw.triplets.layout.plan import UnitRef, attempts_of, read_attempts, read_unit
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.records import PICTURE_ROLES, Attempt, Built, Encoded, Image, Record
from ieiw.triplets.storage.store import Store, open_store

_LIMIT = 1.25
_SIDE = 256
Decoded = Mapping[str, npt.NDArray[Any]]
"""Role -> what its file holds."""
Scale = Callable[[Record, Decoded], object]
"""What must be done to a record's decoded files before anything can be encoded, or painted."""


def _nothing(_: Record, __: Decoded) -> object:
    return None


@dataclass(frozen=True, slots=True)
class Case:
    """One line: what is built of what.

    Attributes:
        what: said in the table.
        dataset, task: registered names.
        write: makes the data set below a folder.
        scale: the picture's part, in both floors.
        beside: the part of what is stored beside the picture, in the wider floor alone.
    """

    what: str
    dataset: str
    task: str
    write: Callable[[Path], Path]
    scale: Scale
    beside: Scale = _nothing


@dataclass(slots=True)
class _Group:
    """One picture's worth of the floor: its files by role, the records that are not refused, and all that was encoded."""

    files: Mapping[str, Path]
    records: list[Record] = field(default_factory=list)
    encoded: list[Image] = field(default_factory=list)


def _crop_of_person(record: Record, decoded: Decoded) -> object:
    picture = decoded["picture"]
    size = (picture.shape[1], picture.shape[0])
    left, top, right, bottom = _crop(record.annotation["box"], PointRules().margin, size, centred=False)
    wanted = short_side_size((right - left, bottom - top), _SIDE)
    cut = picture[top:bottom, left:right]
    return cut if wanted == (right - left, bottom - top) else cv2.resize(cut, wanted, interpolation=cv2.INTER_AREA)


def _whole(_: Record, decoded: Decoded) -> object:
    return [resize_short(decoded[role], _SIDE) for role in PICTURE_ROLES & decoded.keys()]


def _phrase(record: Record, decoded: Decoded) -> object:
    picture = decoded["picture"]
    mask = polygons_mask(record.annotation["Polygons"], (picture.shape[1], picture.shape[0]))
    return resize_mask(mask, _output_size(decoded))


def _output_size(decoded: Decoded) -> tuple[int, int]:
    height, width = decoded["picture"].shape[:2]
    return short_side_size((width, height), _SIDE)


CASES = (
    *(
        Case(
            f"key points, {words} a picture",
            "coco-keypoints",
            "keypoints",
            partial(task_inputs.write_key_points, count=600 // persons, persons=persons),
            _crop_of_person,
        )
        for persons, words in ((1, "one person"), (2, "two persons"), (8, "eight persons"))
    ),
    Case(
        "segmentation",
        "coco-stuff",
        "segment",
        partial(task_inputs.write_stuff, count=400),
        _whole,
        lambda _, decoded: resize_mask(decoded["labels"] == decoded["labels"][0, 0], _output_size(decoded)),
    ),
    Case(
        "referring, one phrase a picture",
        "phrasecut",
        "refer",
        partial(task_inputs.write_phrases, count=400),
        _whole,
        _phrase,
    ),
    Case("deblurring", "gopro", "deblur", partial(task_inputs.write_blurred, count=60), _nothing),
    Case("denoising", "sidd", "denoise", partial(task_inputs.write_noisy, count=150), _nothing),
    Case("watermark removal", "clwd", "watermark-removal", partial(task_inputs.write_marked, count=600), _whole),
)


def run(cases: Sequence[Case] = CASES, repeats: int = 9) -> list[Row]:
    """Measure every case."""
    cv2.setNumThreads(1)
    rows = []
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="ieiw-bench-") as folder:
            rows += measure(case, Path(folder), repeats).rows(case.what)
    return rows


@dataclass(frozen=True, slots=True)
class Cost:
    """What a case came to, in CPU seconds a triplet: drawn, the whole unit, the floor and the wider floor."""

    drawn: float
    whole: float
    floor: float
    wider: float
    triplets: int

    def rows(self, what: str) -> list[Row]:
        """Drawing and the whole unit over the wider floor; where that is another one, drawing over the bare floor too."""
        beside = self.wider != self.floor
        told = [
            (f"{what}, {self.triplets:,} triplets: drawing", self.drawn, self.wider),
            (f"{what}: the whole unit", self.whole, self.wider),
        ]
        if beside:
            told.append((f"{what}: drawing, over the floor without what is stored beside", self.drawn, self.floor))
        return [
            Row(name, f"{cost / floor:.2f} x of {floor * 1e3:.2f} ms", f"{_LIMIT} x", cost <= _LIMIT * floor)
            for name, cost, floor in told
        ]


def measure(case: Case, folder: Path, repeats: int) -> Cost:
    """Draw alone, build the unit, and run both bare loops, in turn.

    Raises:
        RuntimeError: the data set makes more than one unit.
    """
    root = case.write(folder / "in")
    store, ref = _planned(case, root, folder / "out")
    attempts = list(read_attempts(store, ref))
    groups = _floor(case, root, attempts)
    source = _source(case, root, attempts)
    tasks = {case.task: catalogue.task(case.task, Tools(_SIDE, encode_jpeg), {})}
    built = UnitBuilder(store.location).work(ref)["built"]  # warm: imports, caches

    def drawn() -> Iterator[object]:
        yield from Assembler(source, tasks, 0).run(attempts)

    def whole(lap: Lap) -> None:
        """What :meth:`UnitBuilder.work` does, with a clock at its triplets."""
        store.delete(ref.rows)
        read = attempts_of(read_unit(store, ref))
        write_unit(store, ref, lapped(Assembler(source, tasks, 0).run(read), lap))

    loops = [_looped(drawn), whole, _looped(partial(_bare_loop, case, groups, beside=False))]
    if case.beside is not _nothing or any(_DOORS.keys() & group.files.keys() for group in groups):
        loops.append(_looped(partial(_bare_loop, case, groups, beside=True)))
    rounds = [[_laps(loop) for loop in loops] for _ in range(repeats)]
    # Other programs can only add to CPU time: they empty the caches. The least of each lap is the nearest to a quiet machine.
    best = [float(np.min(same, axis=0).sum()) / built for same in zip(*rounds, strict=True)]
    return Cost(best[0], best[1], best[2], best[-1], built)


Lap = Callable[[], None]
"""To be called after each piece of work."""
_LAP = 25
"""Verdicts or pictures of a lap: about a tenth of a second."""
_T = TypeVar("_T")


def lapped(items: Iterable[_T], lap: Lap) -> Iterator[_T]:
    """The same items; every 25th is followed by a lap."""
    for number, item in enumerate(items, 1):
        yield item
        if number % _LAP == 0:
            lap()


def _looped(work: Callable[[], Iterable[object]]) -> Callable[[Lap], None]:
    def loop(lap: Lap) -> None:
        for _ in lapped(work(), lap):
            pass

    return loop


def _laps(loop: Callable[[Lap], None]) -> npt.NDArray[np.float64]:
    """CPU seconds of each lap, and of what follows the last one."""
    clock = [time.process_time()]
    loop(lambda: clock.append(time.process_time()))
    return np.diff([*clock, time.process_time()])


def _planned(case: Case, root: Path, out: Path) -> tuple[Store, UnitRef]:
    block: dict[str, Any] = {"name": case.dataset, "root": str(root), "tasks": [case.task]}
    block["split"] = "train2017" if case.dataset.startswith("coco") else "train"
    values = {"image": {"short_side": _SIDE}, "unit_bytes": "256MB", "sources": [block | {"max_reject_share": 1}]}
    store = open_store(out)
    refs = list(prepare(store, Components(Recipe.model_validate(values))).refs())
    if len(refs) != 1:
        raise RuntimeError(f"{case.what}: {len(refs)} units, one is needed")
    return store, refs[0]


def _source(case: Case, root: Path, attempts: Sequence[Attempt]) -> Source:
    split = attempts[0].record.split
    return catalogue.source(case.dataset, name=case.dataset, root=str(root), split=split, options={})


def _floor(case: Case, root: Path, attempts: Sequence[Attempt]) -> list[_Group]:
    """What the bare loop has to do: run the task once, and note what it reads and encodes."""
    source = _source(case, root, attempts)
    noted: list[Image] = []

    def encode(pixels: Image) -> Encoded:
        noted.append(np.ascontiguousarray(pixels))
        return encode_jpeg(pixels)

    task = catalogue.task(case.task, Tools(_SIDE, encode), {})
    groups = []
    for _, same in groupby(attempts, key=lambda attempt: attempt.record.group):
        members = list(same)
        noted.clear()
        verdicts = Assembler(source, {case.task: task}, 0).run(members)
        built = [verdict.attempt.record for verdict in verdicts if isinstance(verdict, Built)]
        files = members[0].record.files
        paths = {role: root / name for role, name in files.items() if role in PICTURE_ROLES | _DOORS.keys()}
        groups.append(_Group(paths, built, list(noted)))
    return groups


_DOORS: Mapping[str, Callable[[bytes], npt.NDArray[Any]]] = {"labels": decode_labels, "mask": decode_mask}


def _bare_loop(case: Case, groups: Sequence[_Group], *, beside: bool) -> Iterator[_Group]:
    """Do the floor's work for each group, and give it back."""
    for group in groups:
        decoded: dict[str, npt.NDArray[Any]] = {}
        for role, path in group.files.items():
            if beside and role in _DOORS:
                decoded[role] = _DOORS[role](path.read_bytes())
            elif beside or role in PICTURE_ROLES:
                data = np.frombuffer(path.read_bytes(), np.uint8)
                decoded[role] = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB))
        for record in group.records:
            case.scale(record, decoded)
            if beside:
                case.beside(record, decoded)
        for pixels in group.encoded:
            encode_jpeg(pixels)
        yield group

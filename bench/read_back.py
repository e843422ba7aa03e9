"""What was drawn, read back from the encoded pictures: medians and tails, on the real samples and on generated scenes."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from bench.samples import SAMPLES, Sample
from ieiw.builders import catalogue
from ieiw.pipelines.build.run import Options, build
from ieiw.synthetic.make import make_scenes
from ieiw.triplets.drawings import boxes, colour, depth, points, region, white_mask
from ieiw.triplets.drawings.answers import read_answer
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.images.codec import decode
from ieiw.triplets.images.masks import Rle, from_rle
from ieiw.triplets.layout.recipe import Recipe
from ieiw.triplets.records import Answer, Image

_VARIANTS = 8
_LEAST_MASK = 32 * 32
_SCENES = 40
_SCENE_SAMPLES = (
    Sample("coco-keypoints", "coco", "train2017", ("keypoints",)),
    Sample("coco-stuff", "coco", "train2017", ("segment", "segment-mask")),
    Sample("coco-instances", "coco", "train2017", ("detect",), {"records": "classes"}),
    Sample("phrasecut", "VGPhraseCut_v0", "train", ("refer",)),
)
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One sample of a build, decoded: its pictures, its answer, and what its source says of it."""

    source: Image
    target: Image
    answer: Answer
    depth: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``good`` is whether the limit held."""

    task: str
    pictures: str
    count: int
    unit: str
    median: str
    tail: str
    limit: str
    good: bool


@dataclass(frozen=True, slots=True)
class Measure:
    """How a task is read back.

    Attributes:
        values: of one sample: an error or an overlap for each thing drawn.
        unit: of the values, in words.
        good: whether all values together keep the limit.
        limit: in words.
        rising: whether larger values are better, so that the tail is the lowest hundredth.
    """

    values: Callable[[Drawn], Values]
    unit: str
    good: Callable[[Values], bool]
    limit: str
    rising: bool = False


def _points(drawn: Drawn) -> Values:
    assert isinstance(drawn.answer, points.Answer)
    shown = [point for point in drawn.answer.points if point.drawn]
    found = points.read(drawn.source, drawn.target, [point.rgb for point in shown], drawn.answer.radius)
    return np.array([
        np.inf if place is None else np.hypot(place[0] - point.x, place[1] - point.y)
        for place, point in zip(found, shown, strict=True)
    ])  # fmt: skip


def _mask(drawn: Drawn) -> Values:
    """Overlap; for a class or phrase that is not there, 1 where nothing is found."""
    answer = drawn.answer
    assert isinstance(answer, region.Answer)
    if not answer.present:
        return np.array([float(region.read_colour(drawn.source, drawn.target, PALETTE)[0] == "")])
    return _overlap(answer.mask, region.read(drawn.source, drawn.target, answer.rgb, answer.alpha))


def _white(drawn: Drawn) -> Values:
    assert isinstance(drawn.answer, white_mask.Answer)
    return _overlap(drawn.answer.mask, white_mask.read(drawn.target))


def _overlap(mask: Rle, found: npt.NDArray[np.bool_]) -> Values:
    truth = from_rle(mask)
    if np.count_nonzero(truth) < _LEAST_MASK:
        return np.empty(0)
    return np.array([np.count_nonzero(found & truth) / np.count_nonzero(found | truth)])


def _boxes(drawn: Drawn) -> Values:
    """Largest difference of an edge, for each box as annotated (not as drawn); without end where one is missing."""
    answer = drawn.answer
    assert isinstance(answer, boxes.Answer)
    outlines = boxes.read(drawn.source, drawn.target, answer.rgb, answer.line)
    found, truth = np.array(outlines, np.float64).reshape(-1, 4), np.array(answer.boxes, np.float64)
    if not len(found):
        return np.full(len(truth), np.inf)
    edges = [np.concatenate([box[:, :2], box[:, :2] + box[:, 2:]], axis=1) for box in (truth, found)]
    return np.asarray(np.abs(edges[0][:, None] - edges[1][None]).max(axis=2).min(axis=1), np.float64)


def _depth(drawn: Drawn) -> Values:
    """Of each measured pixel within the range, the error as a share of the range; every seventh pixel."""
    assert drawn.depth is not None and isinstance(drawn.answer, depth.Answer)
    scale = drawn.answer.scale
    known = (drawn.depth > scale.nearest) & (drawn.depth < scale.farthest) & ~from_rle(drawn.answer.void)
    error = np.abs(depth.read(drawn.target, scale) - drawn.depth) / (scale.farthest - scale.nearest)
    return np.asarray(error[known][::7], np.float64)


def _solid(drawn: Drawn) -> Values:
    assert isinstance(drawn.answer, colour.Answer)
    return np.array([float(colour.read(drawn.target)[0] == drawn.answer.colour)])


def _masks_good(values: Values) -> bool:
    return bool(np.median(values) >= 0.995 and np.mean(values >= 0.95) >= 0.99)


_MASK_LIMIT = "median 0.995, 99 % at 0.95"
_MEASURES = {
    "keypoints": Measure(
        _points,
        "px",
        lambda values: bool(np.median(values) <= 0.5 and np.mean(values <= 1) >= 0.99),
        "median 0.5 px, 99 % within 1 px",
    ),
    "segment": Measure(_mask, "IoU", _masks_good, _MASK_LIMIT, rising=True),
    "segment-mask": Measure(_white, "IoU", _masks_good, _MASK_LIMIT, rising=True),
    "refer": Measure(_mask, "IoU", _masks_good, _MASK_LIMIT, rising=True),
    "detect": Measure(_boxes, "px", lambda values: bool(values.max() <= 1), "all within 1 px"),
    "depth": Measure(
        _depth, "of the range", lambda values: bool(np.mean(values <= 0.01) >= 0.99), "99 % of pixels within 0.01"
    ),
    "classify": Measure(_solid, "right", lambda values: bool(values.min() == 1), "all", rising=True),
}


def run(real: Path, out: Path) -> list[Figure]:
    """Build what draws, eight variants each, and read every triplet back.

    Args:
        real: folder of real samples.
        out: folder to build in.
    """
    make_scenes(out / "scenes", _SCENES, seed=4)
    drawing = [sample for sample in SAMPLES if set(sample.tasks) <= _MEASURES.keys()]
    figures = []
    for pictures, samples, root in (("real samples", drawing, real), ("scenes", _SCENE_SAMPLES, out / "scenes")):
        folder = out / pictures.replace(" ", "-")
        recipe = {
            "image": {"short_side": 256},
            "unit_bytes": "16MB",
            "sources": [sample.block(root, _VARIANTS) for sample in samples],
        }
        build(Recipe.model_validate(recipe), folder, Options(workers=1))
        values: dict[str, list[Values]] = {}
        for task, drawn in drawings(samples, root, folder):
            values.setdefault(task, []).append(_MEASURES[task].values(drawn))
        figures += [figure(task, pictures, np.concatenate(values[task])) for task in _MEASURES if task in values]
    return figures


def figure(task: str, pictures: str, values: Values) -> Figure:
    """Median and tail of a task's values, held against its limit."""
    measure = _MEASURES[task]
    median, tail = np.median(values), np.quantile(values, 0.01 if measure.rising else 0.99, method="nearest")
    worst = values.min() if measure.rising else values.max()
    ends = f"{tail:.3f}, {worst:.3f}"
    good = measure.good(values)
    return Figure(task, pictures, len(values), measure.unit, f"{median:.3f}", ends, measure.limit, good)


def table(figures: Sequence[Figure]) -> str:
    """The figures as Markdown."""
    lines = [
        "| task | pictures | read back | median | 99 in 100, worst | limit | held |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in figures:
        held = "yes" if each.good else "**no**"
        lines.append(
            f"| {each.task} | {each.pictures} | {each.count:,} | {each.median} {each.unit} | {each.tail} | {each.limit} | {held} |"
        )
    return "\n".join(lines)


def drawings(samples: Sequence[Sample], root: Path, out: Path) -> Iterator[tuple[str, Drawn]]:
    """Task and pictures of every triplet of a build that a task of ours draws."""
    sources = {sample.name: sample for sample in samples}
    rows = {
        row["key"]: row for part in sorted((out / "index").glob("rows-*")) for row in pq.read_table(part).to_pylist()
    }
    depths = {name: _Depths(sample, root) for name, sample in sources.items() if "depth" in sample.tasks}
    for shard in sorted((out / "shards").glob("*.tar")):
        for key, members in _samples(shard):
            row = rows[key]
            source, target = (decode(members[f"{role}.jpg"]).pixels for role in ("source", "target"))
            truth = depths.get(row["source"])
            metres = truth.of(row["record"], source.shape[1::-1]) if truth else None
            yield row["task"], Drawn(source, target, read_answer(members["json"]), metres)


class _Depths:
    """The depth maps of a sample in metres, read anew: not by the task that is measured."""

    def __init__(self, sample: Sample, root: Path) -> None:
        self._source = catalogue.source(
            sample.dataset, name="x", root=str(root / sample.folder), split=sample.split, options=sample.options
        )
        groups = range(self._source.group_count())
        self._records = {record.id: record for index in groups for record in self._source.group(index)}

    def of(self, record_id: str, size: tuple[int, ...]) -> npt.NDArray[np.float32]:
        record = self._records[record_id]
        data = np.frombuffer(self._source.read(record.files["depth"]), np.uint8)
        stored = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        if stored is None:
            raise ValueError(f"{record.files['depth']} is no picture")
        metres = stored.astype(np.float32) / np.float32(record.annotation["units_per_metre"])
        return cv2.resize(metres, (size[0], size[1]), interpolation=cv2.INTER_NEAREST_EXACT).astype(np.float32)


def _samples(shard: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    members: dict[str, bytes] = {}
    with tarfile.open(shard) as tar:
        for member in tar:
            key, _, role = member.name.partition(".")
            file = tar.extractfile(member)
            members[role] = file.read() if file else b""
            if role == "json":  # the last of a sample
                yield key, members
                members = {}

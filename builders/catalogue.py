"""Data sets and tasks by name. One line each; nothing is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar, cast

from ieiw.builders.protocols import Source, Task, Tools
from ieiw.builders.record_kinds import Kind, describe
from ieiw.triplets.errors import UsageError

_Entry = TypeVar("_Entry")
REPLACEMENT = "replacement"
"""The task whose results are made by steps of their own before the build."""
_REFER = "github.com/lichengunc/refer"
_ADE, _COCO, _VOC, _VISUAL_GENOME = ("ade20k",), ("coco",), ("voc",), ("visual-genome", "coco")
_REFCOCO_SPLITS = ("val", "testA", "testB")


@dataclass(frozen=True, slots=True)
class DataSet:
    """What is known of a data set before it is read.

    Attributes:
        source: ``module:Class`` below :mod:`ieiw.builders.sources`; the class is called with name, root, split and options.
        site: page with its files, without ``https://``; docs/data-sets.md says more.
        spaces: in which its pictures are numbered, that of its records' groups first, then those of its source's
            ``picture_aliases``; none where it counts its own (see :mod:`ieiw.builders.benchmark_overlap`).
        renamed: spaces from which it took pictures under numbers of its own, so that only the looks of a picture tell which it is.
        evaluated: splits that the paper and its successors evaluate on.
    """

    source: str
    site: str
    spaces: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    evaluated: tuple[str, ...] = ()


DATA_SETS = {
    "ade20k-150": DataSet("ade20k:Ade20k150", "sceneparsing.csail.mit.edu", _ADE, evaluated=("validation",)),
    "ade20k-847": DataSet(
        "ade20k:Ade20kFull", "groups.csail.mit.edu/vision/datasets/ADE20K", _ADE, evaluated=("validation",)
    ),
    "aic": DataSet("aic:AIC", "github.com/AIChallenger/AI_Challenger_2017", evaluated=("validation",)),
    "ap10k": DataSet("ap10k:AP10K", "github.com/AlexTheBad/AP-10K"),
    "clwd": DataSet("clwd:Clwd", "github.com/MRUIL/WDNet", renamed=_VOC, evaluated=("test",)),
    "coco-instances": DataSet("coco_instances:CocoInstances", "cocodataset.org", _COCO, evaluated=("val2017",)),
    "coco-keypoints": DataSet("coco_keypoints:CocoKeypoints", "cocodataset.org", _COCO, evaluated=("val2017",)),
    "coco-stuff": DataSet("coco_stuff:CocoStuff", "github.com/nightrome/cocostuff", _COCO, evaluated=("val2017",)),
    "crowdpose": DataSet(
        "crowdpose:CrowdPose", "github.com/Jeff-sjtu/CrowdPose", renamed=("coco", "mpii", "aic"), evaluated=("test",)
    ),
    "gier": DataSet("gier:Gier", "github.com/jshi31/T2ONet"),
    "gopro": DataSet("gopro:GoPro", "seungjunnah.github.io/Datasets/gopro"),
    "gqa-inpaint": DataSet(
        "gqa_inpaint:GqaInpaint", "github.com/abyildirim/inst-inpaint", _VISUAL_GENOME, evaluated=("test",)
    ),
    "grefcoco": DataSet("refcoco:GRefCoco", "github.com/henghuiding/gRefCOCO", _COCO, evaluated=_REFCOCO_SPLITS),
    "humanart": DataSet("humanart:HumanArt", "idea-research.github.io/HumanArt"),
    "instructpix2pix": DataSet("instructpix2pix:InstructPix2Pix", "github.com/timothybrooks/instruct-pix2pix"),
    "magicbrush": DataSet(
        "magicbrush:MagicBrush", "huggingface.co/datasets/osunlp/MagicBrush", _COCO, evaluated=("dev", "test")
    ),
    "mpii": DataSet("mpii:MPII", "human-pose.mpi-inf.mpg.de", evaluated=("valid",)),
    "nyuv2": DataSet("nyuv2:NyuV2", "cs.nyu.edu/~fergus/datasets/nyu_depth_v2.html"),
    "openimages": DataSet(
        "openimages:OpenImages", "storage.googleapis.com/openimages/web", evaluated=("validation", "test")
    ),
    "oxford-pet": DataSet("oxford_pet:OxfordPet", "robots.ox.ac.uk/~vgg/data/pets"),
    "pascal-context": DataSet(
        "pascal:PascalContext", "cs.stanford.edu/~roozbeh/pascal-context", _VOC, evaluated=("val",)
    ),
    "pascal-voc": DataSet("pascal:PascalVoc", "host.robots.ox.ac.uk/pascal/VOC/voc2012", _VOC, evaluated=("val",)),
    "phrasecut": DataSet(
        "phrasecut:PhraseCut", "github.com/ChenyunWu/PhraseCutDataset", _VISUAL_GENOME, evaluated=("val", "test")
    ),
    "reds": DataSet("reds:Reds", "seungjunnah.github.io/Datasets/reds"),
    "refclef": DataSet("refclef:RefClef", _REFER, evaluated=("val", "test")),
    "refcoco": DataSet("refcoco:RefCoco", _REFER, _COCO, evaluated=_REFCOCO_SPLITS),
    "refcoco-plus": DataSet("refcoco:RefCocoPlus", _REFER, _COCO, evaluated=_REFCOCO_SPLITS),
    "refcocog": DataSet("refcoco:RefCocoG", _REFER, _COCO, evaluated=("val", "test")),
    "sa-1b": DataSet("sa1b:Sa1b", "ai.meta.com/datasets/segment-anything"),
    "sidd": DataSet("sidd:Sidd", "www.eecs.yorku.ca/~kamel/sidd"),
}
"""Every data set that can be built; a recipe's source names one."""
_LATER = "cannot be built by this version yet. Take the source out to build the rest (recipes/phrasecut.yaml does)."
DECLARED = {
    "ieiw-web": f"IEIW's third resource, 23,000 pairs from photo retouching sites, {_LATER}",
}
"""Data sets that recipes may name already, and why they cannot be built."""
TASKS = {
    "removal": "removal:Removal",
    "addition": "addition:Addition",
    "edit": "edit:Edit",
    "deblur": "deblur:Deblur",
    "denoise": "denoise:Denoise",
    "watermark-removal": "watermark_removal:WatermarkRemoval",
    "keypoints": "keypoints:Keypoints",
    "segment": "segment:Segment",
    "refer": "refer:Refer",
    "detect": "detect:Detect",
    "depth": "depth:DepthEstimation",
    "classify": "classify:Classify",
    "segment-mask": "segment_mask:SegmentMask",
    REPLACEMENT: "replacement:Replacement",
}
"""Task -> ``module:Class`` below :mod:`ieiw.builders.tasks`; the class is called with the build's tools and the task's options
(``task_options.<task>``; of the inpainting ones ``region`` too)."""


def source(dataset: str, *, name: str, root: str, split: str, options: Mapping[str, Any]) -> Source:
    """Make the source of a data set.

    Args:
        dataset: a name of :data:`DATA_SETS`.
        name: of the source in the recipe.
        root: folder or URL of the official layout.
        split: as the data set calls it.
        options: the recipe's ``options`` block.

    Raises:
        UsageError: unknown data set or option.
    """
    if dataset in DECLARED:
        raise UsageError(f"source {name}: {DECLARED[dataset]}")
    cls = _load("sources", _entry(DATA_SETS, dataset, "data set").source)
    return cast(Source, cls(name=name, root=root, split=split, options=options))


def task(name: str, tools: Tools, rules: Mapping[str, Any]) -> Task:
    """Make a task.

    Raises:
        UsageError: unknown task, or wrong rules.
    """
    return cast(Task, cast(Any, task_class(name))(tools, rules))


def check_fit(source: Source, tasks: Sequence[str]) -> None:
    """Make sure that the tasks can use what a source's records hold.

    Raises:
        UsageError: one cannot, or is unknown; the message names source, tasks, and the tasks that fit.
    """
    wrong = [f"{name} needs {describe(needs(name))}" for name in tasks if source.gives not in needs(name)]
    if wrong:
        others = [text for kind, text in source.choices.items() if all(kind in needs(name) for name in tasks)]
        raise UsageError(
            f"source {source.name}: task {'; task '.join(wrong)}; its records hold {source.gives}. "
            f"Tasks that fit: {', '.join(fitting(source))}"
            + "".join(f". All of these tasks fit with options: {options}" for options in others[:1])
        )


def fitting(source: Source) -> list[str]:
    """The tasks that can use a source's records, sorted."""
    return [name for name in sorted(TASKS) if source.gives in needs(name)]


def needs(task: str) -> frozenset[Kind]:
    """The kinds of records that a task can use.

    Raises:
        UsageError: unknown task.
    """
    return task_class(task).needs


def roles(task: str) -> frozenset[str]:
    """The roles of models whose results a task reads.

    Raises:
        UsageError: unknown task.
    """
    return task_class(task).roles


def task_class(name: str) -> type[Task]:
    """The class of a task, which states what it needs, draws and mirrors.

    Raises:
        UsageError: unknown task.
    """
    return cast(type[Task], _load("tasks", _entry(TASKS, name, "task")))


def _entry(table: Mapping[str, _Entry], name: str, what: str) -> _Entry:
    if name not in table:
        raise UsageError(f"no {what} is called {name!r}. Known: {', '.join(sorted(table))}")
    return table[name]


def _load(room: str, place: str) -> Any:
    module, _, cls = place.partition(":")
    return getattr(import_module(f"ieiw.builders.{room}.{module}"), cls)

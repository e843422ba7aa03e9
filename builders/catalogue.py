"""Data sets and tasks by name. One line each; nothing is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, cast

from ieiw.builders.protocols import Source, Task, Tools
from ieiw.builders.record_kinds import Choosing, Kind, describe
from ieiw.triplets.errors import UsageError

SOURCES = {
    "ade20k-150": "ieiw.builders.sources.ade20k:Ade20k150",
    "ade20k-847": "ieiw.builders.sources.ade20k:Ade20kFull",
    "aic": "ieiw.builders.sources.aic:AIC",
    "ap10k": "ieiw.builders.sources.ap10k:AP10K",
    "clwd": "ieiw.builders.sources.clwd:Clwd",
    "coco-instances": "ieiw.builders.sources.coco_instances:CocoInstances",
    "coco-keypoints": "ieiw.builders.sources.coco_keypoints:CocoKeypoints",
    "coco-stuff": "ieiw.builders.sources.coco_stuff:CocoStuff",
    "crowdpose": "ieiw.builders.sources.crowdpose:CrowdPose",
    "gier": "ieiw.builders.sources.gier:Gier",
    "gopro": "ieiw.builders.sources.gopro:GoPro",
    "gqa-inpaint": "ieiw.builders.sources.gqa_inpaint:GqaInpaint",
    "grefcoco": "ieiw.builders.sources.refcoco:GRefCoco",
    "humanart": "ieiw.builders.sources.humanart:HumanArt",
    "instructpix2pix": "ieiw.builders.sources.instructpix2pix:InstructPix2Pix",
    "magicbrush": "ieiw.builders.sources.magicbrush:MagicBrush",
    "mpii": "ieiw.builders.sources.mpii:MPII",
    "nyuv2": "ieiw.builders.sources.nyuv2:NyuV2",
    "oxford-pet": "ieiw.builders.sources.oxford_pet:OxfordPet",
    "pascal-context": "ieiw.builders.sources.pascal:PascalContext",
    "pascal-voc": "ieiw.builders.sources.pascal:PascalVoc",
    "phrasecut": "ieiw.builders.sources.phrasecut:PhraseCut",
    "reds": "ieiw.builders.sources.reds:Reds",
    "refclef": "ieiw.builders.sources.refclef:RefClef",
    "refcoco": "ieiw.builders.sources.refcoco:RefCoco",
    "refcoco-plus": "ieiw.builders.sources.refcoco:RefCocoPlus",
    "refcocog": "ieiw.builders.sources.refcoco:RefCocoG",
    "sidd": "ieiw.builders.sources.sidd:Sidd",
}
"""Data set -> class; called with name, root, split, options."""
_LATER = "cannot be built by this version yet. Take the source out to build the rest (recipes/phrasecut.yaml does)."
DECLARED = {
    "ieiw-replacement": f"IEIW's second resource, 51,000 pairs of objects replaced by Paint-by-Example, {_LATER}",
    "ieiw-web": f"IEIW's third resource, 23,000 pairs from photo retouching sites, {_LATER}",
}
"""Data sets that recipes may name already, and why they cannot be built."""
TASKS = {
    "addition": "ieiw.builders.tasks.addition:Addition",
    "classify": "ieiw.builders.tasks.classify:Classify",
    "deblur": "ieiw.builders.tasks.deblur:Deblur",
    "denoise": "ieiw.builders.tasks.denoise:Denoise",
    "depth": "ieiw.builders.tasks.depth:DepthEstimation",
    "detect": "ieiw.builders.tasks.detect:Detect",
    "edit": "ieiw.builders.tasks.edit:Edit",
    "keypoints": "ieiw.builders.tasks.keypoints:Keypoints",
    "refer": "ieiw.builders.tasks.refer:Refer",
    "removal": "ieiw.builders.tasks.removal:Removal",
    "segment": "ieiw.builders.tasks.segment:Segment",
    "segment-mask": "ieiw.builders.tasks.segment_mask:SegmentMask",
    "watermark-removal": "ieiw.builders.tasks.watermark_removal:WatermarkRemoval",
}
"""Task -> class; called with the build's tools and its options (``task_options.<task>``; of the inpainting ones ``region`` too)."""


def source(dataset: str, *, name: str, root: str, split: str, options: Mapping[str, Any]) -> Source:
    """Make the source of a data set.

    Args:
        dataset: a name of :data:`SOURCES`.
        name: of the source in the recipe.
        root: folder or URL of the official layout.
        split: as the data set calls it.
        options: the recipe's ``options`` block.

    Raises:
        UsageError: unknown data set or option.
    """
    if dataset in DECLARED:
        raise UsageError(f"source {name}: {DECLARED[dataset]}")
    made = _load(SOURCES, dataset, "data set")(name=name, root=root, split=split, options=options)
    return cast(Source, made)


def task(name: str, tools: Tools, rules: Mapping[str, Any]) -> Task:
    """Make a task.

    Raises:
        UsageError: unknown task, or wrong rules.
    """
    return cast(Task, _load(TASKS, name, "task")(tools, rules))


def check_fit(source: Source, tasks: Sequence[str]) -> None:
    """Make sure that the tasks can use what a source's records hold.

    Raises:
        UsageError: one cannot, or is unknown; the message names source, tasks, and the tasks that fit.
    """
    wrong = [f"{name} needs {describe(needs(name))}" for name in tasks if source.gives not in needs(name)]
    if wrong:
        raise UsageError(
            f"source {source.name}: task {'; task '.join(wrong)}; its records hold {source.gives}. "
            f"Tasks that fit: {', '.join(fitting(source))}{_other_options(source, tasks)}"
        )


def _other_options(source: Source, tasks: Sequence[str]) -> str:
    """The options with which all tasks would fit, in words; empty where there are none."""
    choices = source.choices if isinstance(source, Choosing) else {}
    found = [text for kind, text in choices.items() if all(kind in needs(name) for name in tasks)]
    return f". All of these tasks fit with options: {found[0]}" if found else ""


def fitting(source: Source) -> list[str]:
    """The tasks that can use a source's records, sorted."""
    return [name for name in sorted(TASKS) if source.gives in needs(name)]


def needs(task: str) -> frozenset[Kind]:
    """The kinds of records that a task can use.

    Raises:
        UsageError: unknown task.
    """
    return cast(frozenset[Kind], _load(TASKS, task, "task").needs)


def roles(task: str) -> frozenset[str]:
    """The roles of models whose results a task reads.

    Raises:
        UsageError: unknown task.
    """
    return cast(frozenset[str], _load(TASKS, task, "task").roles)


def _load(table: Mapping[str, str], name: str, what: str) -> Any:
    if name not in table:
        raise UsageError(f"no {what} is called {name!r}. Known: {', '.join(sorted(table))}")
    module, _, attribute = table[name].partition(":")
    return getattr(import_module(module), attribute)

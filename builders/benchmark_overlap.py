"""Which data sets show the same pictures, and which of them are evaluated on: so that a training build can leave those out.

A picture has a *name*: the space its number is counted in, and the number (``coco:139``). RefCOCO's test pictures are pictures of
COCO's training set, MagicBrush's are COCO's too, and half of Visual Genome is: whoever trains on all of COCO has seen the answers.
CrowdPose and CLWD gave pictures of others new numbers; those are told by their looks alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ieiw.builders.protocols import Source
from ieiw.triplets.records import Record

_SPACES: dict[str, str] = {
    "coco-instances": "coco",
    "coco-keypoints": "coco",
    "coco-stuff": "coco",
    "refcoco": "coco",
    "refcoco-plus": "coco",
    "refcocog": "coco",
    "grefcoco": "coco",
    "magicbrush": "coco",
    "phrasecut": "visual-genome",
    "gqa-inpaint": "visual-genome",
    "pascal-voc": "voc",
    "pascal-context": "voc",
    "ade20k-150": "ade20k",
    "ade20k-847": "ade20k",
}
"""Data set -> space of its pictures' numbers; every other data set counts its own."""
_ALSO: dict[str, frozenset[str]] = {"phrasecut": frozenset({"coco"}), "gqa-inpaint": frozenset({"coco"})}
"""Spaces in which a data set tells further names of its pictures (``picture_aliases``)."""
_RENAMED: dict[str, frozenset[str]] = {"crowdpose": frozenset({"coco", "mpii", "aic"}), "clwd": frozenset({"voc"})}
"""Spaces from which a data set took pictures under numbers of its own: only their looks tell which."""
EVALUATIONS: tuple[tuple[str, str], ...] = (
    ("coco-keypoints", "val2017"),
    ("coco-stuff", "val2017"),
    ("coco-instances", "val2017"),
    *((name, split) for name in ("refcoco", "refcoco-plus", "grefcoco") for split in ("val", "testA", "testB")),
    ("refcocog", "val"),
    ("refcocog", "test"),
    ("refclef", "val"),
    ("refclef", "test"),
    ("magicbrush", "dev"),
    ("magicbrush", "test"),
    ("phrasecut", "val"),
    ("phrasecut", "test"),
    ("gqa-inpaint", "test"),
    ("crowdpose", "test"),
    ("mpii", "valid"),
    ("aic", "validation"),
    ("pascal-voc", "val"),
    ("pascal-context", "val"),
    ("ade20k-150", "validation"),
    ("ade20k-847", "validation"),
    ("clwd", "test"),
)
"""Data set and split of the evaluations that the paper and its successors report."""
_NUMBER = re.compile(r"(\d+)(?:\.\w+)?$")


def spaces(dataset: str) -> frozenset[str]:
    """The spaces in which a data set's pictures have names."""
    return frozenset({_SPACES.get(dataset, dataset)}) | _ALSO.get(dataset, frozenset())


def evaluations_sharing(dataset: str, split: str) -> list[tuple[str, str]]:
    """Known evaluation sets that may show the pictures of a data set by the same names, other than the split itself."""
    mine = spaces(dataset)
    return [each for each in EVALUATIONS if mine & spaces(each[0]) and not _apart(dataset, split, *each)]


def evaluations_looking_alike(dataset: str, split: str) -> list[tuple[str, str]]:
    """Known evaluation sets that may show its pictures under other names, so that only a perceptual hash can tell them."""
    return [each for each in EVALUATIONS if renamed(dataset, each[0]) and not _apart(dataset, split, *each)]


def renamed(dataset: str, other: str) -> bool:
    """Whether one of two data sets took pictures of the other's and named them anew."""
    return bool(_origins(dataset) & spaces(other) or spaces(dataset) & _origins(other))


def picture_names(source: Source, dataset: str, record: Record) -> frozenset[str]:
    """All names of a record's picture, such as ``{"visual-genome:2337", "coco:139"}``.

    Args:
        source: the record is of; where it has a method ``picture_aliases(record)``, that adds names.
        dataset: its registered data set.
        record: sound or not; its group names the picture.
    """
    own = picture_name(_SPACES.get(dataset, dataset), record.group)
    aliases: Iterable[str] = getattr(source, "picture_aliases", _none)(record)
    return frozenset({own, *aliases})


def picture_name(space: str, text: str) -> str:
    """The name of a picture: in COCO's space by its number, however it is written (``COCO_train2014_000000000139.jpg``)."""
    number = _NUMBER.search(text) if space == "coco" else None
    return f"{space}:{int(number[1])}" if number else f"{space}:{text}"


def _origins(dataset: str) -> frozenset[str]:
    return _RENAMED.get(dataset, frozenset())


def _apart(dataset: str, split: str, other: str, part: str) -> bool:
    """Whether two splits cannot share a picture: parts of one data set, train2017 and val2017, ADE20K's two."""
    return dataset == other or (split, part) in {("train2017", "val2017"), ("training", "validation")}


def _none(record: Record) -> Iterable[str]:
    return ()

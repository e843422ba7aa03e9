"""Which data sets show the same pictures, and which of them are evaluated on: so that a training build can leave those out.

A picture has a *name*: the space its number is counted in, and the number (``coco:139``). RefCOCO's test pictures are pictures of
COCO's training set, MagicBrush's are COCO's too, and half of Visual Genome is: whoever trains on all of COCO has seen the answers.
CrowdPose and CLWD gave pictures of others new numbers; only their looks tell which they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ieiw.builders.catalogue import DATA_SETS
from ieiw.builders.protocols import Source
from ieiw.triplets.records import Record

_NUMBER = re.compile(r"(\d+)(?:\.\w+)?$")


def spaces(dataset: str) -> frozenset[str]:
    """The spaces in which a data set's pictures have names."""
    return frozenset(_spaces(dataset))


def evaluations_sharing(dataset: str, split: str) -> list[tuple[str, str]]:
    """Known evaluation sets that may show the pictures of a data set by the same names, other than the split itself."""
    return [(other, part) for other, part in _others(dataset, split) if spaces(dataset) & spaces(other)]


def evaluations_looking_alike(dataset: str, split: str) -> list[tuple[str, str]]:
    """Known evaluation sets that may show its pictures under other names, so that only a perceptual hash can tell them."""
    return [(other, part) for other, part in _others(dataset, split) if renamed(dataset, other)]


def _others(dataset: str, split: str) -> Iterator[tuple[str, str]]:
    """The evaluation sets that may share a picture with a split: not parts of one data set, train2017 and val2017, ADE20K's two."""
    for other, entry in DATA_SETS.items():
        for part in entry.evaluated:
            if dataset != other and (split, part) not in {("train2017", "val2017"), ("training", "validation")}:
                yield other, part


def renamed(dataset: str, other: str) -> bool:
    """Whether one of two data sets took pictures of the other's and gave them numbers of its own."""
    pairs = (dataset, other), (other, dataset)
    return any(spaces(one).intersection(DATA_SETS[two].renamed) for one, two in pairs if two in DATA_SETS)


def picture_names(source: Source, dataset: str, record: Record) -> frozenset[str]:
    """All names of a record's picture, such as ``{"visual-genome:2337", "coco:139"}``.

    Args:
        source: the record is of.
        dataset: its data set.
        record: sound or not; its group names the picture.
    """
    return frozenset({picture_name(_spaces(dataset)[0], record.group), *source.picture_aliases(record)})


def picture_name(space: str, text: str) -> str:
    """The name of a picture: in COCO's space by its number, however it is written (``COCO_train2014_000000000139.jpg``)."""
    number = _NUMBER.search(text) if space == "coco" else None
    return f"{space}:{int(number[1])}" if number else f"{space}:{text}"


def _spaces(dataset: str) -> tuple[str, ...]:
    return (DATA_SETS[dataset].spaces if dataset in DATA_SETS else ()) or (dataset,)

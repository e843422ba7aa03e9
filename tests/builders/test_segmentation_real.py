"""The segmentation sources on small real samples: all become triplets, and the masks are read back from the encoded pictures.

Needs the collection of real samples: ``IEIW_REAL_DATA=/folder pytest tests/builders/test_segmentation_real.py``.
"""

import os
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ieiw.builders import catalogue
from ieiw.builders.assembly import Assembler
from ieiw.builders.protocols import Tools
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.region import read, read_colour
from ieiw.triplets.images.codec import decode, encode_jpeg
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.records import Attempt, Built

REAL = os.environ.get("IEIW_REAL_DATA", "")
pytestmark = pytest.mark.skipif(not REAL, reason="needs IEIW_REAL_DATA, the folder of real samples")

SAMPLES = {
    "coco-stuff": ("coco_stuff", "train2017", "segment", 9, 0),
    "ade20k-150": ("ade20k/ADEChallengeData2016", "validation", "segment", 2, 0),
    "ade20k-847": ("ade20k", "training", "segment", 2, 0),
    "pascal-voc": ("pascal_voc/VOCdevkit/VOC2012", "val", "segment", 3, 0),
    "pascal-context": ("pascal_context", "val", "segment", 3, 0),
    "refcoco": ("refcoco", "val", "refer", 9, 2),
    "refcoco-plus": ("refcoco", "val", "refer", 10, 1),
    "refcocog": ("refcoco", "val", "refer", 5, 1),
    "grefcoco": ("grefcoco/format_only", "val", "refer", 4, 5),
    "refclef": ("refclef", "all", "refer", 0, 116),
    "phrasecut": ("phrasecut_derived/VGPhraseCut_v0", "train", "refer", 88, 23),
}
"""Data set -> folder, split, task, triplets, rejects."""


def verdicts(dataset, variants):
    folder, split, task, _, _ = SAMPLES[dataset]
    if not Path(REAL, folder).is_dir():
        pytest.skip(f"IEIW_REAL_DATA has no {folder}")
    source = catalogue.source(dataset, name=dataset, root=str(Path(REAL, folder)), split=split, options={})
    made = catalogue.task(task, Tools(256, partial(encode_jpeg, quality=95)), {})
    attempts = (
        Attempt(dataset, record, task, variant)
        for index in range(source.group_count())
        for record in source.group(index)
        for variant in range(variants)
    )
    return list(Assembler(source, {task: made}, 0).run(attempts))


@pytest.mark.parametrize("dataset", SAMPLES)
def test_every_attempt_of_a_sample_has_the_expected_verdict(dataset):
    counted = Counter(isinstance(verdict, Built) for verdict in verdicts(dataset, 1))
    assert (counted[True], counted[False]) == SAMPLES[dataset][3:]


def test_masks_come_back_from_the_encoded_pictures():
    overlaps = []
    for dataset in ("coco-stuff", "ade20k-150", "pascal-voc", "pascal-context", "refcoco", "grefcoco"):
        for verdict in verdicts(dataset, 3):
            if not isinstance(verdict, Built):
                continue
            answer = verdict.triplet.answer
            source, target = (decode(each.data).pixels for each in (verdict.triplet.source, verdict.triplet.target))
            if not answer.present:
                assert read_colour(source, target, PALETTE)[0] == ""
                continue
            truth = from_rle(answer.mask)
            found = read(source, target, answer.rgb, answer.alpha)
            if np.count_nonzero(truth) >= 32 * 32:
                overlaps.append(np.count_nonzero(found & truth) / np.count_nonzero(found | truth))
    assert len(overlaps) > 60
    assert np.median(overlaps) >= 0.995
    assert np.mean(np.array(overlaps) >= 0.95) >= 0.99


def test_nothing_void_is_ever_painted():
    for dataset in ("coco-stuff", "ade20k-150", "pascal-voc"):
        for verdict in verdicts(dataset, 2):
            answer = verdict.triplet.answer
            assert not (from_rle(answer.mask) & from_rle(answer.void)).any()

"""What all data sets of key points share, on the real samples."""

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from ieiw.builders.instructions.joints import LAYOUTS
from ieiw.triplets.errors import UsageError
from tests.support.source_case import read_records

REAL = os.environ.get("IEIW_REAL_DATA")


needs_real = pytest.mark.skipif(not REAL, reason="IEIW_REAL_DATA is not set: no real samples")


SAMPLES = [
    ("coco-keypoints", "coco", "train2017", {"": 35, "no_key_points": 38, "crowd": 2}),
    ("coco-keypoints", "coco", "val2017", {"": 37, "no_key_points": 17, "crowd": 1}),
    ("crowdpose", "crowdpose", "sample", {"": 2, "no_key_points": 1}),
    ("aic", "aic", "validation", {"": 6}),
    ("humanart", "humanart", "validation", {"": 3}),
    ("ap10k", "ap10k", "test-split1", {"": 1}),
    ("mpii", "mpii", "valid", {"": 3}),
    ("mpii", "mpii/format_only", "train", {"": 4}),
]


@needs_real
@pytest.mark.parametrize(("dataset", "folder", "split", "expected"), SAMPLES)
def test_real_samples(dataset, folder, split, expected):
    found = read_records(dataset, Path(REAL) / folder, split)
    assert Counter(record.fault.reason.value if record.fault else "" for record in found) == expected
    for record in found:
        if not record.fault:
            assert len(record.annotation["joints"]) == len(LAYOUTS[record.annotation["layout"]])


def hostile():
    if not REAL:
        return []
    lines = (Path(REAL) / "coco_hostile" / "expected.jsonl").read_text().splitlines()
    return [each for each in map(json.loads, lines) if each["kind"] == "annotation"]


ABOUT_OUTLINES = {"bad_polygon", "bad_rle"}


@needs_real
@pytest.mark.parametrize("expected", hostile(), ids=lambda each: Path(each["file"]).stem)
def test_hostile_annotations(expected, tmp_path):
    """What a robust reader must drop is a fault here, and nothing crashes. Outlines are not read by this source."""
    real = Path(REAL) / "coco_hostile"
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "person_keypoints_x.json").write_bytes((real / expected["file"]).read_bytes())
    try:
        found = read_records("coco-keypoints", tmp_path, "x")
    except UsageError as error:
        assert expected["action"] == "reject", error
        return
    kept = {record.id for record in found if not record.fault}
    if expected["action"] == "partial" and expected["reason"] not in ABOUT_OUTLINES | {"missing_file", "unsafe_path"}:
        assert kept >= {str(number) for number in expected["keep_annotation_ids"]}
        if expected["reason"] != "bbox_outside":  # boxes outside are met by the task, which knows the picture
            # Of these the outline or the area alone is unsound, which no task of this source reads.
            about_outline = {"wrong_type": {"3"}, "non_finite": {"4"}}.get(expected["reason"], set())
            # "convert 2 and 4, drop 3": numbers as text may be read as numbers.
            converted = set(re.findall(r"\d+", expected.get("also_ok", "").partition(",")[0]))
            assert not kept & {str(number) for number in expected["drop_annotation_ids"]} - about_outline - converted


@needs_real
@pytest.mark.parametrize(
    ("dataset", "split", "unlisted"),
    [("aic", "validation", True), ("mpii", "valid", True), ("ap10k", "test-split1", False)],
)
def test_who_leaves_people_out_says_so(dataset, split, unlisted):
    sound = [record for record in read_records(dataset, Path(REAL) / dataset, split) if not record.fault]
    assert sound and all(record.annotation["unlisted"] is unlisted for record in sound)

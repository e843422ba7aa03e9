"""The sources of regions on small real samples: every outline is drawn, in both forms of SA-1B, and official records are read.

Needs the collection of real samples: ``IEIW_REAL_DATA=/folder pytest tests/builders/test_regions_real.py``.
"""

import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from ieiw.builders.opening import Opener
from ieiw.builders.replacement.quality import Good, QualityRules, good_regions
from ieiw.builders.replacement.regions import regions_of
from tests.builders.replacement.pictures import opened
from tests.support.region_case import drawn
from tests.support.source_case import records_of, source_of

REAL = os.environ.get("IEIW_REAL_DATA", "")
pytestmark = pytest.mark.skipif(not REAL, reason="needs IEIW_REAL_DATA, the folder of real samples")


def sample(folder):
    if not Path(REAL, folder).is_dir():
        pytest.skip(f"IEIW_REAL_DATA has no {folder}")
    return Path(REAL, folder)


@pytest.mark.parametrize("form", ["tars", "files"])
def test_sa1b_gives_every_outline_with_its_published_area(form):
    folder = sample("sa1b_derived")
    source, count = source_of("sa-1b", folder, form=form), 0
    for record in records_of(source):
        published = {
            str(each["id"]): each for each in json.loads((folder / f"{record.id}.json").read_text())["annotations"]
        }
        for region in drawn(source, record):
            assert np.count_nonzero(region.mask) == published[region.id]["area"]
            x, y, width, height = region.box
            assert [x, y, width - 1, height - 1] == published[region.id]["bbox"]
            count += 1
    assert count == 142


def test_official_records_of_sa1b_are_read_without_their_pictures():
    for file in sorted(sample("sa1b/annotation_only").glob("*.json")):
        document = json.loads(file.read_text())
        size = document["image"]["width"], document["image"]["height"]
        record = opened(
            {"regions_format": "sa-1b"},
            {"regions": file.read_bytes()},
            size=None,
            pixels=np.zeros((size[1], size[0], 3), np.uint8),
        )
        areas = [np.count_nonzero(region.mask) for region in regions_of(record)]
        assert areas == [each["area"] for each in document["annotations"]]


def judged(dataset, folder, **options):
    source, counted = source_of(dataset, sample(folder), **options), Counter()
    for record in records_of(source):
        if record.fault is None:
            one, _ = Opener(source).open(record, "s")
            counted.update(
                "good" if isinstance(found, Good) else found.reason.value for found in good_regions(one, QualityRules())
            )
    return counted


def test_the_verdicts_on_real_regions_are_these():
    assert judged("openimages", "openimages_derived") == {
        "good": 18,
        "region_too_small": 21,
        "region_cut_by_border": 18,
        "region_too_thin": 2,
        "region_blurred": 1,
    }
    found = judged("sa-1b", "sa1b_derived", form="tars")
    assert (found["good"], found["region_part"], sum(found.values())) == (13, 1, 142)


def test_open_images_gives_all_masks_and_says_which_objects_are_told_by_their_class():
    source = source_of("openimages", sample("openimages_derived"))
    assert sum(len(list(drawn(source, record))) for record in records_of(source)) == 60
    records = records_of(source_of("openimages", sample("openimages_derived"), records="objects"))
    assert Counter(record.fault.reason.value if record.fault else "sound" for record in records) == {
        "sound": 15,
        "ambiguous": 45,
    }


def test_v6_in_folders_of_its_own_is_read():
    source = source_of("openimages", sample("openimages/format_only/v6"))
    (record,) = records_of(source)
    assert (record.id, record.annotation["regions"][0]["id"]) == ("b", "01234567")

"""The main job on real photographs, by the command line alone: what comes out is judged from the files, not by our readers.

Needs the collection of real samples: ``IEIW_REAL_DATA=/folder pytest tests/test_acceptance_real.py``.
"""

import io
import json
import os
import tarfile
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image, ImageDraw
from pycocotools import mask as coco

from tests.support.builds import ieiw, index

REAL = os.environ.get("IEIW_REAL_DATA", "")
FOLDER = Path(REAL, "phrasecut_derived", "VGPhraseCut_v0")
pytestmark = pytest.mark.skipif(
    not REAL or not FOLDER.is_dir(), reason="needs IEIW_REAL_DATA, a folder with phrasecut_derived/VGPhraseCut_v0"
)
BLOCK = 8  # of JPEG, aligned at the upper left corner


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a build of all training phrases with the default stand-in, and what the command said."""
    folder = tmp_path_factory.mktemp("acceptance")
    source = {"name": "phrasecut", "root": str(FOLDER), "split": "train", "tasks": ["removal", "addition"]}
    recipe = folder / "recipe.yaml"
    recipe.write_text(yaml.safe_dump({"image": {"short_side": 256}, "unit_bytes": "4MB", "sources": [source]}))
    done = ieiw("build", recipe, "--out", folder / "out", "--workers", 1, "--json", OMP_NUM_THREADS="1")
    assert done.returncode == 0, done.stderr
    return folder / "out", json.loads(done.stdout)


@pytest.fixture(scope="module")
def triplets(built):
    """Key -> members as tarfile reads them, with the json's inner documents parsed."""
    found = {}
    for shard in sorted((built[0] / "shards").glob("*.tar")):
        with tarfile.open(shard) as tar:
            for member in tar:
                key, _, role = member.name.partition(".")
                found.setdefault(key, {})[role] = tar.extractfile(member).read()
    for members in found.values():
        sample = json.loads(members["json"])
        members["json"] = sample | {name: json.loads(sample[name]) for name in ("answer", "provenance")}
    return found


@pytest.fixture(scope="module")
def annotation():
    """Record id -> phrase, as the data set gives it."""
    return {entry["task_id"]: entry for entry in json.loads((FOLDER / "refer_train.json").read_text())}


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(np.int16)


def mask_of(members, name):
    rle = members["json"]["answer"][name]
    return coco.decode({"size": rle["size"], "counts": rle["counts"].encode()}).astype(bool)


def touched(hole):
    """(height, width): the pixels of all blocks that hold a pixel of the hole."""
    height, width = hole.shape
    padded = np.pad(hole, ((0, -height % BLOCK), (0, -width % BLOCK)))
    blocks = padded.reshape(padded.shape[0] // BLOCK, BLOCK, -1, BLOCK).any(axis=(1, 3))
    return np.kron(blocks, np.ones((BLOCK, BLOCK), bool))[:height, :width].astype(bool)


def pairs(triplets):
    """(removal, addition) of each pair. Some stand alone: "add the closest bed" is no order, and each task has its own cap."""
    by_record = {}
    for members in triplets.values():
        by_record.setdefault(members["json"]["provenance"]["record"], {})[members["json"]["task"]] = members
    return [(pair["removal"], pair["addition"]) for pair in by_record.values() if len(pair) == 2]


def test_every_phrase_becomes_a_triplet_or_a_reject_in_both_directions(built, triplets, annotation):
    out, said = built
    rows, dead = index(out, "rows"), index(out, "rejects")
    verdicts = Counter((row["record"], row["task"]) for row in [*rows, *dead])
    assert verdicts == Counter((record, task) for record in annotation for task in ("removal", "addition"))
    assert {row["key"] for row in rows} == set(triplets)
    counts = said["sources"]["phrasecut"]
    assert (counts["attempts"], counts["built"], counts["rejected"]) == (2 * len(annotation), len(rows), len(dead))
    assert counts["reasons"] == Counter(row["reason"] for row in dead)
    assert len(rows) >= 100
    assert not {"task_failed", "worker_died", "invalid_record", "picture_missing"} & set(counts["reasons"])


def test_the_books_balance_by_lint(built):
    done = ieiw("lint", built[0], "--workers", 1, "--json", OMP_NUM_THREADS="1")
    found = json.loads(done.stdout)
    assert (done.returncode, found["findings"]) == (0, []), done.stderr


def test_nothing_changes_outside_the_blocks_that_the_hole_touches(triplets):
    for key, members in triplets.items():
        source, target = pixels(members["source.jpg"]), pixels(members["target.jpg"])
        inside = touched(mask_of(members, "hole"))
        assert source.shape == target.shape == (*inside.shape, 3)
        assert not np.any((source != target).any(axis=2) & ~inside), key


def test_something_changes_in_every_region_and_the_hole_covers_it(triplets):
    for key, members in triplets.items():
        region, hole = mask_of(members, "region"), mask_of(members, "hole")
        assert not np.any(region & ~hole), key
        change = np.abs(pixels(members["source.jpg"]) - pixels(members["target.jpg"])).max(axis=2)
        assert np.mean(change[region] > 4) > 0.1, key


def test_a_pair_is_an_exact_swap(triplets):
    found = pairs(triplets)
    assert 0.9 * len(triplets) <= len(found) * 2 <= len(triplets)
    for removal, addition in found:
        assert removal["source.jpg"] == addition["target.jpg"]
        assert removal["target.jpg"] == addition["source.jpg"]
        assert removal["json"]["answer"] == addition["json"]["answer"]
        assert removal["json"]["instruction"] != addition["json"]["instruction"]


def test_what_is_removed_from_is_the_photograph(triplets, annotation):
    for removal, _ in pairs(triplets):
        shown = pixels(removal["source.jpg"])
        record = annotation[removal["json"]["provenance"]["record"]]
        photograph = Image.open(FOLDER / "images" / f"{record['image_id']}.jpg").convert("RGB")
        scaled = np.asarray(photograph.resize(shown.shape[1::-1], Image.Resampling.BOX)).astype(np.int16)
        assert np.abs(shown - scaled).mean() < 6  # JPEG's noise and another scaler; a wrong picture differs by tens
        assert min(shown.shape[:2]) == 256


def test_the_region_is_that_of_the_annotation(triplets, annotation):
    for removal, _ in pairs(triplets):
        region = mask_of(removal, "region")
        record = annotation[removal["json"]["provenance"]["record"]]
        photograph = Image.open(FOLDER / "images" / f"{record['image_id']}.jpg")
        canvas = Image.new("L", photograph.size)
        for polygon in (polygon for instance in record["Polygons"] for polygon in instance):
            ImageDraw.Draw(canvas).polygon([tuple(corner) for corner in polygon], fill=255)
        drawn = cv2.resize(np.asarray(canvas), region.shape[::-1], interpolation=cv2.INTER_AREA) > 127
        assert np.sum(drawn & region) / np.sum(drawn | region) > 0.8


def test_the_rows_point_at_the_bytes(built, triplets):
    for part in sorted((built[0] / "rows").glob("*.parquet")):
        for row in pq.read_table(part).to_pylist():
            shard = (built[0] / row["shard"]).read_bytes()
            data = shard[row["target_offset"] : row["target_offset"] + row["target_size"]]
            assert data == triplets[row["key"]]["target.jpg"]

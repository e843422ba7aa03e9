"""Restoration and editing sets on the real samples: counts, and pixels judged from the files themselves.

Needs the collection of real samples: ``IEIW_REAL_DATA=/folder pytest tests/builders/test_published_real.py``.
"""

import io
import json
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import loadmat

from ieiw.pipelines.build.run import Options, build
from ieiw.pipelines.lint.run import lint
from ieiw.triplets.drawings.answers import decode_answer
from ieiw.triplets.images.masks import from_rle
from ieiw.triplets.layout.recipe import Recipe
from tests.support.builds import build_serially, index
from tests.support.hub_rows import MAGICBRUSH, magicbrush_rows, write_rows

REAL = os.environ.get("IEIW_REAL_DATA", "")
pytestmark = pytest.mark.skipif(
    not Path(REAL, "gopro_derived").is_dir() or not REAL, reason="needs IEIW_REAL_DATA, the folder of real samples"
)

_SOURCES = [
    # name, data set, folder, split, task, options, variants, triplets, rejects
    ("gopro", "gopro", "gopro", "test", "deblur", {}, 4, 4, {}),
    ("gopro-gamma", "gopro", "gopro_derived/GOPRO_Large", "train", "deblur", {"blur": "blur_gamma"}, 1, 3, {}),
    ("gopro-flat", "gopro", "gopro_derived/flat", "test", "deblur", {}, 1, 3, {}),
    ("reds", "reds", "reds_derived", "train", "deblur", {}, 1, 8, {}),
    ("reds-jpeg", "reds", "reds_derived", "val", "deblur", {"blur": "blur_jpeg"}, 1, 4, {}),
    ("reds-flat", "reds", "reds_derived/nafnet_flat", "train", "deblur", {}, 1, 8, {}),
    ("reds-folders", "reds", "reds_derived/instructdiffusion", "train", "deblur", {}, 1, 8, {}),
    ("sidd", "sidd", "sidd_derived", "train", "denoise", {}, 20, 60, {}),
    ("sidd-blocks", "sidd", "sidd", "val", "denoise", {}, 1, 1, {}),
    ("clwd", "clwd", "clwd_derived", "train", "watermark-removal", {}, 1, 12, {}),
    ("instructpix2pix", "instructpix2pix", "instructpix2pix/clip-filtered-dataset", "all", "edit", {}, 1, 2, {}),
    ("magicbrush", "magicbrush", "magicbrush_derived", "train", "edit", {}, 1, 16, {}),
    ("magicbrush-dev", "magicbrush", "magicbrush", "dev", "edit", {}, 1, 0, {"picture_missing": 82}),
    ("gier", "gier", "gier_derived", "train", "edit", {}, 1, 14, {"picture_size_mismatch": 2}),
    ("gqa-inpaint", "gqa-inpaint", "gqa_inpaint_derived", "train", "edit", {}, 1, 34, {"ambiguous": 4}),
    ("gqa-inpaint-test", "gqa-inpaint", "gqa_inpaint_derived", "test", "edit", {}, 1, 12, {}),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of a build of all of them, losslessly."""
    out = tmp_path_factory.mktemp("published") / "out"
    blocks = [
        {
            "name": name,
            "dataset": dataset,
            "root": str(Path(REAL, folder)),
            "split": split,
            "tasks": [task],
            "options": options,
            "variants": variants,
            "max_reject_share": 1,
        }
        for name, dataset, folder, split, task, options, variants, _, _ in _SOURCES
    ]
    values = {"image": {"short_side": 128, "format": "png"}, "unit_bytes": "4MB", "sources": blocks}
    with pytest.MonkeyPatch.context() as patch:
        build_serially(patch)
        build(Recipe.model_validate(values), out, Options())
    return out


@pytest.fixture(scope="module")
def triplets(built):
    """(source name, record id) -> its samples: pictures and answer."""
    records = {row["key"]: (row["source"], row["record"]) for row in index(built, "rows")}
    samples, found = {}, {}
    for shard in sorted((built / "shards").glob("*.tar")):
        with tarfile.open(shard) as tar:
            for member in tar:
                key, _, role = member.name.partition(".")
                samples.setdefault(key, {})[role] = tar.extractfile(member).read()
    for key, members in samples.items():
        sample = json.loads(members["json"])
        sample["answer"] = decode_answer(sample["answer"])
        sample["bytes"] = members["source.png"], members["target.png"]
        found.setdefault(records[key], []).append(sample)
    return found


def _pixels(data):
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


def _cut(pixels, box):
    x, y, width, height = box
    return pixels[y : y + height, x : x + width]


def test_every_sample_is_counted(built):
    report = lint(built)
    assert report.findings == ()
    got = {name: (source.built, source.reasons) for name, source in report.sources.items()}
    assert got == {name: (triplets, rejects) for name, *_, triplets, rejects in _SOURCES}


@pytest.mark.parametrize(
    ("name", "folder", "damaged", "clean"),
    [
        ("gopro", "gopro/test", "{0}/blur/{1}.png", "{0}/sharp/{1}.png"),
        ("gopro-gamma", "gopro_derived/GOPRO_Large/train", "{0}/blur_gamma/{1}.png", "{0}/sharp/{1}.png"),
        ("reds-jpeg", "reds_derived/val", "val_blur_jpeg/{0}/{1}.jpg", "val_sharp/{0}/{1}.png"),
        ("reds-flat", "reds_derived/nafnet_flat/train", "blur/{0}.png", "sharp/{0}.png"),
    ],
)
def test_native_crops_are_the_pixels_of_the_files(triplets, name, folder, damaged, clean):
    mine = {record: samples for (source, record), samples in triplets.items() if source == name}
    assert mine
    for record, samples in mine.items():
        parts = record.split("/")
        files = [Path(REAL, folder, pattern.format(*parts)).read_bytes() for pattern in (damaged, clean)]
        for sample in samples:
            for data, file in zip(sample["bytes"], files, strict=True):
                assert np.array_equal(_pixels(data), _cut(_pixels(file), sample["answer"].crop))


def test_twenty_variants_of_a_scene_are_twenty_crops(triplets):
    for (source, _), samples in triplets.items():
        if source == "sidd":
            assert len({sample["answer"].crop for sample in samples}) == 20
            assert len({sample["bytes"][0] for sample in samples}) == 20


def test_the_block_is_that_of_the_mat_file(triplets):
    (sample,) = triplets["sidd-blocks", "block-0"]
    for data, name, key in zip(sample["bytes"], ("noisy", "gt"), ("im_noisy", "im_gt"), strict=True):
        block = loadmat(Path(REAL, "sidd", f"{name}.mat"))[key]
        assert np.array_equal(_pixels(data), _cut(block, sample["answer"].crop))


def test_watermarks_lie_where_the_mask_says(triplets):
    for (source, _), samples in triplets.items():
        if source == "clwd":
            (sample,) = samples
            region = from_rle(sample["answer"].region)
            source_pixels, target = (_pixels(data).astype(int) for data in sample["bytes"])
            changed = np.abs(source_pixels - target).max(axis=2)
            assert changed[region].mean() > 5 * changed[~region].mean()


def test_additions_are_removals_backwards(triplets):
    for name in ("gqa-inpaint", "gqa-inpaint-test"):
        removals = {r: s[0] for (source, r), s in triplets.items() if source == name and r.endswith("-removal")}
        assert removals
        for record, removal in removals.items():
            (addition,) = triplets[name, record.replace("-removal", "-addition")]
            assert addition["bytes"] == removal["bytes"][::-1]


def test_a_session_ends_where_its_last_turn_does(triplets):
    wholes = {r: s[0] for (source, r), s in triplets.items() if source == "magicbrush" and r.endswith("-whole")}
    assert len(wholes) == 4
    for record, whole in wholes.items():
        image, last = record.removesuffix("-whole"), whole["answer"].published["turns"][-1]
        (end,) = triplets["magicbrush", f"{image}-{last}"]
        (start,) = triplets["magicbrush", f"{image}-1"]
        assert whole["bytes"] == (start["bytes"][0], end["bytes"][1])


def test_two_results_of_another_size_were_aligned(triplets):
    aligned = [s[0] for (source, _), s in triplets.items() if source == "gier" and s[0]["answer"].registered]
    assert len(aligned) == 2
    for sample in aligned:
        first, second = (_pixels(data) for data in sample["bytes"])
        assert first.shape == second.shape
        assert np.corrcoef(first.mean(axis=2).ravel(), second.mean(axis=2).ravel())[0, 1] > 0.7


def test_rows_of_a_parquet_file_give_the_shards_of_the_folders(tmp_path, monkeypatch):
    build_serially(monkeypatch)
    folder = Path(REAL, "magicbrush_derived")
    rows = magicbrush_rows(folder)
    for part, held in enumerate((rows[:7], rows[7:])):  # the border runs through a session
        name = f"data/train-{part:05d}-of-00002-0123456789abcdef.parquet"
        write_rows(tmp_path / "rows" / name, MAGICBRUSH, held, rows_a_group=3)
    shards = {}
    for root in (folder, tmp_path / "rows"):
        block = {"name": "magicbrush", "root": str(root), "split": "train", "tasks": ["edit"]}
        values = {"image": {"short_side": 128, "format": "png"}, "unit_bytes": "4MB", "sources": [block]}
        out = tmp_path / f"out-{root.name}"
        build(Recipe.model_validate(values), out, Options())
        assert lint(out).findings == ()
        (shard,) = (out / "shards").glob("*.tar")
        with tarfile.open(shard) as tar:
            shards[root] = {member.name: tar.extractfile(member).read() for member in tar if ".json" not in member.name}
    first, second = shards.values()
    assert len(first) == 32
    assert first == second

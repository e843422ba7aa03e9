"""Pairs made from scenes: the official layouts hold what their names say, and every source reads them."""

import cv2
import numpy as np
import pytest

from ieiw.builders import catalogue
from ieiw.synthetic import make_scenes
from ieiw.synthetic.pairs import write_pairs
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, decode_mask

_FOLDERS = {"gopro": "GOPRO_Large", "sidd": "SIDD", "clwd": "CLWD", "gqa-inpaint": "GQA-Inpaint"}


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    make_scenes(folder, 4, 3)
    write_pairs(folder, 3, 0)
    return folder


def _records(scenes, dataset):
    source = catalogue.source(dataset, name=dataset, root=str(scenes / _FOLDERS[dataset]), split="train", options={})
    return source, [record for index in range(source.group_count()) for record in source.group(index)]


def _pair(source, record):
    return [decode(source.read(record.files[role])).pixels for role in ("picture", "target")]


def _detail(picture):
    return cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_64F).var()


def test_the_sharp_frame_has_the_detail(scenes):
    source, records = _records(scenes, "gopro")
    assert len(records) == 3
    for record in records:
        blurred, sharp = _pair(source, record)
        assert _detail(blurred) < 0.6 * _detail(sharp)
        # Nothing is moved: blur and its mean shift cancel out.
        assert abs(blurred.mean() - sharp.mean()) < 2


def test_noise_has_no_direction(scenes):
    source, records = _records(scenes, "sidd")
    for record in records:
        noisy, clean = _pair(source, record)
        difference = noisy.astype(float) - clean
        middle = (clean > 60) & (clean < 200)
        assert difference[middle].std() > 2
        assert abs(difference[middle].mean()) < 4


def test_marks_lie_inside_their_masks(scenes):
    source, records = _records(scenes, "clwd")
    for record in records:
        marked, free = _pair(source, record)
        mask = decode_mask(source.read(record.files["mask"]))
        difference = np.abs(marked.astype(int) - free).max(axis=2)
        assert 0.005 < mask.mean() < 0.4
        assert difference[mask].mean() > 15
        assert difference[~mask].mean() < 3


def test_only_the_named_thing_goes(scenes):
    source, records = _records(scenes, "gqa-inpaint")
    removals = [record for record in records if not record.fault and record.id.endswith("removal")]
    assert removals
    for record in removals:
        full, empty = _pair(source, record)
        mask = decode_mask(source.read(record.files["mask"]))
        difference = np.abs(full.astype(int) - empty).max(axis=2)
        assert difference[mask].mean() > 4 * difference[~mask].mean()


def test_the_same_scenes_give_the_same_bytes(scenes, tmp_path):
    make_scenes(tmp_path, 4, 3)
    assert write_pairs(tmp_path, 3, 0) == 3
    for name in _FOLDERS.values():
        files = sorted(path.relative_to(scenes) for path in (scenes / name).rglob("*") if path.is_file())
        assert files
        assert all((scenes / path).read_bytes() == (tmp_path / path).read_bytes() for path in files)


def test_a_folder_without_scenes_is_one_clear_error(tmp_path):
    with pytest.raises(UsageError, match="holds no scenes"):
        write_pairs(tmp_path, 3, 0)

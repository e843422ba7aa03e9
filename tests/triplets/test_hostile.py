"""Damaged and malicious files of the collected samples, each through the door that it would come by.

Needs IEIW_REAL_DATA, the folder of samples; the same kinds of damage are made by the other tests of this folder.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from ieiw.builders.formats.dataset_root import Root
from ieiw.builders.formats.json_stream import DocumentError, load_json
from ieiw.builders.formats.unpickle import load_pickle
from ieiw.triplets.images.codec import annotation_frame, decode, decode_mask, fit_mask, upright_mask
from ieiw.triplets.rejects import Reason, Refusal

_REAL = os.environ.get("IEIW_REAL_DATA")
FOLDER = Path(_REAL or "unset") / "coco_hostile"
pytestmark = pytest.mark.skipif(not _REAL, reason="IEIW_REAL_DATA names no folder of samples")


def expected(kind):
    if not _REAL:
        return []
    lines = (FOLDER / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    found = [pytest.param(entry, id=entry["file"]) for entry in map(json.loads, lines) if entry["kind"] == kind]
    assert found
    return found


REASONS = {
    "truncated_image": Reason.PICTURE_UNREADABLE,
    "empty_file": Reason.PICTURE_UNREADABLE,
    "not_an_image": Reason.PICTURE_UNREADABLE,
    "animated_image": Reason.PICTURE_UNREADABLE,
    "corrupt_image": Reason.PICTURE_UNREADABLE,
    "too_many_pixels": Reason.PICTURE_TOO_LARGE,
    "too_small": Reason.PICTURE_TOO_SMALL,
}


def picture(file):
    return decode(Root(str(FOLDER)).read(file))


@pytest.mark.parametrize("entry", expected("image"))
def test_pictures(entry):
    if entry["action"] == "reject":
        with pytest.raises(Refusal) as caught:
            picture(entry["file"])
        assert caught.value.reason is REASONS[entry["reason"]]
        return
    found, good = picture(entry["file"]), picture("images/good.jpg").pixels.astype(int)
    shown = found.pixels.astype(int)
    if entry["reason"] == "exif_orientation":
        good = np.rot90(good, -1)
    if entry["reason"] == "alpha":  # some colours are see-through: those show the ground
        seen = (shown != 255).any(axis=2)
        shown, good = shown[seen], good[seen]
    if "gray" in entry["file"]:
        good = np.repeat((good @ [0.299, 0.587, 0.114])[..., None], 3, axis=2)
    assert shown.shape == good.shape
    assert np.abs(shown - good).mean() < 5


def doors(annotation, images):
    """Which annotations have a picture that comes through, with pixels that their coordinates belong to."""
    root, kept, refused = Root(str(FOLDER / "images")), [], {}
    for entry in annotation["annotations"]:
        image = images.get(entry.get("image_id"))
        if image is None:
            continue
        try:
            opened = decode(root.read(image["file_name"]))
            annotation_frame(opened, (image["width"], image["height"]))
            kept.append(entry["id"])
        except Refusal as refusal:
            refused[entry["id"]] = refusal.reason
    return kept, refused


PICTURE_REASONS = {
    "none": None,
    "missing_file": Reason.PICTURE_MISSING,
    "unsafe_path": Reason.UNSAFE_PATH,
    "exif_orientation": None,
    "byte_order_mark": None,
}


@pytest.mark.parametrize("entry", expected("annotation"))
def test_annotations(entry):
    data = (FOLDER / entry["file"]).read_bytes()
    if entry["action"] == "reject" and entry["reason"] != "size_mismatch":
        with pytest.raises(DocumentError) as caught:
            load_json(data, entry["file"], dict)
        assert caught.value.kind == entry["reason"]
        return
    document = load_json(data, entry["file"], dict)
    kept, refused = doors(document, {image["id"]: image for image in document["images"]})
    if entry["reason"] == "size_mismatch":
        assert not kept and set(refused.values()) == {Reason.PICTURE_SIZE_MISMATCH}
    elif entry["reason"] in PICTURE_REASONS:
        assert kept == entry["keep_annotation_ids"]
        assert set(refused) == set(entry["drop_annotation_ids"])
        assert set(refused.values()) <= {PICTURE_REASONS[entry["reason"]]}
    else:  # the document and its picture are in order; what is wrong with an annotation is its source's to say
        assert not refused
        assert set(entry["keep_annotation_ids"]) <= set(kept)


def test_an_annotation_turns_with_its_picture():
    document = json.loads((FOLDER / "annotations/exif_orientation6.json").read_bytes())
    (left, top, across, down) = map(int, document["annotations"][0]["bbox"])
    turned, plain = picture("images/exif_orientation6.jpg"), picture("images/good.jpg")
    assert annotation_frame(turned, (320, 213)) == "stored"
    mask = np.zeros((213, 320), bool)
    mask[top : top + down, left : left + across] = True
    inside = turned.pixels[upright_mask(mask, turned)].astype(int)
    same = plain.pixels[mask].astype(int)
    assert len(inside) == len(same)
    assert np.abs(inside.mean(axis=0) - same.mean(axis=0)).max() < 0.5
    assert np.abs(inside.mean(axis=0) - turned.pixels.mean(axis=(0, 1))).max() > 5  # elsewhere it looks otherwise


@pytest.mark.parametrize("entry", expected("refs"))
def test_pickles(entry, tmp_path, monkeypatch):
    data = (FOLDER / entry["file"]).read_bytes()
    monkeypatch.chdir(tmp_path)
    if entry["action"] == "accept":
        assert load_pickle(data, entry["file"], list)[0]["ref_id"] == 1
        return
    with pytest.raises(DocumentError) as caught:
        load_pickle(data, entry["file"], list)
    assert caught.value.kind == entry["reason"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("entry", expected("mask"))
def test_masks(entry):
    mask, shown = decode_mask((FOLDER / entry["file"]).read_bytes()), picture(entry["image"])
    if entry["action"] == "reject":
        with pytest.raises(Refusal) as caught:
            fit_mask(mask, shown)
        assert caught.value.reason is Reason.MASK_SIZE_MISMATCH
        return
    fitted = fit_mask(mask, shown)
    assert fitted.shape == shown.pixels.shape[:2]
    assert 0.01 < fitted.mean() < 0.5

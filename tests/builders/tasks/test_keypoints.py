"""The key-point task: what it names, where it draws, what it refuses."""

import io
import math
import os
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from ieiw.builders import catalogue
from ieiw.builders.assembly import Assembler
from ieiw.builders.instructions.joints import LAYOUTS, fixed_colour, spoken
from ieiw.builders.protocols import Tools
from ieiw.builders.tasks.keypoints import Keypoints
from ieiw.synthetic.make import make_scenes
from ieiw.triplets.drawings.answers import decode_answer
from ieiw.triplets.drawings.contrast import visible_shares
from ieiw.triplets.drawings.palette import PALETTE
from ieiw.triplets.drawings.points import read
from ieiw.triplets.errors import UsageError
from ieiw.triplets.images.codec import decode, encoder
from ieiw.triplets.records import Attempt, Built, OpenRecord, Picture, Record
from ieiw.triplets.rejects import Reason, Refusal
from tests.support.points import BOX, HEIGHT, WIDTH, joints


def smooth(seed=0, width=WIDTH, height=HEIGHT):
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), np.uint8)
    return np.asarray(Pillow.fromarray(coarse).resize((width, height), Pillow.Resampling.BICUBIC))


def opened(layout="coco", picture=None, **changes):
    """A person of 60 x 100 pixels in a picture of 160 x 128."""
    flat = joints(layout)
    annotation = {
        "layout": layout, "noun": "person", "box": BOX, "others": [], "crowds": [],
        "joints": [flat[at : at + 3] for at in range(0, len(flat), 3)],
    } | changes  # fmt: skip
    held = picture or Picture(smooth(), (WIDTH, HEIGHT))
    return OpenRecord(
        "here", Record("1", "7", {"picture": "7.jpg"}, annotation, "train", (WIDTH, HEIGHT)), {"picture": held}
    )


def task(short_side=96, extension="jpg", **options):
    return Keypoints(Tools(short_side, encoder(extension)), options)


def triplet(record, seed=0, **options):
    [made] = task(**options).triplets(record, np.random.default_rng(seed))
    return made


def pixels(encoded):
    return decode(encoded.data).pixels


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), layout=st.sampled_from(sorted(LAYOUTS)), view=st.sampled_from(["person", "whole"]))
def test_what_is_drawn_is_what_is_said_and_is_read_back(seed, layout, view):
    record = opened(layout, Picture(smooth(seed), (WIDTH, HEIGHT)))
    made = triplet(record, seed, view=view)
    points, radius = made.answer.points, made.answer.radius
    names = LAYOUTS[layout]
    assert 1 <= len(points) <= 5
    assert len({point.colour for point in points}) == len(points) == len({point.joint for point in points})
    words = [word for point in points for word in point.colour.split()]
    assert len(set(words)) == len(words), "green and lime green are easily mixed up"
    for sentence in made.alternatives:
        for point in points:
            assert all(part in sentence for part in point.words.split(" of the ")) and point.colour in sentence
    for one in points:
        number = names.index(one.joint)
        assert one.words == spoken(one.joint)
        assert made.answer.joints[number] == (one.x, one.y, one.visibility)
        assert one.visibility > 0
        assert all(math.dist((one.x, one.y), (o.x, o.y)) >= 2.1 * radius - 0.01 for o in points if o is not one)
    found = read(pixels(made.source), pixels(made.target), [point.rgb for point in points], radius)
    for place, point in zip(found, points, strict=True):
        assert place is not None and math.dist(place, (point.x, point.y)) < 0.5
    assert decode_answer(msgspec.json.encode(made.answer)) == made.answer


def test_joints_lie_where_the_annotation_says():
    """The picture has one white pixel block at each joint; the view's joints must still lie on white."""
    flat = np.asarray(joints("coco"), np.float64).reshape(-1, 3)
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for x, y, seen in flat:
        if seen:
            image[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3] = 255
    centred = (flat + [0.5, 0.5, 0]).tolist()
    made = triplet(opened(picture=Picture(image, (WIDTH, HEIGHT)), joints=centred), extension="png")
    source = pixels(made.source)
    for x, y, seen in made.answer.joints:
        if seen:
            assert source[int(y), int(x)].min() > 200


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_joints_with_the_pixels(orientation):
    """Annotated on the stored pixels: a white block at the one joint, wherever it ends up."""
    stored = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    stored[30:39, 60:69] = 255
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    Pillow.fromarray(stored).save(buffer, "PNG", exif=exif)
    marked = [[64.5, 34.5, 2]] + [[0, 0, 0]] * 16
    made = triplet(
        opened(picture=replace(decode(buffer.getvalue()), frame="stored"), joints=marked),
        extension="png",
        short_side=128,
    )
    [point] = made.answer.points
    assert pixels(made.source)[int(point.y), int(point.x)].min() == 255
    left, top, width, height = made.answer.box
    assert left <= point.x <= left + width and top <= point.y <= top + height


@pytest.mark.parametrize("colour", sorted(PALETTE))
def test_colours_stand_out_from_what_lies_beneath(colour):
    plain = np.full((HEIGHT, WIDTH, 3), PALETTE[colour], np.uint8)
    record = opened(picture=Picture(plain, (WIDTH, HEIGHT)))
    used = {point.colour for seed in range(30) for point in triplet(record, seed).answer.points}
    assert colour not in used
    [shares] = visible_shares([plain[0]], {name: PALETTE[name] for name in used})
    assert shares.min() == 1


def test_the_palette_of_the_release():
    shown = [
        point for seed in range(40) for point in triplet(opened(), seed, palette="release-keypoints").answer.points
    ]
    assert {point.rgb for point in shown if point.colour == "green"} == {(0, 255, 0)}
    assert "orange" not in {point.colour for point in shown}


def test_unlabelled_joints_are_named_only_where_the_option_asks():
    first = LAYOUTS["coco"][0]  # not labelled
    usual = [triplet(opened(), seed) for seed in range(40)]
    assert all(point.joint != first for made in usual for point in made.answer.points)
    for seed in range(20):
        made = triplet(opened(), seed, unlabelled=1.0)
        absent = [point for point in made.answer.points if not point.drawn]
        assert [point.joint for point in absent] == [first]
        assert made.facts["kind"] == "names an unlabelled joint"
        assert all(spoken(first) in sentence for sentence in made.alternatives)
        found = read(pixels(made.source), pixels(made.target), [absent[0].rgb], made.answer.radius)
        assert found == [None]


def test_hidden_joints_by_option():
    second = LAYOUTS["coco"][1]  # hidden
    asked = {
        hidden: {p.joint for seed in range(60) for p in triplet(opened(), seed, hidden=hidden).answer.points}
        for hidden in (True, False)
    }
    assert second in asked[True] and second not in asked[False]


def test_joints_outside_the_view_are_never_named():
    far = [[150.0, 5.0, 2]] + [[60.0 + at, 20.0 + 4 * at, 2] for at in range(16)]
    record = opened(joints=far, box=[55, 15, 25, 90])
    asked = {point.joint for seed in range(60) for point in triplet(record, seed).answer.points}
    assert LAYOUTS["coco"][0] not in asked and len(asked) > 8


def test_the_crop_holds_the_person_with_a_margin_and_is_never_enlarged():
    made = triplet(opened(), short_side=512)
    assert (made.source.width, made.source.height) == (125, 125)
    left, top, width, height = made.answer.box
    assert left >= 0 and top >= 0 and left + width <= 125 and top + height <= 125
    assert (width, height) == (60, 100)
    small = triplet(opened(), short_side=64)
    assert (small.source.width, small.source.height) == (64, 64)


def test_triplets_of_one_original_share_their_pair():
    record = opened()
    first, second = (triplet(record, seed) for seed in (1, 2))
    assert first.pair == second.pair and first.source.data == second.source.data
    assert first.target.data != second.target.data
    again = triplet(opened(), 1)
    assert (again.target.data, again.instruction) == (first.target.data, first.instruction)


def test_people_who_cannot_be_told_apart():
    twin = [BOX[0] + 6, *BOX[1:]]
    with pytest.raises(Refusal) as refused:
        triplet(opened(others=[twin]))
    assert refused.value.reason is Reason.AMBIGUOUS
    assert triplet(opened(others=[twin]), unclear="keep").answer.who == "the person"


def test_the_whole_picture_says_who():
    far = [5, 10, 40, 100]
    made = triplet(opened(others=[far], box=[90, 10, 60, 100]), view="whole")
    assert made.answer.who == "the person on the right"
    assert all("the person on the right" in sentence for sentence in made.alternatives)


@pytest.mark.parametrize(
    ("changes", "options", "reason"),
    [
        ({"box": [50, 10, 20, 20]}, {}, Reason.REGION_TOO_SMALL),
        ({"box": [50, 10, 10, 20]}, {"view": "whole"}, Reason.REGION_TOO_SMALL),
        ({"box": [500, 10, 60, 100]}, {}, Reason.REGION_OUTSIDE),
        ({"joints": [[-5.0, 300.0, 2]] + [[0, 0, 0]] * 16}, {}, Reason.REGION_OUTSIDE),
    ],
)
def test_refusals(changes, options, reason):
    with pytest.raises(Refusal) as refused:
        triplet(opened(**changes), **options)
    assert refused.value.reason is reason


def test_another_size_than_declared_is_refused():
    with pytest.raises(Refusal) as refused:
        triplet(opened(picture=Picture(smooth(0, 90, 91), (90, 91))))
    assert refused.value.reason is Reason.PICTURE_SIZE_MISMATCH


def test_simple_indicators_have_one_fixed_colour_a_joint():
    for seed in range(10):
        made = triplet(opened(), seed, instructions="simple")
        for point in made.answer.points:
            assert point.rgb == fixed_colour("coco", LAYOUTS["coco"].index(point.joint))
        words = ", ".join(point.words for point in made.answer.points)
        assert made.alternatives[0] == f"keypoint detection: {words}"


@pytest.mark.parametrize(
    ("options", "message"),
    [({"raduis": 1}, "task_options.keypoints.raduis.*radius"), ({"apart": 1}, "task_options.keypoints.apart")],
)
def test_wrong_options_name_the_key(options, message):
    with pytest.raises(UsageError, match=message):
        task(**options)


REAL = os.environ.get("IEIW_REAL_DATA")
SAMPLES = [
    ("coco-keypoints", "coco", "train2017"), ("coco-keypoints", "coco", "val2017"), ("crowdpose", "crowdpose", "sample"),
    ("aic", "aic", "validation"), ("humanart", "humanart", "validation"), ("ap10k", "ap10k", "test-split1"),
    ("mpii", "mpii", "valid"),
]  # fmt: skip


def errors(dataset, root, split, variants=2, **options):
    """How far from the annotation, in pixels at a shorter side of 256, each circle of the encoded pictures is read back."""
    source = catalogue.source(dataset, name=dataset, root=str(root), split=split, options={})
    records = [record for index in range(source.group_count()) for record in source.group(index)]
    attempts = [Attempt(dataset, record, "keypoints", at) for record in records for at in range(variants)]
    assembler = Assembler(source, {"keypoints": task(256, **options)}, seed=0)
    found = []
    for built in assembler.run(attempts):
        if isinstance(built, Built):
            answer = built.triplet.answer
            pair = pixels(built.triplet.source), pixels(built.triplet.target)
            places = read(*pair, [point.rgb for point in answer.points], answer.radius)
            scale = 256 / min(pair[0].shape[:2])
            for place, point in zip(places, answer.points, strict=True):
                assert place is not None
                found.append(scale * math.dist(place, (point.x, point.y)))
    return found


def test_circles_on_scenes_are_read_back(tmp_path):
    make_scenes(tmp_path, count=8, seed=5)
    found = errors("coco-keypoints", tmp_path / "coco", "train2017", variants=4, apart=1.5)
    assert len(found) > 30
    assert np.median(found) <= 0.5 and np.quantile(found, 0.99) <= 1


@pytest.mark.skipif(not REAL, reason="IEIW_REAL_DATA is not set: no real samples")
@pytest.mark.parametrize(("dataset", "folder", "split"), SAMPLES)
def test_circles_on_real_pictures_are_read_back(dataset, folder, split):
    found = errors(dataset, Path(REAL or "") / folder, split)
    assert found
    assert np.median(found) <= 0.5 and np.quantile(found, 0.99) <= 1


@pytest.mark.parametrize("x", [3, 20, 80, 140, 155])
def test_where_others_may_be_in_view_the_crop_stays_centred(x):
    """Beside a border the view is narrower rather than moved, and the sentence says that the middle is meant."""
    place = [float(x), 64.0, 2]
    made = triplet(opened(box=[x - 20, 20, 40, 90], joints=[place] + [[0, 0, 0]] * 16, unlisted=True), min_side=16)
    assert made.answer.who == "the person in the middle of the picture"
    assert made.answer.who in made.instruction
    left, _, width, _ = made.answer.box
    seen = max(0.0, left), min(float(made.source.width), left + width)
    assert sum(seen) / 2 == pytest.approx(made.source.width / 2, abs=2)


def test_a_circle_that_the_border_halves_is_not_drawn():
    at_border, inside = [1.0, 60.0, 2], [80.0, 60.0, 2]
    made = triplet(opened(joints=[at_border, inside] + [[0, 0, 0]] * 15), view="whole")
    assert [point.joint for point in made.answer.points] == ["left_eye"]
    with pytest.raises(Refusal) as refused:
        triplet(opened(joints=[at_border] + [[0, 0, 0]] * 16), view="whole")
    assert refused.value.reason is Reason.REGION_OUTSIDE


def test_a_hidden_joint_outside_the_person_s_box_is_a_guess():
    left, top, width, height = BOX
    inner, outer = [left + width / 2, top + height / 2, 1], [left + width + 12, top + height / 2, 1]
    rest = [[0, 0, 0]] * 15
    for seed in range(8):
        made = triplet(opened(joints=[inner, outer, *rest]), seed)
        assert [point.joint for point in made.answer.points] == ["nose"]
    seen = triplet(opened(joints=[[0, 0, 0], [*outer[:2], 2], *rest]))
    assert [point.joint for point in seen.answer.points] == ["left_eye"]

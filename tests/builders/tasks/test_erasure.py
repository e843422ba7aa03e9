"""Removal and addition: only the hole changes, the two directions are one pair, refusals say why."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from ieiw.builders import catalogue
from ieiw.builders.protocols import Tools
from ieiw.builders.region_rules import RegionRules, hole_of
from ieiw.models.roles import INPAINT
from ieiw.triplets.images.codec import encode_png
from ieiw.triplets.images.masks import from_rle, polygons_mask
from ieiw.triplets.records import OpenRecord, Picture, Record
from ieiw.triplets.rejects import Refusal

WIDTH, HEIGHT = 80, 60
BOX = [[20, 15], [50, 15], [50, 40], [20, 40]]


def photo(width=WIDTH, height=HEIGHT, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def opened(polygons=None, phrase="blue bird", name="bird", picture=None, size=(WIDTH, HEIGHT), record_id="1__0"):
    annotation = {
        "phrase": phrase,
        "phrase_structure": {"name": name},
        "Polygons": [[BOX]] if polygons is None else polygons,
    }
    record = Record(record_id, "1", {"picture": "1.jpg"}, annotation, "train", size=size)
    return OpenRecord("pc", record, {"picture": picture or Picture(photo(), (WIDTH, HEIGHT))})


def tasks(short_side=60, **rules):
    tools = Tools(short_side, encode_png, lambda role: INPAINT.make("noop", {}))
    return {name: catalogue.task(name, tools, rules) for name in ("removal", "addition")}


def painted(record, task, paint=lambda picture: 255 - picture):
    """Do what the build does between ``job`` and ``triplets``."""
    job = task.job(record)
    record.artefacts[job.digest] = paint(job.picture)
    return job


def only(task, record, seed=0):
    (triplet,) = task.triplets(record, np.random.default_rng(seed))
    return triplet


def pixels(encoded):
    return np.asarray(Pillow.open(io.BytesIO(encoded.data)).convert("RGB"))


def pair(record, short_side=60, **rules):
    made = tasks(short_side, **rules)
    job = painted(record, made["removal"])
    made["addition"].job(record)
    return job, only(made["removal"], record), only(made["addition"], record)


corner = st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1))


@given(st.lists(corner, min_size=3, max_size=6), st.sampled_from([24, 45, 60, 200]))
@settings(max_examples=60, deadline=None)
def test_outside_the_hole_not_one_pixel_changes_and_inside_all_come_from_the_inpainter(points, short_side):
    record = opened([[[list(point) for point in points]]])
    try:
        job, removal, _ = pair(record, short_side)
    except Refusal:
        return
    source, target = pixels(removal.source), pixels(removal.target)
    hole = from_rle(removal.answer.hole)
    np.testing.assert_array_equal(hole, job.hole)
    np.testing.assert_array_equal(source, job.picture)
    np.testing.assert_array_equal(target[~hole], source[~hole])
    np.testing.assert_array_equal(target[hole], 255 - source[hole])
    assert min(source.shape[:2]) == min(short_side, HEIGHT)


def test_the_addition_is_the_removal_s_bytes_swapped_and_shares_its_pair():
    _, removal, addition = pair(opened())
    assert (addition.source.data, addition.target.data) == (removal.target.data, removal.source.data)
    assert addition.pair == removal.pair
    assert addition.answer == removal.answer
    assert removal.instruction in removal.alternatives and addition.instruction in addition.alternatives
    assert not set(removal.alternatives) & set(addition.alternatives)


def test_pairs_of_other_records_and_sources_differ():
    first, second = opened(), opened(record_id="1__1")
    third = opened()
    third.source = "other"
    assert len({pair(record)[1].pair for record in (first, second, third)}) == 3


def test_the_answer_says_what_went_at_the_size_of_the_pictures():
    job, removal, _ = pair(opened([[BOX], [[[60, 5], [75, 5], [75, 20], [60, 20]]]], "birds", "birds"), short_side=30)
    assert removal.answer.phrase == "birds"
    assert removal.answer.instances == 2
    region = from_rle(removal.answer.region)
    assert region.shape == job.picture.shape[:2] == (30, 40)
    assert removal.answer.box == (10, 2, 28, 19)
    assert removal.region_share == pytest.approx(region.mean())
    np.testing.assert_array_equal(hole_of(region, RegionRules()), job.hole)


def test_both_directions_encode_each_picture_once():
    calls = []

    def encode(image):
        calls.append(image.shape)
        return encode_png(image)

    made = {
        name: catalogue.task(name, Tools(60, encode, lambda role: INPAINT.make("noop", {})), {})
        for name in ("removal", "addition")
    }
    record = opened()
    painted(record, made["removal"])
    for task in made.values():
        only(task, record)
    assert len(calls) == 2


def test_every_template_is_drawn_and_the_same_rng_draws_the_same():
    made = tasks()["removal"]
    record = opened()
    painted(record, made)
    drawn = {only(made, record, seed).instruction for seed in range(200)}
    assert drawn == set(only(made, record).alternatives)
    assert only(made, record, 7) == only(made, record, 7)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_picture_takes_its_region_along(orientation):
    """The region is drawn on the stored pixels; where those are red, the upright picture must be red too."""
    stored = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    region = polygons_mask([[BOX]], (WIDTH, HEIGHT))
    stored[region] = (255, 0, 0)
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Pillow.fromarray(stored).save(file, "PNG", exif=exif)
    from ieiw.triplets.images.codec import decode

    picture = replace(decode(file.getvalue()), frame="stored")
    job = tasks(short_side=200, dilate_percent=0, dilate_pixels=0)["removal"].job(opened(picture=picture))
    np.testing.assert_array_equal(job.hole, job.picture[..., 0] == 255)


def test_an_annotation_drawn_on_the_upright_picture_is_taken_as_such():
    upright = Picture(photo(HEIGHT, WIDTH), stored_size=(WIDTH, HEIGHT), orientation=6)
    box = [[5, 20], [30, 20], [30, 50], [5, 50]]
    rules = {"dilate_percent": 0, "dilate_pixels": 0}
    job = tasks(200, **rules)["removal"].job(opened([[box]], picture=upright, size=(HEIGHT, WIDTH)))
    np.testing.assert_array_equal(job.hole, polygons_mask([[box]], (HEIGHT, WIDTH)))


@pytest.mark.parametrize(
    ("changes", "rules", "reason"),
    [
        ({"phrase": "right gy"}, {}, "phrase_unusable"),
        ({"polygons": [[[[1, 1], [2, 2]]]]}, {}, "region_empty"),
        ({"polygons": [[[[-90, 1], [-10, 1], [-10, 40]]]]}, {}, "region_outside"),
        ({"polygons": [[[[-60, 10], [20, 10], [20, 40], [-60, 40]]]]}, {}, "region_outside"),
        ({"size": (WIDTH + 1, HEIGHT)}, {}, "picture_size_mismatch"),
        ({}, {"min_share": 0.3, "max_share": 0.9}, "region_too_small"),
        ({}, {"max_share": 0.1}, "region_too_large"),
        ({}, {"min_side": 40}, "region_too_thin"),
    ],
)
def test_prepare_refuses_by_name(changes, rules, reason):
    with pytest.raises(Refusal) as caught:
        tasks(**rules)["removal"].job(opened(**changes))
    assert caught.value.reason.value == reason


def test_overlapping_polygons_inside_the_picture_are_not_taken_for_outside():
    job = tasks()["removal"].job(opened([[BOX, BOX, BOX], [BOX]]))
    assert job.hole.any()


def test_an_inpainter_that_gives_the_region_back_makes_no_triplet():
    made = tasks()
    record = opened()
    painted(record, made["removal"], paint=lambda picture: picture)
    for task in made.values():
        with pytest.raises(Refusal, match="nothing_changed"):
            only(task, record)


def test_the_opened_picture_is_left_as_it_was():
    picture = Picture(photo(), (WIDTH, HEIGHT))
    before = picture.pixels.copy()
    pair(opened(picture=picture), short_side=200)
    np.testing.assert_array_equal(picture.pixels, before)


def test_the_cap_is_the_recipe_s():
    assert tasks(pairs_per_picture=3)["removal"].cap == 3


@pytest.mark.parametrize("phrase", ["closest bird", "smaller bird", "bird furthest from the camera"])
def test_what_others_of_its_kind_must_tell_is_removed_but_never_added(phrase):
    record, both = opened(phrase=phrase), tasks()
    painted(record, both["removal"])
    assert all("bird" in text for text in only(both["removal"], record).alternatives)
    with pytest.raises(Refusal, match="before it is added"):
        both["addition"].job(record)


@pytest.mark.parametrize("task", ["removal", "addition"])
@pytest.mark.parametrize(
    ("phrase", "namesakes", "reason"),
    [
        ("table", ["dining tables"], "ambiguous"),
        ("white table", ["dining tables"], ""),
        ("bowl", ["table", "table"], "phrase_contradicted"),
        ("table", ["table"], ""),
    ],
)
def test_what_other_phrases_call_the_same_outline_counts(task, phrase, namesakes, reason):
    record = opened(phrase=phrase, name=phrase.split()[-1])
    annotation = record.record.annotation | {"namesakes": namesakes}
    record = OpenRecord(
        "pc", replace(record.record, annotation=annotation), {"picture": Picture(photo(), (WIDTH, HEIGHT))}
    )
    if not reason:
        assert tasks()[task].job(record)
        return
    with pytest.raises(Refusal) as refused:
        tasks()[task].job(record)
    assert refused.value.reason == reason

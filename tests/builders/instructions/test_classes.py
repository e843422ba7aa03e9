"""Class names in words."""

import pytest

from ieiw.builders.instructions.classes import class_name, spoken_names


@pytest.mark.parametrize(
    ("raw", "everything"),
    [
        ("person", "all the people"),
        ("car, auto, automobile, machine, motorcar", "all the cars"),
        ("sky-other", "the sky"),
        ("wall-brick", "all the brick walls"),
        ("wall-other", "all the walls"),
        ("floor-tile", "the tiled floor"),
        ("grass", "all the grass"),
        ("sheep", "all the sheep"),
        ("stairs, steps", "the stairs"),
        ("chest of drawers, chest", "all the chests of drawers"),
        ("window-blind", "all the window blinds"),
        ("desk-stuff", "all the desks"),
        ("tvmonitor", "all the TVs"),
        ("pottedplant", "all the potted plants"),
        ("bed ", "all the beds"),
        ("mouse", "all the computer mice"),
        ("shelf", "all the shelves"),
        ("water-other", "all the water"),
        ("horse drawn carriage", "all the horse-drawn carriages"),
    ],
)
def test_the_whole_class_as_people_say_it(raw, everything):
    assert class_name(raw).everything() == everything


def test_leftovers_beside_their_relatives():
    assert class_name("wall-other").everything(other=True) == "all the other walls"
    assert class_name("furniture-other").everything(other=True) == "all the other furniture"


@pytest.mark.parametrize(
    ("rest", "of", "whether"),
    [
        ("wall-other", "wall-brick", True),
        ("floor-other", "playingfield", False),
        ("building-other", "house", True),
        ("building-other", "roof", False),
    ],
)
def test_what_leaves_something_over(rest, of, whether):
    assert class_name(rest).is_rest_of(class_name(of)) is whether


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("wall-concrete", "all the walls"),
        ("floor-marble", "the floor"),
        ("ceiling-tile", "the ceiling"),
        ("wall", "all the walls"),
        ("window-blind", "all the window blinds"),
        ("crt screen", "all the CRT monitors"),
    ],
)
def test_walls_floors_and_ceilings_go_without_their_material(raw, plain):
    assert class_name(raw).plain() == plain


@pytest.mark.parametrize(
    ("name", "by", "whether"),
    [
        ("table", "dining table", True),
        ("dining table", "table", False),
        ("clothes", "person", True),
        ("apparel, wearing apparel", "person", True),
        ("person", "clothes", True),
        ("wall-brick", "wall-concrete", True),
        ("wall-brick", "floor-stone", False),
        ("ground", "grass", True),
        ("grass", "ground", False),
        ("earth, ground", "grass", False),
        ("light", "traffic light", True),
        ("car", "bus", False),
        ("floor-marble", "carpet", True),
        ("floor-wood", "rug", False),
        ("rug", "carpet", True),
        ("building-other", "house", True),
        ("house", "building-other", False),
        ("pavement", "road", True),
        ("road", "pavement", False),
        ("wall", "house", True),  # has walls
        ("wall-brick", "building-other", True),
        ("house", "wall", False),
        ("tree", "plant-other", False),
    ],
)
def test_what_holds_a_part_of_what_people_would_call_by_the_name(name, by, whether):
    assert class_name(name).split_by(class_name(by)) is whether


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pavement", "floor-stone"),
        ("road", "floor-other"),
        ("platform", "floor-tile"),
        ("carpet", "floor-wood"),
        ("ground", "floor"),
        ("leaves", "tree"),
        ("branch", "bush"),
        ("rug", "mat"),
        ("person", "clothes"),
        ("sea", "water-other"),
        ("wall-brick", "wall-concrete"),
    ],
)
def test_two_names_of_one_stretch_split_each_other(one, other):
    assert class_name(one).split_by(class_name(other))
    assert class_name(other).split_by(class_name(one))


@pytest.mark.parametrize("name", ["fog", "metal", "furniture-other"])
def test_what_a_picture_alone_does_not_define_is_vague(name):
    assert class_name(name).vague


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("river", "the river"),
        ("road, route", "the road"),
        ("lake", "the lake"),
        ("playingfield", "the playing field"),
        ("swimming pool, swimming bath, natatorium", "the swimming pool"),
        ("railroad", "the railroad"),
        ("stairs, steps", "the stairs"),
        ("snow", "all the snow"),
        ("pool table, billiard table", "the pool table"),
        ("coffee table", "all the coffee tables"),
        ("refrigerator, icebox", "the refrigerator"),
        ("skirt", "all the skirts"),
    ],
)
def test_what_a_picture_has_one_of_is_spoken_of_as_one(name, words):
    assert class_name(name).everything() == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wall-other", "wall-brick"),
        ("building", "house"),
        ("chair", "swivel chair"),
        ("sea", "water"),
        ("clothes", "person"),
        ("table", "coffee table"),
        ("grass", "field"),
    ],
)
def test_what_may_be_taken_for_each_other_is_related(one, other):
    assert class_name(one).related(class_name(other))
    assert class_name(other).related(class_name(one))


@pytest.mark.parametrize(("one", "other"), [("bus", "zebra"), ("person", "car"), ("grass", "sky"), ("pizza", "train")])
def test_what_cannot_is_not(one, other):
    assert not class_name(one).related(class_name(other))


def test_two_classes_that_sound_alike_get_different_names():
    found = spoken_names(["bat, chiropteran", "bat, club", "door-stuff"])
    assert [name.spoken for name in found] == ["bat", "club", "door"]

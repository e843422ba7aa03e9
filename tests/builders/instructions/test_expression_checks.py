"""What speaks against a referring expression: words, classes, numbers and places."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.instructions.class_naming import what_is_named, words_of
from ieiw.builders.instructions.coco_nouns import COCO_CLASSES
from ieiw.builders.instructions.expression_checks import Scene, doubt_about_name, fitting
from ieiw.builders.instructions.expressions import read_expression
from ieiw.builders.instructions.spatial_words import Thing, bare_place, only_place
from ieiw.triplets.rejects import Reason, Refusal

SIZE = (100.0, 100.0)
LEFT, MIDDLE, RIGHT = (5, 40, 20, 20), (40, 40, 20, 20), (75, 40, 20, 20)


def scene(meant, *others, others_class="person"):
    things = tuple(Thing(others_class, box) for box in others)
    return Scene(tuple(Thing(*each) for each in meant), things, SIZE)


def doubt(said, seen):
    """The reason of the refusal, or None."""
    kind = seen.classes[0] if len(seen.classes) == 1 else ""
    try:
        fitting([read_expression(said, "", len(seen.meant), kind)], seen)
    except Refusal as refusal:
        assert repr(said) in refusal.detail
        return refusal.reason
    return None


@pytest.mark.parametrize(
    ("said", "category", "reason"),
    [
        ("man on left bite banana with teeth", "banana", Reason.PHRASE_CONTRADICTED),
        ("the bike on the left", "person", Reason.PHRASE_CONTRADICTED),
        ("girl with umbrella", "umbrella", Reason.PHRASE_CONTRADICTED),
        ("couch on left", "chair", None),  # furniture goes by many names
        ("carrots in front", "bowl", Reason.PHRASE_CONTRADICTED),  # not what it holds
        ("little guy on left", "elephant", Reason.PHRASE_CONTRADICTED),
        ("the batter with a mask", "person", None),
        ("giraffe neck on the left", "giraffe", Reason.PHRASE_UNUSABLE),
        ("black shirt showing back", "person", Reason.PHRASE_UNUSABLE),
        ("purse lady is holding", "handbag", Reason.PHRASE_UNUSABLE),
        ("bench he is sitting on", "bench", None),
        ("woman in black shirt sits in front of computer", "person", None),
        ("man red hat blue shirt", "person", Reason.PHRASE_UNUSABLE),
        ("women with the green and white brush", "person", Reason.PHRASE_CONTRADICTED),
        ("2 beds in the room", "bed", Reason.PHRASE_CONTRADICTED),
        ("3 men on bikes", "person", Reason.PHRASE_CONTRADICTED),
        ("birds in water", "bird", Reason.PHRASE_CONTRADICTED),
        ("books on the shelf", "book", None),  # one outline may hold several
        ("black dotted on white", "person", Reason.PHRASE_UNUSABLE),
        ("polka in the center", "person", Reason.PHRASE_UNUSABLE),
        ("the fat man on the left", "person", Reason.PHRASE_UNUSABLE),
        ("wow the man on the left", "person", Reason.PHRASE_UNUSABLE),
        ("the centre parson eating", "person", Reason.PHRASE_UNUSABLE),
        ("the man in the right hand picture", "person", Reason.PHRASE_UNUSABLE),
        ("the man on the left of the picture", "person", None),
        ("a table and big bowl on it", "dining table", Reason.PHRASE_CONTRADICTED),
        ("a bowl full of lettuce", "dining table", Reason.PHRASE_CONTRADICTED),
    ],
)
def test_words_and_classes(said, category, reason):
    assert doubt(said, scene([(category, MIDDLE)])) is reason


@pytest.mark.parametrize(
    ("said", "meant", "reason"),
    [
        ("person on left", LEFT, None),
        ("person on left", RIGHT, Reason.PHRASE_CONTRADICTED),
        ("person on left", MIDDLE, Reason.PHRASE_CONTRADICTED),
        ("man on left", MIDDLE, None),  # the one further left may be a woman
        ("man on left", RIGHT, Reason.PHRASE_CONTRADICTED),
        ("middle person", MIDDLE, None),
        ("middle person", RIGHT, Reason.PHRASE_CONTRADICTED),
        ("person", LEFT, Reason.AMBIGUOUS),
        ("woman", LEFT, None),
        ("person on left in a red coat", RIGHT, None),  # it says more than a place
        ("far right", RIGHT, None),
        ("far right", LEFT, Reason.PHRASE_UNUSABLE),
    ],
)
def test_places_are_held_against_boxes(said, meant, reason):
    others = [box for box in (LEFT, MIDDLE, RIGHT) if box != meant]
    assert doubt(said, scene([("person", meant)], *others)) is reason


def test_things_much_smaller_or_of_other_classes_are_no_rivals():
    speck = (1, 40, 5, 5)
    assert doubt("person on left", scene([("person", MIDDLE)], speck)) is None
    assert doubt("person on left", scene([("person", MIDDLE)], LEFT, others_class="dog")) is None


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("guy right", Reason.PHRASE_CONTRADICTED),
        ("guy left", None),
        ("the person", Reason.PHRASE_CONTRADICTED),
        ("dog on the right", None),
        ("guy right in a clown costume", None),
    ],
)
def test_what_is_said_to_be_absent_must_not_be_there(said, reason):
    assert doubt(said, scene([], RIGHT)) is reason


@pytest.mark.parametrize(("said", "refused"), [("two men", True), ("three men", False), ("two men and the dog", False)])
def test_numbers_agree(said, refused):
    three = scene([("person", LEFT), ("person", MIDDLE), ("person", RIGHT)])
    assert (doubt(said, three) is Reason.PHRASE_CONTRADICTED) == refused


def test_the_detail_names_every_expression_and_good_ones_are_kept_alone():
    said = [read_expression(text, "", 1, "banana") for text in ("man eating", "yelow banana", "the banana on a plate")]
    seen = scene([("banana", MIDDLE)])
    assert [each.raw for each in fitting(said, seen)] == ["the banana on a plate"]
    with pytest.raises(Refusal, match=r"'man eating': it names 'man'.*'yelow banana': 'yelow' is misspelt"):
        fitting(said[:2], seen)


@pytest.mark.parametrize(
    ("name", "namesakes", "fits"),
    [
        ("yellow shirt", ["guy"], False),
        ("guy", ["shirt", "beard"], True),
        ("hand", ["man"], True),  # often nothing else of him is in view
        ("bowl", ["dining tables", "table"], False),
        ("table", ["dining tables", "bowl"], True),
        ("hill", ["man"], True),  # not known to be another thing
        ("", ["man"], True),
    ],
)
def test_one_outline_is_one_thing(name, namesakes, fits):
    assert (doubt_about_name(f"the nice {name}", name, namesakes) is None) == fits


def test_a_bare_name_does_not_tell_one_of_several():
    assert doubt_about_name("the bed", "bed", ["beds"]).reason is Reason.AMBIGUOUS
    assert doubt_about_name("the man", "man", ["people"]).reason is Reason.AMBIGUOUS
    assert doubt_about_name("the white bed", "bed", ["beds"]) is None
    assert doubt_about_name("beds", "beds", ["bed"]) is None


def test_classes_unknown_to_coco_say_nothing():
    assert doubt("person on left", Scene((Thing("", RIGHT),), (Thing("", LEFT),), SIZE)) is None
    assert doubt("the sky", Scene((Thing(""),), (), SIZE)) is None
    assert doubt("green far right", Scene((Thing(""),), (), SIZE)) is Reason.PHRASE_UNUSABLE


@given(st.text(string.ascii_lowercase + " ',.09", max_size=40), st.sampled_from(sorted(COCO_CLASSES)))
def test_no_text_breaks_the_reading(text, category):
    if not words_of(text):
        return
    bare_place(text), only_place(text), what_is_named(text)
    assert doubt(" ".join(text.split()), scene([(category, MIDDLE)], LEFT)) in {None, *Reason}

"""Captions and labels read as things."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ieiw.builders.instructions.captions import contradicted, of_caption, of_label, thing
from ieiw.builders.instructions.coco_nouns import COCO_CLASSES
from ieiw.builders.instructions.described import Described
from ieiw.builders.instructions.words import article
from ieiw.triplets.rejects import Reason, Refusal


@pytest.mark.parametrize(
    ("caption", "definite", "indefinite"),
    [
        ("a dog running on the grass", "the dog", "a dog"),
        ("There is a cat sitting on a chair.", "the cat", "a cat"),
        ("arafed image of a cat", "the cat", "a cat"),
        ("a black and white photo of a dog", "the dog", "a dog"),
        ("the front of a house", "the house", "a house"),
        ("there is a statue in front of a large building", "the statue", "a statue"),
        ("a man taking a picture of a dog", "the man", "a man"),
        ("a close up of a street sign", "the street sign", "a street sign"),
        ("the image shows a red and white bus", "the red and white bus", "a red and white bus"),
        ("a black man wearing a blue shirt", "the man wearing a blue shirt", "a man wearing a blue shirt"),
        ("a woman with a black shirt and a red background", "the woman", "a woman"),
        ("a woman cutting pizza", "the woman", "a woman"),
        ("a cat with black and white stripes on a sofa", *(f"{a} cat with black and white stripes" for a in ("the", "a"))),
        ("a pair of scissors", "the scissors", "a pair of scissors"),
        ("a can of soda on a table", "the can of soda", "a can of soda"),
        ("a roll of toilet paper", "the roll of toilet paper", "a roll of toilet paper"),
        ("a statue of a man", "the statue of a man", "a statue of a man"),
        ("an old rusty truck parked in a field", "the old rusty truck", "an old rusty truck"),
        ("some bread", "the bread", "some bread"),
        ("red object", "the red object", "a red object"),
        ("an orange and white tabby cat", "the orange and white tabby cat", "an orange and white tabby cat"),
        ("a street light", "the street light", "a street light"),
    ],
)  # fmt: skip
def test_a_caption_is_its_first_noun_phrase(caption, definite, indefinite):
    found = of_caption(caption)
    assert (found.definite(), found.indefinite(), found.several) == (definite, indefinite, "")


@pytest.mark.parametrize(
    "caption",
    ["", "nothing", "!?", "the sky", "a grassy area", "a dog's head", "the wheel of a car", "a blurry image", "object",
     "terminator 3 judgment day poster", "a mountain valley", "a bunch of items that are on a table",
     "a coca xyzzy can", "xyzzy", "it is", "1234", "a photo of"],
)  # fmt: skip
def test_captions_that_name_nothing_that_could_be_exchanged_are_refused(caption):
    with pytest.raises(Refusal) as refused:
        of_caption(caption)
    assert refused.value.reason is Reason.INSTRUCTION_UNUSABLE


@pytest.mark.parametrize(
    "caption",
    ["two dogs", "a man and a dog", "a group of people", "many cars", "multiple oranges", "two paintings of women"],
)
def test_captions_of_several_things_say_so(caption):
    assert of_caption(caption).several
    with pytest.raises(Refusal, match="names"):
        thing(Described(caption))


@pytest.mark.parametrize(
    ("label", "indefinite"),
    [
        ("Traffic light", "a traffic light"),
        ("Mouse", "a mouse"),
        ("mouse", "a computer mouse"),
        ("Bat (Animal)", "a bat"),
        ("Pen/Pencil", "a pen"),
        ("Sea lion", "a sea lion"),
        ("tv", "a TV"),
        ("Tin can", "a tin can"),
        ("Waste container", "a trash can"),
        ("Footwear", "some footwear"),
        ("Koala", "a koala"),
        ("Binoculars", "a pair of binoculars"),
        ("running dog", "a running dog"),
        ("door, double door", "a door"),
    ],
)
def test_a_label_is_said_as_people_say_it(label, indefinite):
    assert of_label(label).indefinite() == indefinite


@pytest.mark.parametrize(
    "label", ["Human face", "Auto part", "hand right bottom", "sky-other", "tree trunk", "()", "wall-brick"]
)
def test_parts_and_scenery_are_no_things(label):
    with pytest.raises(Refusal):
        of_label(label)


def test_a_label_names_and_a_caption_that_agrees_tells_the_looks():
    assert thing(Described("a man in a suit", "Person")).definite() == "the man in a suit"
    assert thing(Described("a red vehicle parked", "Car")).definite() == "the red car"
    assert thing(Described("two brown dogs", "Dog")).definite() == "the dog"
    assert thing(Described("a table with a dog", "Dog")).definite() == "the dog"
    assert thing(Described("", "", "red")).definite() == "the red object"
    with pytest.raises(Refusal) as refused:
        thing(Described())
    assert refused.value.reason is Reason.NO_CAPTION


def test_only_what_everybody_knows_apart_contradicts():
    assert contradicted(Described("a cat on a couch", "Dog"))
    assert not contradicted(Described("a puppy", "Dog"))
    assert not contradicted(Described("a spatula", "Dog"))
    assert not contradicted(Described("xyzzy", "Dog"))


WORDS = st.sampled_from(
    "a an the two of with in on and , red black striped small dog cats man woman's bus scissors bread street light traffic "
    "wearing hat suit sitting photo picture front close up there is arafed object pair bowl people building cutting".split()
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.lists(WORDS, max_size=9).map(" ".join), st.text(max_size=40)),
    st.sampled_from(["", *sorted(COCO_CLASSES)]),
)
def test_any_text_reads_well_or_is_refused(caption, label):
    try:
        found = thing(Described(caption, label))
        said = (found.definite(), found.indefinite())
    except Refusal:
        return
    assert said[0].startswith("the ")
    for form in said:
        assert form == form.strip() and "  " not in form and set(form) <= {*string.ascii_letters, " ", "-", "'", ","}
        assert not re.search(r"\b(a|an|the|some) (a|an|the|some)\b|\b(of|with|and|in)$", form)
        for now, following in re.findall(r"\b(an?) ([a-z-]+)", form):
            assert article(following) == now


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("orange hot air balloon", "an orange hot air balloon"),
        ("orange striped surfboard", "an orange striped surfboard"),
        ("orange tree", "an orange tree"),
        ("orange", "an orange"),
    ],
)
def test_a_colour_that_is_a_fruit_too_is_a_colour_before_a_noun(label, said):
    assert of_label(label).indefinite() == said
    assert of_caption(f"{said} in the sky").indefinite() == said


def test_a_name_is_not_cut_out_of_the_middle_of_words():
    with pytest.raises(Refusal):
        of_caption("a tree green leaves")

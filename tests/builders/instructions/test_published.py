"""Published instructions, tidied, and sessions said as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ieiw.builders.instructions.published import in_one, reframes, tidy


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("[Specific] Could  someone\nremove the bottle?", "Could someone remove the bottle?"),
        ("SELF: make it red", "make it red"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("REMOVE THE CAT", "REMOVE THE CAT"),
        ("make the man's hat #7", "make the man's hat #7"),
    ],
)
def test_tidy_cuts_off_tags_and_keeps_the_words(text, clean):
    assert tidy([text]) == (clean,)


@pytest.mark.parametrize("text", [float("nan"), None, 3, "", " \n", "…?!", "see http://x.y/z", "word " * 41])
def test_tidy_leaves_out_what_says_nothing(text):
    assert tidy([text, "make it red"]) == ("make it red",)


def test_tidy_keeps_each_once():
    assert tidy(["Make it red.", "make it RED", "make it blue"]) == ("Make it red.", "make it blue")


@pytest.mark.parametrize(
    ("turns", "said"),
    [
        (["Add a hat.", "Make it red"], "Add a hat, then make it red"),
        (["add a hat", "TV off", "Fill I-95"], "add a hat, then TV off, and finally fill I-95"),
        (["Add a hat.", "Could it be night?"], "Add a hat. Then could it be night?"),
        (["What if it rained?", "add a dog"], "What if it rained? Then add a dog."),
        (["it should be one cow", "add a goat"], "It should be one cow. Then add a goat."),
    ],
)
def test_sessions_are_said_as_people_say_them(turns, said):
    assert said in in_one(turns)


@pytest.mark.parametrize(
    ("text", "whether"),
    [
        ("Remove people on the right, increase the saturation and rotate it slightly", True),
        ("crop the photo", True),
        ("please straighten the horizon", True),
        ("turn it sideways", True),
        ("cut off the left part", True),
        ("make it a square", True),
        ("remove the man on the left", False),
        ("turn the sky red", False),
        ("make the colors brighter", False),
        ("cut out the background", False),
        ("mirror the photo", True),
        ("flip it", True),
        ("please level the picture", True),
        ("scale it down", True),
        ("could you make this wider?", True),
        ("add a mirror to the wall", False),
        ("remove the flip-flops", False),
        ("give her a crop top", False),
        ("make the crops greener", False),
        ("change it to grey scale", False),
        ("lower the noise level", False),
        ("add a tilt-shift blur", False),
        ("make the eyes bigger", False),
    ],
)
def test_words_for_another_frame(text, whether):
    assert reframes(text) is whether


def test_questions_are_never_hung_onto_orders():
    assert not any(", then" in said or "; after" in said for said in in_one(["add a hat", "could it be night?"]))


@given(st.lists(st.from_regex(r"[a-z]{2,8} [a-z]{2,8}[.?]?", fullmatch=True), min_size=2, max_size=4))
def test_every_turn_is_said_in_order(turns):
    for said in in_one(turns):
        at = -1
        for turn in turns:
            following = said.lower().find(turn.rstrip("."), at + 1)
            assert following > at
            at = following

"""Referring expressions: read as noun phrases where they can be, else quoted; slips and scraps are noticed."""

import pytest

from ieiw.builders.instructions.expressions import Expression, read_expression, without_scraps


@pytest.mark.parametrize(
    ("text", "category", "spoken"),
    [
        ("girl w/ hat", "person", "the girl with a hat"),
        ("guy in blue", "person", "the guy in blue"),
        ("red shirt", "person", "the person in the red shirt"),
        ("horse man is riding", "horse", ""),
        ("bear rubs into a rock", "bear", ""),
        ("front", "person", ""),
    ],
)
def test_what_reads_as_a_noun_phrase_is_spoken(text, category, spoken):
    assert read_expression(text, "", 1, category) == Expression(text, spoken)


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        ("guy w/ hat", ""),
        ("hoddie guy", "hoddie"),
        ("lol the dog", "lol"),
        ("man in left picture", "left picture"),
        ("3pm", "3pm"),
    ],
)
def test_slips_and_chat_are_named(text, slip):
    assert Expression(text, "").slip == slip


def test_marks_stand_where_a_writer_puts_them():
    assert Expression("the man ' s hat , at 10 o clock", "").plain == "the man's hat, at 10 o'clock"
    assert Expression("fatso", "").is_unkind and not Expression("tall man", "").is_unkind


def test_scraps_give_way_to_better_expressions():
    scrap, good = Expression("guy", "the guy"), Expression("guy in blue", "the guy in blue")
    assert without_scraps([scrap, good]) == [good]
    assert without_scraps([scrap]) == [scrap]
    quoted = Expression("red shirt picking nose", "")
    assert without_scraps([quoted, good], ["person"]) == [good]

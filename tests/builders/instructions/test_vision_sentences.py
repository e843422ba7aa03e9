"""Sentences of InstructCV's tasks."""

import re

from ieiw.builders.instructions.vision_sentences import FIXED, NATURAL, SIMPLE, filled


def test_every_task_has_its_sentences_its_indicator_and_one_fixed_sentence():
    assert NATURAL.keys() == SIMPLE.keys() == FIXED.keys()
    assert all(len(set(sentences)) == len(sentences) >= 10 for sentences in NATURAL.values())


def test_braces_in_a_name_stay_data_and_equal_sentences_are_said_once():
    assert filled(("mark {what} in {color}", "mark {what} in {color}"), {"what": "{x}", "color": "red"}) == (
        "mark {x} in red",
    )


def test_the_shade_or_colour_of_a_region_never_follows_its_name():
    for task in ("detect", "segment-mask"):
        for text in NATURAL[task]:
            shades = [text.find(word) for word in ("{color}", "{boxes}", "in white", "in black") if word in text]
            assert all(at < text.index("{what}") for at in shades), text


def test_what_follows_a_question_or_a_full_stop_begins_with_a_capital():
    for text in (text for texts in NATURAL.values() for text in texts):
        assert not re.search(r"[?.!] +[^A-Z]", text), text


def test_no_article_stands_before_a_word_that_is_filled_in():
    assert not [text for texts in NATURAL.values() for text in texts if re.search(r"\ban? \{", text)]

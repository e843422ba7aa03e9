"""Sentences of InstructCV's tasks."""

from ieiw.builders.instructions.vision_sentences import FIXED, NATURAL, SIMPLE, filled


def test_every_task_has_its_sentences_its_indicator_and_one_fixed_sentence():
    assert NATURAL.keys() == SIMPLE.keys() == FIXED.keys()
    assert all(len(set(sentences)) == len(sentences) >= 10 for sentences in NATURAL.values())


def test_braces_in_a_name_stay_data_and_equal_sentences_are_said_once():
    assert filled(("mark {what} in {color}", "mark {what} in {color}"), {"what": "{x}", "color": "red"}) == (
        "mark {x} in red",
    )

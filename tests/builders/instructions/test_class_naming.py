"""Which class of COCO a description is about."""

import pytest

from ieiw.builders.instructions.class_naming import what_is_named


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("man on left bite banana with teeth", "person"),
        ("the far left bed", "bed"),
        ("hot dog in the middle", "hot dog"),
        ("two women with hats", "person"),
        ("a baby polar bear standing next to it ' s mother", "bear"),
        ("bowl", "bowl"),
        ("horse trailer", None),
        ("bowl of soup", None),
        ("banana man is eating", None),
        ("the man ' s hat", None),
        ("orange", None),
        ("purse lady is holding", None),
        ("far right", None),
        ("", None),
    ],
)
def test_the_first_noun_names_the_class_where_it_leaves_no_doubt(text, name):
    named = what_is_named(text)
    assert (named.name if named else None) == name
